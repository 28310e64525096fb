package dev.rubicon.scaffold;

import dev.rubicon.postgres.RelationName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What becomes other of a table, as a transition in the short form says it.
 *
 * @param columns by the names that they have today, in the order in which they were typed
 */
record AlteredTable(
    RelationName name, Optional<String> rename, Map<String, AlteredColumn> columns) {

  static AlteredTable of(RelationName name) {
    return new AlteredTable(name, Optional.empty(), Map.of());
  }

  AlteredTable renamed(String to) {
    return new AlteredTable(name, Optional.of(to), columns);
  }

  AlteredTable with(AlteredColumn column) {
    var all = new LinkedHashMap<>(columns);
    all.put(column.name(), column);
    return new AlteredTable(name, rename, all);
  }

  /** Of the name that it has by now. */
  AlteredColumn column(String called) {
    return columns.values().stream()
        .filter(c -> c.called().equals(called))
        .findFirst()
        .orElseGet(() -> AlteredColumn.of(called));
  }

  /**
   * A line of {@code transitions}.
   *
   * @param types of columns today: both ways are written for these
   */
  String line(Map<String, String> types) {
    var keys = new LinkedHashMap<String, String>();
    keys.put("relation", YamlText.scalar(Names.plain(name)));
    rename.ifPresent(r -> keys.put("rename", YamlText.scalar(r)));
    if (!columns.isEmpty()) {
      keys.put(
          "change",
          columns.values().stream()
              .map(
                  c ->
                      YamlText.scalar(c.name())
                          + ": "
                          + YamlText.mapping(c.keys(Optional.ofNullable(types.get(c.name())))))
              .collect(Collectors.joining(", ", "{", "}")));
    }
    return YamlText.mapping(keys);
  }
}
