package dev.rubicon.transition;

import dev.rubicon.postgres.SqlTemplate;
import java.util.List;
import java.util.stream.Stream;

/** Functions of schema {@code rubicon} that all transitions share. */
final class SharedFunctions {
  private SharedFunctions() {}

  /** Harmless to run again. */
  static List<String> sql() {
    return Stream.of("omitted", "named", "captured", "note_legacy_write")
        .map(function -> SqlTemplate.of("transition/sql/" + function + ".sql.ftl"))
        .map(template -> template.render(new NoSlots()))
        .toList();
  }

  private record NoSlots() {}
}
