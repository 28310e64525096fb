package dev.rubicon.table;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a transition needs of the live table.
 *
 * @param kind {@code r} plain, {@code p} partitioned
 * @param foreignPartition one of its partitions that is a foreign table
 * @param ofType whether its columns are those of a composite type (CREATE TABLE … OF)
 * @param key of the primary key, or else of a unique index that can be walked; may be empty
 * @param triggers users' own row-level BEFORE triggers
 */
public record TableShape(
    RelationName name,
    long oid,
    String kind,
    boolean inherits,
    boolean subscribed,
    Optional<String> foreignPartition,
    boolean ofType,
    List<Column> columns,
    List<KeyColumn> key,
    List<Trigger> triggers) {

  /**
   * @param type printed with an empty search path, so that it means the same everywhere
   * @param domainDefault what the column's type, a domain, gives where the column has no default
   * @param virtual generated, and computed only when it is read (from PostgreSQL 18 on)
   */
  public record Column(
      String name,
      String type,
      boolean notNull,
      boolean generated,
      boolean virtual,
      boolean identity,
      Optional<String> defaultExpression,
      Optional<String> domainDefault) {}

  public record Trigger(String name) {}

  /** Reads the table; refuses when there is none of that name. */
  public static TableShape read(PgSession session, RelationName relation) {
    record Head(
        long oid,
        String kind,
        boolean inherits,
        boolean subscribed,
        Optional<String> foreignPartition,
        boolean ofType) {}
    Head head =
        session
            .first(
                """
                SELECT c.oid, c.relkind,
                       EXISTS (SELECT FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
                               WHERE (i.inhparent = c.oid OR i.inhrelid = c.oid)
                                 AND p.relkind <> 'p') OR c.relispartition,
                       EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = c.oid),
                       (SELECT min(format('%I.%I', fn.nspname, f.relname))
                        FROM pg_partition_tree(c.oid) p
                        JOIN pg_class f ON f.oid = p.relid AND f.relkind = 'f'
                        JOIN pg_namespace fn ON fn.oid = f.relnamespace),
                       c.reloftype <> 0
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ? AND c.relname = ?
                """,
                row ->
                    new Head(
                        row.getLong(1),
                        row.getString(2),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        Optional.ofNullable(row.getString(5)),
                        row.getBoolean(6)),
                relation.schema(),
                relation.name())
            .orElseThrow(
                () ->
                    new RubiconException(
                        ErrorCode.TRANSITION_UNSUPPORTED,
                        "the target has no relation " + relation,
                        "name a relation that exists, under transitions: in runbook.yaml"));
    List<Column> columns =
        session.query(
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   a.attgenerated <> '', a.attgenerated = 'v', a.attidentity <> '',
                   CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
                   CASE WHEN d.adbin IS NULL AND a.attidentity = ''
                     THEN pg_get_expr(t.typdefaultbin, 0) END
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """,
            row ->
                new Column(
                    row.getString(1),
                    row.getString(2),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    row.getBoolean(6),
                    Optional.ofNullable(row.getString(7)),
                    Optional.ofNullable(row.getString(8))),
            head.oid());
    // A key that can be walked: unique at once, over plain NOT NULL columns, in default order.
    List<String> key =
        session
            .first(
                """
                SELECT (SELECT array_agg(a.attname::text ORDER BY k.at)
                        FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, at)
                        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                        WHERE k.at <= i.indnkeyatts)
                FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                JOIN pg_am m ON m.oid = x.relam
                WHERE i.indrelid = ?::bigint::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
                  AND m.amname = 'btree' AND i.indpred IS NULL AND i.indexprs IS NULL
                  AND i.indoption::text !~ '[^0 ]'
                  AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, at)
                                  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                                  WHERE k.at <= i.indnkeyatts AND NOT a.attnotnull)
                  AND NOT EXISTS (SELECT FROM unnest(i.indclass::oid[]) c (oid)
                                  JOIN pg_opclass o ON o.oid = c.oid WHERE NOT o.opcdefault)
                ORDER BY NOT i.indisprimary, i.indnkeyatts, x.relname
                LIMIT 1
                """,
                row -> Arrays.asList((String[]) row.getArray(1).getArray()),
                head.oid())
            .orElse(List.of());
    List<Trigger> triggers =
        session.query(
            """
            SELECT tgname FROM pg_trigger
            WHERE tgrelid = ?::bigint::oid AND NOT tgisinternal AND tgenabled <> 'D'
              AND tgtype & 1 = 1 AND tgtype & 2 = 2 AND tgtype & 20 <> 0
              AND tgname NOT LIKE '~rubicon\\_%' AND tgname NOT LIKE '!rubicon\\_%'
            ORDER BY tgname
            """,
            row -> new Trigger(row.getString(1)), head.oid());
    return new TableShape(
        relation,
        head.oid(),
        head.kind(),
        head.inherits(),
        head.subscribed(),
        head.foreignPartition(),
        head.ofType(),
        columns,
        key.stream()
            .map(
                name ->
                    new KeyColumn(
                        name,
                        columns.stream()
                            .filter(column -> column.name().equals(name))
                            .findFirst()
                            .orElseThrow()
                            .type()))
            .toList(),
        triggers);
  }

  public Optional<Column> column(String column) {
    return columns.stream().filter(c -> c.name().equals(column)).findFirst();
  }
}
