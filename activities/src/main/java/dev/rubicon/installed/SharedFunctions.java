package dev.rubicon.installed;

import dev.rubicon.postgres.SqlTemplate;
import java.util.List;
import java.util.stream.Stream;

/** Functions of schema {@code rubicon} that all transitions share. */
public final class SharedFunctions {
  private SharedFunctions() {}

  /** Run by a transition in place, with the rights of the client that writes. */
  private static final List<String> OF_CLIENTS =
      List.of(
          "omitted",
          "note_named",
          "ignore_copied_marker",
          "calling_statement",
          "refuse_row_in_row",
          "save_flags",
          "restore_flags",
          "forget_flags",
          "note_legacy_write");

  /** Their names, which clients must be able to run. */
  public static List<String> ofClients() {
    return OF_CLIENTS;
  }

  /** Harmless to run again. */
  public static List<String> sql() {
    return Stream.concat(OF_CLIENTS.stream(), Stream.of("defer_checks"))
        .map(function -> SqlTemplate.of("installed/sql/" + function + ".sql.ftl"))
        .map(template -> template.render(new NoSlots()))
        .toList();
  }

  private record NoSlots() {}
}
