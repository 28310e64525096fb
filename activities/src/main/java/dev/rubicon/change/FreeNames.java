package dev.rubicon.change;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;

/** Names that no relation and no type has. */
record FreeNames(PgSession session) {

  boolean free(RelationName name) {
    return session
        .value(
            """
            SELECT NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                               WHERE n.nspname = ? AND c.relname = ?)
               AND NOT EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                               WHERE n.nspname = ? AND t.typname = ?)
            """,
            name.schema(),
            name.name(),
            name.schema(),
            name.name())
        .equals("t");
  }
}
