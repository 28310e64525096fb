package dev.rubicon.oracle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/**
 * As whom a transaction writes: somebody who may do everything, or a role that may do what it is
 * granted, and is a tenant to {@link RowSecurity}.
 */
record ClientRole(List<String> statements) {
  static final String NAME = "oracle_client";
  static final ClientRole EVERYTHING = new ClientRole(List.of());
  static final String MAKE =
      "DO $$ BEGIN CREATE ROLE "
          + NAME
          + "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

  static ClientRole draw(Random random, Case c) {
    if (c.shape.aliases().isPresent()) {
      return EVERYTHING; // no ordinary client reads Rubicon's pairs
    }
    boolean ordinary = random.nextInt(4) < (c.rowSecurity.on() ? 3 : 1);
    return ordinary
        ? new ClientRole(
            List.of(
                "SET LOCAL ROLE " + NAME,
                "SET LOCAL oracle.tenant = '" + random.nextInt(RowSecurity.TENANTS) + "'"))
        : EVERYTHING;
  }

  boolean ordinary() {
    return !statements.isEmpty();
  }

  void enter(Connection connection) throws SQLException {
    for (String sql : statements) {
      Attempt.execute(connection, sql);
    }
  }

  /** The transaction goes on as whoever opened the connection. */
  void leave(Connection connection) throws SQLException {
    if (ordinary()) {
      Attempt.execute(connection, "SET LOCAL ROLE NONE");
    }
  }
}
