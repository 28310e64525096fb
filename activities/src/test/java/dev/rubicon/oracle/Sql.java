package dev.rubicon.oracle;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names and values as the oracle writes them; the engine has its own. */
final class Sql {
  private Sql() {}

  static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String quote(Collection<String> names) {
    return names.stream().map(Sql::quote).collect(Collectors.joining(", "));
  }

  /** A literal of unknown type: it becomes what its column is. */
  static String literal(String value) {
    return value == null ? "NULL" : "'" + value.replace("'", "''") + "'";
  }
}
