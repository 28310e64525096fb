package dev.rubicon.sequence;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What the catalog says of a sequence: its range, and the columns that it feeds.
 *
 * @param readable whether our role may read its position
 * @param ours whether our role may alter it
 */
record Feeding(
    RelationName name,
    long increment,
    long least,
    long most,
    boolean cycles,
    long cache,
    boolean readable,
    boolean ours,
    List<Column> columns) {

  /**
   * @param how {@code identity}, {@code owned}, or {@code default} where only a default draws from
   *     it
   * @param type as PostgreSQL prints it
   * @param most the greatest number that the type holds; {@link Long#MAX_VALUE} for numeric
   * @param unasked why its values are not compared with the position; empty: they are
   * @param bytes of the table, where no index answers
   */
  record Column(
      String how,
      RelationName table,
      String name,
      String type,
      long most,
      String unasked,
      boolean indexed,
      long bytes) {

    @Override
    public String toString() {
      return table + "." + name;
    }

    String sql() {
      return Identifiers.quote(name);
    }
  }

  /**
   * A default that is {@code nextval(regclass)}, in a domain or cast to another number or not, as
   * it is stored: printing it would wait for whoever has the table locked.
   */
  private static final String PLAIN =
      "^(\\{COERCETODOMAIN :arg )?(\\{FUNCEXPR :funcid (480|714|1781) [^{]*:args \\()?"
          + "\\{FUNCEXPR :funcid 1574 ";

  /**
   * Owned columns, identity columns, and defaults that draw from a sequence which nobody owns.
   * Gathered at once, as the catalog's reader does, and for the same reason. A default that makes
   * something else of the number says nothing of the position, so it is not compared.
   */
  private static final String CATALOG =
      """
      WITH fed AS MATERIALIZED (
        SELECT d.objid AS seq, d.refobjid AS rel, d.refobjsubid::int AS att,
               CASE d.deptype WHEN 'i' THEN 'identity' ELSE 'owned' END AS how, NULL AS expression
        FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
          AND d.objid IN (SELECT seqrelid FROM pg_sequence)
        UNION ALL
        SELECT d.refobjid, ad.adrelid, ad.adnum::int, 'default',
               ad.adbin::text
        FROM pg_depend d JOIN pg_attrdef ad ON ad.oid = d.objid
        WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.refobjid IN (SELECT seqrelid FROM pg_sequence)),
      one AS (
        -- 'owned' and 'identity' sort behind 'default'.
        SELECT seq, rel, att, max(how) FILTER (WHERE how <> 'default') AS owned,
               coalesce(bool_and(expression ~ '%plain')
                        FILTER (WHERE how = 'default'), true) AS plain,
               bool_or(how = 'default') AS draws
        FROM fed GROUP BY seq, rel, att)
      SELECT sn.nspname, sc.relname, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle, q.seqcache,
             has_sequence_privilege(sc.oid, 'SELECT'), pg_has_role(sc.relowner, 'USAGE'),
             tn.nspname, t.relname, a.attname, coalesce(one.owned, 'default'),
             format_type(a.atttypid, a.atttypmod),
             CASE y.typname WHEN 'int2' THEN 32767 WHEN 'int4' THEN 2147483647
                            ELSE 9223372036854775807 END,
             CASE WHEN y.typname NOT IN ('int2', 'int4', 'int8', 'numeric') OR NOT one.plain
                       -- Canonical's own until contract, while legacy's numbers both sides.
                       OR one.owned = 'owned' AND NOT one.draws AND a.atthasdef
                    THEN '%s'
                  WHEN NOT has_column_privilege(t.oid, a.attnum, 'SELECT')
                    THEN 'it may not be read'
                  WHEN row_security_active(t.oid) THEN 'row security hides rows'
                  ELSE '' END,
             ix.there,
             -- Its size waits for whoever has the table locked: asked where it decides only.
             CASE WHEN ix.there THEN 0
                  WHEN t.relkind = 'p' THEN
                    (SELECT sum(pg_table_size(p.relid)) FROM pg_partition_tree(t.oid) p)
                  ELSE pg_table_size(t.oid) END::bigint
      FROM pg_sequence q
      JOIN pg_class sc ON sc.oid = q.seqrelid AND sc.relpersistence <> 't'
      JOIN pg_namespace sn ON sn.oid = sc.relnamespace
      LEFT JOIN one JOIN pg_class t ON t.oid = one.rel AND t.relkind IN ('r', 'p')
        ON one.seq = q.seqrelid
      LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
      LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = one.att
      CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                       JOIN pg_am m ON m.oid = x.relam
                       WHERE i.indrelid = t.oid AND i.indkey[0] = a.attnum AND i.indisvalid
                         AND i.indpred IS NULL AND m.amname = 'btree') AS there) ix
      LEFT JOIN pg_type d ON d.oid = a.atttypid
      LEFT JOIN pg_type y ON y.oid = CASE d.typtype WHEN 'd' THEN d.typbasetype ELSE d.oid END
      WHERE sn.nspname = ANY (?::text[]) AND NOT (t.relispartition IS TRUE
        AND EXISTS (SELECT FROM one o JOIN pg_inherits h ON h.inhparent = o.rel
                    WHERE o.seq = q.seqrelid AND h.inhrelid = t.oid))
      ORDER BY sn.nspname, sc.relname, tn.nspname, t.relname, a.attnum
      """
          .replace("%plain", PLAIN)
          .replace("%s", SequenceState.NO_ANSWER);

  static List<Feeding> read(PgSession session, List<String> schemas) {
    record Row(Feeding sequence, List<Column> column) {}
    List<Row> rows =
        session.query(
            CATALOG,
            row ->
                new Row(
                    new Feeding(
                        new RelationName(row.getString(1), row.getString(2)),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getBoolean(6),
                        row.getLong(7),
                        row.getBoolean(8),
                        row.getBoolean(9),
                        List.of()),
                    row.getString(11) == null
                        ? List.of()
                        : List.of(
                            new Column(
                                row.getString(13),
                                new RelationName(row.getString(10), row.getString(11)),
                                row.getString(12),
                                row.getString(14),
                                row.getLong(15),
                                row.getString(16),
                                row.getBoolean(17),
                                row.getLong(18)))),
            (Object) schemas.toArray(String[]::new));
    var sequences = new LinkedHashMap<RelationName, Feeding>();
    for (Row row : rows) {
      sequences.merge(
          row.sequence().name(), row.sequence().with(row.column()), (a, b) -> a.with(b.columns()));
    }
    return List.copyOf(sequences.values());
  }

  private Feeding with(List<Column> more) {
    var all = new ArrayList<>(columns);
    all.addAll(more);
    return new Feeding(
        name, increment, least, most, cycles, cache, readable, ours, List.copyOf(all));
  }

  boolean ascending() {
    return increment > 0;
  }
}
