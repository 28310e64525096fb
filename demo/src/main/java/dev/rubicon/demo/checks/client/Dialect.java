package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The statements of one version of the service. */
sealed interface Dialect permits OldDialect, NewDialect {
  Side side();

  /** Whether the schema is there that this version writes. */
  boolean ready(Connection connection) throws SQLException;

  /** A row to insert. */
  Content fresh(Values values);

  /** Inserts the row and counts its usage; the caller commits. */
  void insert(Connection connection, String runId, Content content) throws SQLException;

  /** Who is billed for an insert, as the journal names it. */
  String billed(Content content);

  /** What an update is to make of a row. */
  Content changed(Content before, Values values);

  /**
   * Updates only where the row still holds what was acknowledged before, as an optimistic writer
   * does.
   *
   * @param expected claim that this side must show; empty: not known on this side yet
   * @return rows updated
   */
  int update(
      Connection connection, String runId, Content before, Content after, Optional<String> expected)
      throws SQLException;
}
