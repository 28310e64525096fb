package dev.rubicon.demo.app;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON in the fixture's own words: objects are maps, arrays lists, numbers {@link BigDecimal}, null
 * is {@link #NULL}. Numbers are equal when their values are, as in jsonb.
 */
public final class MiniJson {
  /** JSON's null; SQL's NULL has no text to parse. */
  public static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "null";
        }
      };

  private final String text;
  private int at;

  private MiniJson(String text) {
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException when it is no JSON
   */
  public static Object parse(String text) {
    var parser = new MiniJson(text);
    Object value = parser.value();
    parser.space();
    if (parser.at != text.length()) {
      throw parser.error();
    }
    return value;
  }

  /** The members of an object; empty when the text is no JSON object. */
  public static Map<?, ?> object(String text) {
    return parse(text) instanceof Map<?, ?> map ? map : Map.of();
  }

  private Object value() {
    space();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", NULL);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    var map = new LinkedHashMap<String, Object>();
    at++;
    space();
    if (peek() == '}') {
      at++;
      return map;
    }
    while (true) {
      space();
      String key = string();
      space();
      expect(':');
      map.put(key, value());
      space();
      if (peek() == '}') {
        at++;
        return map;
      }
      expect(',');
    }
  }

  private List<Object> array() {
    var list = new ArrayList<Object>();
    at++;
    space();
    if (peek() == ']') {
      at++;
      return list;
    }
    while (true) {
      list.add(value());
      space();
      if (peek() == ']') {
        at++;
        return list;
      }
      expect(',');
    }
  }

  private String string() {
    expect('"');
    var out = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = peek();
      at++;
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'u' -> {
          if (at + 4 > text.length()) {
            throw error();
          }
          out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        }
        default -> out.append(escaped);
      }
    }
    at++;
    return out.toString();
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw error();
    }
    at += word.length();
    return value;
  }

  private BigDecimal number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (start == at) {
      throw error();
    }
    BigDecimal value = new BigDecimal(text.substring(start, at));
    return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw error();
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw error();
    }
    at++;
  }

  private IllegalArgumentException error() {
    return new IllegalArgumentException("no JSON at character " + at);
  }

  /** Maps, iterables, strings, numbers, booleans and null as JSON; anything else as a string. */
  public static String write(Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> map -> {
        var members = new ArrayList<String>();
        map.forEach((k, v) -> members.add(quote(k.toString()) + ": " + write(v)));
        yield "{" + String.join(", ", members) + "}";
      }
      case Iterable<?> items -> {
        var parts = new ArrayList<String>();
        items.forEach(item -> parts.add(write(item)));
        yield "[" + String.join(", ", parts) + "]";
      }
      case BigDecimal number -> number.toPlainString();
      case Number number -> number.toString();
      case Boolean bool -> bool.toString();
      case Object other when other == NULL -> "null";
      default -> quote(value.toString());
    };
  }

  private static String quote(String text) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
