package dev.rubicon.stamp;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Optional;

/**
 * A version table with a row for each migration that was applied, as runners of an application's
 * own make them: a row that is not there yet is added, its other columns take their defaults.
 */
final class VersionRows {
  private VersionRows() {}

  static TargetState.Stamped write(PgSession session, Runbook.Stamp stamp) {
    RelationName table = RelationName.parse(stamp.table());
    String column = Identifiers.split(stamp.column()).getFirst();
    List<String> before = versions(session, table, column);
    if (stamp.from().filter(from -> !before.contains(from)).isPresent()) {
      throw new RubiconException(
          ErrorCode.TARGET_CHANGED,
          table + " has no row of version " + stamp.from().get(),
          "see which migrations ran since the plan was made, then plan again: rubicon plan");
    }
    List<String> added = stamp.versions().stream().filter(v -> !before.contains(v)).toList();
    for (String version : added) {
      // A literal, not a parameter: it takes the column's type, whichever that is.
      session.execute(
          "INSERT INTO "
              + table.sql()
              + " ("
              + Identifiers.quote(column)
              + ") VALUES ("
              + Identifiers.literal(version)
              + ")");
    }
    return new TargetState.Stamped(
        stamp.table(),
        String.join(" ", before),
        String.join(" ", versions(session, table, column)),
        Optional.of(new TargetState.StampedRows(column, added)));
  }

  static String restore(PgSession session, TargetState.Stamped stamp) {
    RelationName table = RelationName.parse(stamp.table());
    TargetState.StampedRows rows = stamp.rows().orElseThrow();
    String now = String.join(" ", versions(session, table, rows.column()));
    if (!now.equals(stamp.after())) {
      throw new RubiconException(
          ErrorCode.ROLLBACK_IMPOSSIBLE,
          table
              + " has the versions '"
              + now
              + "', not '"
              + stamp.after()
              + "' as the cutover left",
          "another migration ran since: take it back first, then: rubicon rollback");
    }
    for (String version : rows.added()) {
      session.execute(
          "DELETE FROM "
              + table.sql()
              + " WHERE "
              + Identifiers.quote(rows.column())
              + " = "
              + Identifiers.literal(version));
    }
    return stamp.table() + "=" + (stamp.before().isEmpty() ? "none" : stamp.before());
  }

  static List<String> read(PgSession session, Runbook.Stamp stamp) {
    return versions(
        session, RelationName.parse(stamp.table()), Identifiers.split(stamp.column()).getFirst());
  }

  private static List<String> versions(PgSession session, RelationName table, String column) {
    String name = Identifiers.quote(column);
    return session.query(
        "SELECT " + name + "::text FROM " + table.sql() + " ORDER BY 1", row -> row.getString(1));
  }
}
