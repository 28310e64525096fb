package dev.rubicon.installed;

import dev.rubicon.postgres.SqlTemplate;
import java.util.List;
import java.util.stream.Stream;

/** Functions of schema {@code rubicon} that all transitions share. */
public final class SharedFunctions {
  private SharedFunctions() {}

  /** Harmless to run again. */
  public static List<String> sql() {
    return Stream.of(
            "omitted",
            "named",
            "copied",
            "place",
            "row_in_row",
            "begin_insert",
            "end_insert",
            "forget_flags",
            "defer_checks",
            "note_legacy_write")
        .map(function -> SqlTemplate.of("installed/sql/" + function + ".sql.ftl"))
        .map(template -> template.render(new NoSlots()))
        .toList();
  }

  private record NoSlots() {}
}
