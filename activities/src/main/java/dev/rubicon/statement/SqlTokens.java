package dev.rubicon.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SQL cut into tokens as PostgreSQL's scanner cuts it, with {@code standard_conforming_strings} on:
 * comments nest, quotes may be dollars, {@code E''} knows backslashes.
 *
 * @param problem what ends in the middle or closes what was never opened; empty when nothing does
 */
record SqlTokens(List<Token> all, Optional<String> problem) {
  private static final Pattern DOLLAR_TAG = Pattern.compile("\\$(?:[\\p{L}_][\\p{L}\\p{N}_]*)?\\$");
  private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");
  private static final Pattern NUMBER = Pattern.compile("\\$?[0-9](?:[\\p{L}\\p{N}_]|\\.[0-9])*");

  enum Kind {
    /** An unquoted word, in lower case. */
    WORD,
    /** An identifier in double quotes, without them. */
    NAME,
    /** A string of any kind, without its quotes. */
    STRING,
    NUMBER,
    /** One character of anything else. */
    SIGN,
    /** A comment up to the end of its line. */
    LINE_COMMENT
  }

  /**
   * @param depth in how many parentheses and brackets it lies; theirs is the outer one
   * @param from where it begins in the text
   * @param to where it has ended
   */
  record Token(Kind kind, String text, int depth, int line, int from, int to) {
    boolean word(String word) {
      return kind == Kind.WORD && text.equals(word);
    }

    boolean sign(char sign) {
      return kind == Kind.SIGN && text.charAt(0) == sign;
    }
  }

  static SqlTokens of(String sql) {
    return new Scanner(sql).scan();
  }

  /** Without comments. */
  List<Token> code() {
    return all.stream().filter(token -> token.kind() != Kind.LINE_COMMENT).toList();
  }

  private static final class Scanner {
    private final String text;
    private final List<Token> found = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private Optional<String> problem = Optional.empty();
    private int at;
    private int counted;
    private int line = 1;

    private Scanner(String text) {
      this.text = text;
    }

    private SqlTokens scan() {
      if (text.indexOf('\0') >= 0) {
        complain("holds a NUL character");
      }
      while (at < text.length()) {
        char c = text.charAt(at);
        if (Character.isWhitespace(c)) {
          at++;
        } else if (text.startsWith("--", at)) {
          int end = text.indexOf('\n', at);
          add(Kind.LINE_COMMENT, "", end < 0 ? text.length() : end);
        } else if (text.startsWith("/*", at)) {
          blockComment();
        } else {
          token(c);
        }
      }
      if (!open.isEmpty()) {
        complain("leaves a '" + open.charAt(open.length() - 1) + "' open");
      }
      return new SqlTokens(List.copyOf(found), problem);
    }

    private void token(char c) {
      Matcher word = WORD.matcher(text).region(at, text.length());
      if (word.lookingAt()) {
        String name = word.group();
        boolean escapes = name.equalsIgnoreCase("e");
        boolean prefix = escapes || name.matches("(?i)[bxn]");
        if (prefix && at(word.end()) == '\'') {
          at = word.end();
          quoted('\'', Kind.STRING, escapes);
        } else if (name.equalsIgnoreCase("u")
            && at(word.end()) == '&'
            && (at(word.end() + 1) == '\'' || at(word.end() + 1) == '"')) {
          // What an escape in it stands for is not looked at: such a name is nobody's need here.
          complain("holds a string or name with Unicode escapes (U&)");
          at = word.end() + 1;
        } else {
          add(Kind.WORD, name.toLowerCase(Locale.ROOT), word.end());
        }
        return;
      }
      Matcher number = NUMBER.matcher(text).region(at, text.length());
      Matcher tag = DOLLAR_TAG.matcher(text).region(at, text.length());
      if (number.lookingAt()) {
        add(Kind.NUMBER, number.group(), number.end());
      } else if (tag.lookingAt()) {
        int end = text.indexOf(tag.group(), tag.end());
        if (end < 0) {
          complain("leaves a " + tag.group() + " open");
        }
        int stop = end < 0 ? text.length() : end;
        add(
            Kind.STRING,
            text.substring(tag.end(), stop),
            Math.min(text.length(), stop + tag.group().length()));
      } else if (c == '\'' || c == '"') {
        quoted(c, c == '"' ? Kind.NAME : Kind.STRING, false);
      } else {
        sign(c);
      }
    }

    private void sign(char c) {
      if (c == ')' || c == ']') {
        char opening = c == ')' ? '(' : '[';
        if (open.isEmpty() || open.charAt(open.length() - 1) != opening) {
          complain("closes a '" + opening + "' that it has not opened");
        } else {
          open.setLength(open.length() - 1);
        }
      }
      add(Kind.SIGN, String.valueOf(c), at + 1);
      if (c == '(' || c == '[') {
        open.append(c);
      }
    }

    private void quoted(char quote, Kind kind, boolean backslashes) {
      var inside = new StringBuilder();
      int i = at + 1;
      while (i < text.length()) {
        char c = text.charAt(i);
        if (backslashes && c == '\\' && i + 1 < text.length()) {
          inside.append(c).append(text.charAt(i + 1));
          i += 2;
        } else if (c == quote && at(i + 1) == quote) {
          inside.append(c);
          i += 2;
        } else if (c == quote) {
          add(kind, inside.toString(), i + 1);
          return;
        } else {
          inside.append(c);
          i++;
        }
      }
      complain("leaves a " + quote + " open");
      add(kind, inside.toString(), text.length());
    }

    private void blockComment() {
      int depth = 0;
      do {
        if (text.startsWith("/*", at)) {
          depth++;
          at += 2;
        } else if (text.startsWith("*/", at)) {
          depth--;
          at += 2;
        } else {
          at++;
        }
      } while (depth > 0 && at < text.length());
      if (depth > 0) {
        complain("leaves a comment open");
      }
    }

    private void add(Kind kind, String value, int end) {
      for (; counted < at; counted++) {
        if (text.charAt(counted) == '\n') {
          line++;
        }
      }
      found.add(new Token(kind, value, open.length(), line, at, end));
      at = end;
    }

    private void complain(String what) {
      if (problem.isEmpty()) {
        problem = Optional.of(what);
      }
    }

    private char at(int index) {
      return index < text.length() ? text.charAt(index) : '\0';
    }
  }
}
