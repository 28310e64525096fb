package dev.rubicon.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Until contract a column's default is wrapped, so that an omitted value is told from one that was
 * given. Readers want the default that they wrote.
 */
final class OwnDefaults {
  private static final String CALL = "rubicon.omitted(";
  private static final String BEFORE = " DEFAULT ";

  private OwnDefaults() {}

  /** The column's definition with its own default, or with none. */
  static String unwrapped(String definition) {
    int at = definition.indexOf(BEFORE + CALL);
    if (at < 0) {
      return definition;
    }
    List<Integer> cuts = cuts(definition, at + BEFORE.length() + CALL.length());
    if (cuts.size() != 3) {
      return definition;
    }
    String given = definition.substring(cuts.get(1) + 1, cuts.get(2)).strip();
    String rest = definition.substring(cuts.get(2) + 1);
    // The wrapper of a column that has no default of its own.
    boolean none = given.startsWith("NULL::") || given.equals("NULL");
    return definition.substring(0, at) + (none ? "" : BEFORE + given) + rest;
  }

  /** Where the call's arguments end: its commas, then its closing parenthesis. */
  private static List<Integer> cuts(String text, int from) {
    var cuts = new ArrayList<Integer>();
    int depth = 0;
    boolean quoted = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'') {
        quoted = !quoted;
      } else if (!quoted && (c == '(' || c == '[')) {
        depth++;
      } else if (!quoted && depth == 0 && c == ')') {
        cuts.add(i);
        return cuts;
      } else if (!quoted && (c == ')' || c == ']')) {
        depth--;
      } else if (!quoted && depth == 0 && c == ',') {
        cuts.add(i);
      }
    }
    return List.of();
  }
}
