package dev.rubicon.change;

import dev.rubicon.postgres.PgSession;

/** Names of relations and types that a schema has not. */
record FreeNames(PgSession session, String schema) {

  boolean free(String name) {
    return session
        .value(
            """
            SELECT NOT EXISTS (SELECT FROM pg_class c
                               WHERE c.relnamespace = n.oid AND c.relname = ?)
               AND NOT EXISTS (SELECT FROM pg_type t
                               WHERE t.typnamespace = n.oid AND t.typname = ?)
            FROM pg_namespace n WHERE n.nspname = ?
            """,
            name,
            name,
            schema)
        .equals("t");
  }
}
