package dev.rubicon.postgres;

import dev.rubicon.rollout.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The one quoting function, and the parsing of names written as in SQL. */
public final class Identifiers {
  private static final int LONGEST = 63;

  private Identifiers() {}

  /** Always quotes: right for every name, keywords and mixed case included. */
  public static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /**
   * A derived name as PostgreSQL takes it whole: one of more than 63 bytes it would cut, and two
   * names become one. Such a name ends with a hash of all of it.
   */
  public static String fitting(String name) {
    if (bytes(name) <= LONGEST) {
      return name;
    }
    String hash = Digest.of(name).substring(0, 8);
    int end = name.length();
    while (bytes(name.substring(0, end)) > LONGEST - hash.length() - 1) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end) + "_" + hash;
  }

  private static int bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A string literal; standard_conforming_strings is on since PostgreSQL 9.1. */
  public static String literal(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /**
   * Splits {@code schema.name} as SQL reads it: unquoted parts fold to lower case, quoted parts
   * stay.
   *
   * @throws IllegalArgumentException when it is no dotted name
   */
  public static List<String> split(String dotted) {
    var parts = new ArrayList<String>();
    int at = 0;
    while (true) {
      if (at < dotted.length() && dotted.charAt(at) == '"') {
        var part = new StringBuilder();
        at++;
        while (true) {
          if (at >= dotted.length()) {
            throw new IllegalArgumentException("unterminated quote in " + dotted);
          }
          if (dotted.charAt(at) == '"') {
            if (at + 1 < dotted.length() && dotted.charAt(at + 1) == '"') {
              part.append('"');
              at += 2;
              continue;
            }
            at++;
            break;
          }
          part.append(dotted.charAt(at++));
        }
        parts.add(part.toString());
      } else {
        int end = dotted.indexOf('.', at);
        String part = dotted.substring(at, end < 0 ? dotted.length() : end);
        if (!part.matches("[\\p{L}_][\\p{L}\\p{N}_$]*")) {
          throw new IllegalArgumentException("not a name: " + dotted);
        }
        parts.add(part.toLowerCase(java.util.Locale.ROOT));
        at += part.length();
      }
      if (at == dotted.length()) {
        return List.copyOf(parts);
      }
      if (dotted.charAt(at) != '.') {
        throw new IllegalArgumentException("not a name: " + dotted);
      }
      at++;
    }
  }
}
