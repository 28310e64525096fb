package dev.rubicon.backup;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows and an order-independent fingerprint per table: the sum of a 64-bit hash per row. Sums, not
 * XOR, which cannot see a pair of equal rows. A row's hash is itself a weighted sum of its columns'
 * hashes, so it takes a second sum, over a non-linear hash of the first, to see values that two
 * rows have exchanged. Columns are taken in order of their names, so that a restored table gives
 * the same, whatever was dropped from it before.
 *
 * <p>Only types whose hash depends on the value alone are hashed as they are. An enum hashes by its
 * OID, which a restore changes; json has no hash at all. Those are cast to text, under settings
 * that {@link #pin} fixes.
 */
public final class TableFingerprints {
  private static final Set<String> HASHED_AS_THEY_ARE =
      Set.of(
          "bool",
          "int2",
          "int4",
          "int8",
          "float4",
          "float8",
          "numeric",
          "date",
          "time",
          "timetz",
          "timestamp",
          "timestamptz",
          "interval",
          "uuid",
          "bytea",
          "inet",
          "macaddr",
          "macaddr8",
          "jsonb");
  private static final Set<String> HASHED_WITHOUT_LOCALE = Set.of("text", "varchar", "bpchar");

  private TableFingerprints() {}

  /** Fixes what the text of a value depends on, for the rest of the session. */
  public static void pin(PgSession session) {
    session.execute(
        """
        SET DateStyle = 'ISO, YMD';
        SET IntervalStyle = 'postgres';
        SET TimeZone = 'UTC';
        SET extra_float_digits = 1;
        SET bytea_output = 'hex';
        SET lc_monetary = 'C';
        SET row_security = off;
        """);
  }

  /**
   * Tables that hold rows of their own and whose rows a dump contains: partitions yes, their
   * parents no; neither what belongs to an extension, nor Rubicon's own schema.
   */
  public static List<RelationName> tables(PgSession session) {
    return session.query(
        """
        SELECT n.nspname, c.relname
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r'
          AND c.relpersistence <> 't'
          AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'rubicon')
          AND n.nspname !~ '^pg_(toast|temp)'
          AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1, 2
        """,
        row -> new RelationName(row.getString(1), row.getString(2)));
  }

  /** Of one table, in the session's snapshot. */
  public static Manifest.Relation of(PgSession session, RelationName table) {
    List<String> columns =
        session.query(
            """
            SELECT a.attname, t.typname, t.typnamespace = 'pg_catalog'::regnamespace
            FROM pg_attribute a
            JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attname COLLATE "C"
            """,
            row ->
                hashed(
                    Identifiers.quote(row.getString(1)), row.getBoolean(3) ? row.getString(2) : ""),
            table.sql());
    // A row of no column has no hash of its own; its number of rows says all.
    String hash =
        columns.isEmpty()
            ? "0::bigint"
            : "hash_record_extended(ROW("
                + columns.stream().map(c -> "x." + c).collect(Collectors.joining(", "))
                + "), 0)";
    return session
        .first(
            """
            SELECT count(*), concat(coalesce(sum(h), 0), '/', coalesce(sum(hashint8extended(h, 1)), 0))
            FROM (SELECT %s AS h FROM ONLY %s x OFFSET 0) y
            """
                .formatted(hash, table.sql()),
            row ->
                new Manifest.Relation(
                    table.schema(), table.name(), row.getLong(1), row.getString(2)))
        .orElseThrow();
  }

  private static String hashed(String column, String type) {
    if (HASHED_AS_THEY_ARE.contains(type)) {
      return column;
    }
    return HASHED_WITHOUT_LOCALE.contains(type)
        ? column + " COLLATE \"C\""
        : column + "::text COLLATE \"C\"";
  }

  /** Of all large objects; their OIDs survive a restore. */
  public static Manifest.LargeObjects largeObjects(PgSession session) {
    return session
        .first(
            """
            SELECT count(*),
                   coalesce(sum(hash_record_extended(ROW(oid::bigint, lo_get(oid)), 0)), 0)::text
            FROM pg_largeobject_metadata
            """,
            row -> new Manifest.LargeObjects(row.getLong(1), row.getString(2)))
        .orElseThrow();
  }
}
