package dev.rubicon.inventory;

import dev.rubicon.blocked.UnreadableRelation;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.sequence.SequenceReader;
import java.util.List;

/**
 * Reads all three channels in one REPEATABLE READ READ ONLY snapshot. Holds no lock but ACCESS
 * SHARE, and gives up on one that it cannot have.
 */
public final class InventoryReader {
  /**
   * With the wait for each: two seconds, in which no client stands behind this session for long.
   */
  private static final int ATTEMPTS = 8;

  private static final String ALL =
      """
      SELECT nspname FROM pg_namespace
      WHERE nspname NOT IN ('information_schema', 'rubicon') AND NOT starts_with(nspname, 'pg_')
      ORDER BY nspname
      """;

  private InventoryReader() {}

  /**
   * @param schemas empty: all but PostgreSQL's own and Rubicon's
   * @throws RubiconException LOCK_NOT_ACQUIRED with the table that somebody holds
   */
  public static TargetInventory read(PgSession session, List<String> schemas) {
    for (int attempt = 1; ; attempt++) {
      try {
        return session.inTransaction(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            () -> {
              session.execute("SET LOCAL lock_timeout = 250");
              List<String> named =
                  schemas.isEmpty() ? session.query(ALL, row -> row.getString(1)) : schemas;
              return TargetInventory.of(
                  named,
                  CatalogReader.read(session, named),
                  SequenceReader.readInTransaction(session, named));
            });
      } catch (RubiconException e) {
        boolean waited = SqlFailure.gaveWay(e);
        // What somebody drops meanwhile is an error for the functions that print definitions.
        boolean gone = List.of("XX000", "42P01").contains(SqlFailure.state(e));
        if (attempt < ATTEMPTS && (waited || gone)) {
          continue;
        }
        throw waited ? UnreadableRelation.named(session, e) : e;
      }
    }
  }
}
