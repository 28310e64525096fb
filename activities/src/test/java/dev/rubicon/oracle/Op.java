package dev.rubicon.oracle;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One statement of a client.
 *
 * @param text with {@link #HERE} for the relation's name
 * @param rekeyed keys that the statement changes: without them an update of a key looks like a
 *     delete and an insert
 * @param named the columns that it names
 */
record Op(
    Relation relation, String text, Map<List<String>, List<String>> rekeyed, Set<String> named) {
  static final String HERE = "\u27e6here\u27e7";

  String sql(String name) {
    return text.replace(HERE, name);
  }
}
