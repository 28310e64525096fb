package dev.rubicon.transition.shadow.compile;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SearchPath;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.OwnedSequences;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the numbers of both sides come from.
 *
 * @param names that the runbook gives what the migration had to name otherwise
 */
record Sequences(PgSession session, Map<String, String> names) {

  private record Numbered(
      Optional<String> sequence, String identity, Optional<String> defaultExpression) {}

  /** Needed where both key columns are numbered, and not from the same sequence. */
  Optional<ShadowPlan.Numbering> numbering(
      TableShape legacy, TableShape canonical, List<String> from, List<String> to) {
    // A default is written down to be set again in a session with another search path.
    return SearchPath.TRANSACTION.catalogOnly(session, () -> find(legacy, canonical, from, to));
  }

  private Optional<ShadowPlan.Numbering> find(
      TableShape legacy, TableShape canonical, List<String> from, List<String> to) {
    for (int i = 0; i < from.size(); i++) {
      Numbered old = of(legacy, from.get(i));
      Numbered next = of(canonical, to.get(i));
      if (old.sequence().isPresent()
          && (next.sequence().isPresent() || next.defaultExpression().isEmpty())
          && !next.sequence().equals(old.sequence())) {
        return Optional.of(
            new ShadowPlan.Numbering(
                to.get(i),
                oid(old.sequence().get()),
                next.sequence(),
                next.defaultExpression(),
                next.identity(),
                next.sequence().filter(_ -> !next.identity().isEmpty()).map(this::options)));
      }
    }
    return Optional.empty();
  }

  /** What columns own by now; the cutover may give it to others. */
  OwnedSequences owned(
      TableShape legacy, TableShape canonical, Optional<ShadowPlan.Numbering> numbering) {
    List<OwnedSequences.Owned> drawn =
        owned(
            legacy.oid(),
            """
            AND NOT EXISTS (SELECT FROM pg_depend u JOIN pg_attrdef d ON d.oid = u.objid
                            WHERE u.classid = 'pg_attrdef'::regclass AND u.refobjid = s.oid
                              AND d.adrelid = %d)
            """
                .formatted(canonical.oid()));
    Optional<Long> unused = numbering.flatMap(n -> n.canonicalSequence()).map(this::oid);
    return new OwnedSequences(
        drawn,
        owned(canonical.oid(), "").stream()
            .filter(owned -> unused.filter(u -> u == owned.sequence()).isPresent())
            .findFirst());
  }

  private List<OwnedSequences.Owned> owned(long table, String and) {
    return session.query(
        """
        SELECT s.oid::bigint, a.attname
        FROM pg_depend o JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S'
        JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
        WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
          AND o.deptype = 'a' AND o.refobjid = ?::bigint::oid
        """
            + and
            + "ORDER BY s.relname",
        row -> new OwnedSequences.Owned(row.getLong(1), row.getString(2)),
        table);
  }

  /** SQL that makes the next value of a key: its sequence, or its default. */
  Optional<String> next(TableShape table, String column) {
    return SearchPath.TRANSACTION.catalogOnly(
        session,
        () -> {
          Numbered numbered = of(table, column);
          return numbered
              .sequence()
              .map(s -> "pg_catalog.nextval(" + oid(s) + "::pg_catalog.oid::pg_catalog.regclass)")
              .or(numbered::defaultExpression);
        });
  }

  /** The name only where it is not the one that PostgreSQL would give. */
  private String options(String sequence) {
    return session.value(
        """
        SELECT concat_ws(' ',
          CASE WHEN later.name IS NOT NULL THEN format('SEQUENCE NAME %I.%I', n.nspname, later.name)
               WHEN c.relname <> t.relname || '_' || a.attname || '_seq'
            THEN format('SEQUENCE NAME %I', c.relname) END,
          format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s',
                 q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache),
          CASE WHEN q.seqcycle THEN 'CYCLE' END)
        FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid
        JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i'
        JOIN pg_class t ON t.oid = d.refobjid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN unnest(?::text[], ?::text[]) later (before, name) ON later.before = c.relname
        WHERE c.oid = ?::regclass
        """,
        names.keySet().stream().map(Naming::column).toArray(String[]::new),
        names.values().stream().map(Naming::column).toArray(String[]::new),
        sequence);
  }

  private long oid(String sequence) {
    return Long.parseLong(session.value("SELECT ?::regclass::oid::bigint", sequence));
  }

  private Numbered of(TableShape table, String column) {
    return session
        .first(
            """
            SELECT coalesce(
                     (SELECT quote_ident(n.nspname) || '.' || quote_ident(s.relname)
                      FROM pg_depend p JOIN pg_class s ON s.oid = p.refobjid AND s.relkind = 'S'
                      JOIN pg_namespace n ON n.oid = s.relnamespace
                      WHERE p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid LIMIT 1),
                     (SELECT quote_ident(n.nspname) || '.' || quote_ident(s.relname)
                      FROM pg_depend p JOIN pg_class s ON s.oid = p.objid AND s.relkind = 'S'
                      JOIN pg_namespace n ON n.oid = s.relnamespace
                      WHERE p.classid = 'pg_class'::regclass AND p.refobjid = a.attrelid
                        AND p.refobjsubid = a.attnum AND p.deptype = 'i' LIMIT 1)),
                   CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' ELSE '' END,
                   CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = ?::bigint::oid AND a.attname = ?
            """,
            row ->
                new Numbered(
                    Optional.ofNullable(row.getString(1)),
                    row.getString(2),
                    Optional.ofNullable(row.getString(3))),
            table.oid(),
            column)
        .orElseThrow();
  }
}
