package dev.rubicon.document.schema;

import java.util.ArrayList;
import java.util.List;

/** The columns of a key, of its definition as PostgreSQL prints it. */
final class KeyColumns {
  private KeyColumns() {}

  /** Those in the first parentheses; quoted names as they are meant. */
  static List<String> of(String definition) {
    var columns = new ArrayList<String>();
    int at = definition.indexOf('(') + 1;
    var name = new StringBuilder();
    boolean quoted = false;
    for (; at > 0 && at < definition.length(); at++) {
      char c = definition.charAt(at);
      if (c == '"') {
        boolean doubled =
            quoted && at + 1 < definition.length() && definition.charAt(at + 1) == '"';
        if (doubled) {
          name.append('"');
          at++;
        } else {
          quoted = !quoted;
        }
      } else if (!quoted && (c == ',' || c == ')')) {
        columns.add(name.toString());
        name.setLength(0);
        if (c == ')') {
          return List.copyOf(columns);
        }
      } else if (quoted || c != ' ') {
        name.append(c);
      }
    }
    return List.copyOf(columns);
  }
}
