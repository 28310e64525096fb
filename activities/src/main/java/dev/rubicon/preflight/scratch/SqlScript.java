package dev.rubicon.preflight.scratch;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A SQL file cut into statements, so that each can be run, watched and named by its line. Knows
 * quotes, dollar quotes, nested comments and {@code BEGIN ATOMIC} bodies.
 */
public final class SqlScript {
  private static final Pattern DOLLAR_TAG = Pattern.compile("\\$(?:[\\p{L}_][\\p{L}\\p{N}_]*)?\\$");
  private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");

  private final String path;
  private final String text;
  private final List<Statement> statements = new ArrayList<>();
  private int at;
  private int line = 1;

  /**
   * @param line where it begins in the file, from 1
   */
  public record Statement(String path, int line, String sql) {
    /** For people: {@code expand/V1__x.sql:12}. */
    public String position() {
      return path + ":" + line;
    }

    /** Its beginning on one line. */
    public String brief() {
      String oneLine = sql.strip().replaceAll("\\s+", " ");
      return oneLine.length() <= 160 ? oneLine : oneLine.substring(0, 159) + "…";
    }
  }

  private SqlScript(String path, String text) {
    this.path = path;
    this.text = text;
  }

  /**
   * @throws RubiconException RUNBOOK_INVALID for psql's own commands
   */
  public static List<Statement> split(String path, String text) {
    var script = new SqlScript(path, text);
    script.run();
    return List.copyOf(script.statements);
  }

  private void run() {
    int start = -1;
    int startLine = 1;
    int atomicDepth = 0;
    String previousWord = "";
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        step();
      } else if (text.startsWith("--", at)) {
        to(endOfLine());
      } else if (text.startsWith("/*", at)) {
        skipComment();
      } else if (c == '\\' && start < 0) {
        psqlCommand();
      } else if (c == ';' && atomicDepth == 0) {
        if (start >= 0) {
          statements.add(new Statement(path, startLine, text.substring(start, at)));
          start = -1;
        }
        previousWord = "";
        step();
      } else {
        if (start < 0) {
          start = at;
          startLine = line;
        }
        Matcher word = WORD.matcher(text).region(at, text.length());
        if (word.lookingAt()) {
          String now = word.group().toLowerCase(Locale.ROOT);
          atomicDepth = depth(atomicDepth, previousWord, now);
          previousWord = now;
          boolean escapes = now.equals("e") && charAt(word.end()) == '\'';
          to(word.end());
          if (escapes) {
            skipQuoted('\'', true);
          }
        } else {
          skipOther(c);
        }
      }
    }
    if (start >= 0) {
      statements.add(new Statement(path, startLine, text.substring(start).stripTrailing()));
    }
  }

  /** Inside a BEGIN ATOMIC body, only CASE has an END of its own. */
  private static int depth(int depth, String previous, String now) {
    if (depth == 0) {
      return previous.equals("begin") && now.equals("atomic") ? 1 : 0;
    }
    return switch (now) {
      case "case" -> depth + 1;
      case "end" -> depth - 1;
      default -> depth;
    };
  }

  private void skipOther(char c) {
    if (c == '\'') {
      skipQuoted('\'', false);
    } else if (c == '"') {
      skipQuoted('"', false);
    } else if (c == '$') {
      Matcher tag = DOLLAR_TAG.matcher(text).region(at, text.length());
      if (tag.lookingAt()) {
        int end = text.indexOf(tag.group(), tag.end());
        to(end < 0 ? text.length() : end + tag.group().length());
      } else {
        step();
      }
    } else if (Character.isDigit(c)) {
      // A parameter or a number: its digits belong together, so that 1e5 is no word.
      while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
        step();
      }
    } else {
      step();
    }
  }

  private void skipQuoted(char quote, boolean backslashes) {
    step();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (backslashes && c == '\\' && at + 1 < text.length()) {
        step();
      } else if (c == quote) {
        if (charAt(at + 1) != quote) {
          step();
          return;
        }
        step();
      }
      step();
    }
  }

  private void skipComment() {
    int depth = 0;
    do {
      if (text.startsWith("/*", at)) {
        depth++;
        to(at + 2);
      } else if (text.startsWith("*/", at)) {
        depth--;
        to(at + 2);
      } else {
        step();
      }
    } while (depth > 0 && at < text.length());
  }

  /** pg_dump writes {@code \restrict} around its output; every other command is psql's alone. */
  private void psqlCommand() {
    int end = endOfLine();
    String command = text.substring(at, end).strip();
    if (!command.startsWith("\\restrict") && !command.startsWith("\\unrestrict")) {
      throw new RubiconException(
          ErrorCode.RUNBOOK_INVALID,
          path + ":" + line + ": a command of psql, not SQL",
          "write it as SQL, then: rubicon validate");
    }
    to(end);
  }

  private int endOfLine() {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : '\0';
  }

  private void step() {
    to(at + 1);
  }

  private void to(int next) {
    for (; at < next && at < text.length(); at++) {
      if (text.charAt(at) == '\n') {
        line++;
      }
    }
  }
}
