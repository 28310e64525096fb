package dev.rubicon.bench.row;

import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What pgroll 0.16 sends for such a column, by its documentation and templates: it cannot be had
 * from the registries that this project uses, so that this is its SQL and not the program.
 */
final class PgrollStatements implements AutoCloseable {
  static final String HOW =
      "the statements of pgroll 0.16, sent by this benchmark: batches of 1,000 rows, each set to"
          + " itself, so that a trigger of each direction computes";

  private static final String TRIGGER =
      """
      CREATE FUNCTION _pgroll_trigger_%1$s() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        "id" public.events.id%%TYPE := NEW.id;
        "name" public.events.name%%TYPE := NEW.name;
        "label" public.events._pgroll_new_name%%TYPE := NEW._pgroll_new_name;
        search_path text;
      BEGIN
        SELECT current_setting INTO search_path FROM current_setting('search_path');
        IF search_path %2$s 'public_2' THEN
          NEW."%3$s" = %4$s;
        END IF;
        NEW._pgroll_needs_backfill = false;
        RETURN NEW;
      END $$
      """;

  private static final String BATCH =
      """
      WITH batch AS (
        SELECT id FROM events WHERE _pgroll_needs_backfill = true AND id > ?
        ORDER BY id LIMIT 1000 FOR NO KEY UPDATE
      ), update AS (
        UPDATE events SET id = events.id FROM batch WHERE events.id = batch.id RETURNING events.id
      )
      SELECT last_value(id) OVER () FROM update
      """;

  private final Connection connection;

  PgrollStatements(Target target) throws SQLException {
    connection = World.connect(target, "pgroll");
    try (var statement = connection.createStatement()) {
      statement.execute("ALTER TABLE events ADD COLUMN _pgroll_new_name text");
      statement.execute(
          "ALTER TABLE events ADD COLUMN _pgroll_needs_backfill boolean DEFAULT true");
      trigger(statement, "up", TRIGGER.formatted("up", "!=", "_pgroll_new_name", "upper(name)"));
      trigger(statement, "down", TRIGGER.formatted("down", "=", "name", "\"label\""));
    }
  }

  private static void trigger(java.sql.Statement statement, String name, String function)
      throws SQLException {
    statement.execute(function);
    statement.execute(
        "CREATE TRIGGER _pgroll_trigger_%1$s BEFORE UPDATE OR INSERT ON events FOR EACH ROW EXECUTE FUNCTION _pgroll_trigger_%1$s()"
            .formatted(name));
  }

  void backfill() throws SQLException {
    try (var batch = connection.prepareStatement(BATCH)) {
      long last = 0;
      for (boolean more = true; more; ) {
        batch.setLong(1, last);
        try (var result = batch.executeQuery()) {
          more = false;
          while (result.next()) {
            more = true;
            last = Math.max(last, result.getLong(1));
          }
        }
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
