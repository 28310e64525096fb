package dev.rubicon.document.schema;

import dev.rubicon.catalog.definition.ColumnDefinition;
import java.util.ArrayList;
import java.util.List;

/**
 * Until contract a column's default is wrapped, so that an omitted value differs from one that was
 * given. What is written for people shows the default as it was written.
 */
public final class OwnDefaults {
  private static final String CALL = "rubicon.omitted(";

  private OwnDefaults() {}

  /** The column with its own default, or with none. */
  public static ColumnDefinition unwrapped(ColumnDefinition column) {
    if (!(column.value() instanceof ColumnDefinition.Default(String wrapped))
        || !wrapped.startsWith(CALL)) {
      return column;
    }
    List<Integer> cuts = cuts(wrapped, CALL.length());
    if (cuts.size() != 3) {
      return column;
    }
    String given = wrapped.substring(cuts.get(1) + 1, cuts.get(2)).strip();
    // The wrapper of a column that has no default of its own.
    boolean none = given.startsWith("NULL::") || given.equals("NULL");
    return column.with(none ? new ColumnDefinition.Null() : new ColumnDefinition.Default(given));
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
