package dev.rubicon.preflight.scratch;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Functions that Flyway, which applies the migrations of expand, cuts in two: it takes the second
 * of two END in a row for no END at all, so that it no longer knows where a BEGIN ATOMIC body is
 * over.
 */
public final class CutBodies {
  /** Between two words: a comment, too. */
  private static final String GAP = "(?:\\s|--[^\n]*\n|/\\*.*?\\*/)+";

  private static final Pattern CUT =
      Pattern.compile("(?is)\\bBEGIN_ATOMIC\\b.*\\bEND_END\\b".replace("_", GAP));

  private CutBodies() {}

  /** What to write instead; empty where nothing is cut. */
  public static Optional<String> of(SqlScript.Statement statement) {
    return CUT.matcher(statement.sql()).find()
        ? Optional.of(
            "two END follow each other in this BEGIN ATOMIC body, and Flyway, which applies it,"
                + " cuts the function at a ';' there (42601). Put the inner CASE into parentheses,"
                + " or write the body as text: AS $$ … $$")
        : Optional.empty();
  }
}
