package dev.rubicon.transition.shadow.compile;

import dev.rubicon.postgres.PgSession;

/**
 * The function that a key column's value becomes text by, where what PostgreSQL prints of its type
 * depends on the client's settings: with few {@code extra_float_digits} two numbers have one text,
 * and outside ISO's {@code DateStyle} two instants do, between which the clocks went back.
 *
 * <p>Source: PostgreSQL documentation, section 8.5.2, "Date/Time Output", and {@code
 * extra_float_digits} in section 20.11.2.
 */
record KeyText(PgSession session) {

  /** Qualified; empty where a value's own text is always the same. */
  String of(long table, String column) {
    return session.value(
        """
        WITH RECURSIVE part (type) AS (
          SELECT a.atttypid FROM pg_attribute a
          WHERE a.attrelid = ?::bigint::oid AND a.attname = ?
          UNION
          SELECT inner_type.type
          FROM part JOIN pg_type t ON t.oid = part.type
          CROSS JOIN LATERAL (
            SELECT t.typelem UNION ALL
            SELECT t.typbasetype UNION ALL
            SELECT r.rngsubtype FROM pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
            UNION ALL
            SELECT a.atttypid FROM pg_attribute a
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
          ) inner_type (type)
          WHERE inner_type.type <> 0
        )
        SELECT coalesce(max(format('%I.%I', n.nspname, p.proname)), '')
        FROM pg_attribute a
        JOIN pg_type t ON t.oid = a.atttypid
        JOIN pg_proc p ON p.oid = t.typsend
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE a.attrelid = ?::bigint::oid AND a.attname = ?
          AND EXISTS (SELECT FROM part
                      WHERE type IN ('float4'::regtype, 'float8'::regtype, 'timestamptz'::regtype))
        """,
        table, column, table, column);
  }
}
