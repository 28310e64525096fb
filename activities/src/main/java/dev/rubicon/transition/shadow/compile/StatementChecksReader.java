package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.StatementChecks;
import java.util.List;
import java.util.Set;

/** Finds out what is checked at the end of a statement, on either side. */
record StatementChecksReader(PgSession session) {

  /**
   * @param keys that canonical is to get
   * @param leaving relations that are legacy in this runbook
   */
  StatementChecks of(
      TableShape legacy, TableShape canonical, List<ForeignKey> keys, Set<Long> leaving) {
    boolean pointedAt = pointedAt(legacy);
    return new StatementChecks(
        !keys.isEmpty() || pointedAt || deferrable(canonical),
        pointedAt || deferrable(legacy) || pointsAt(legacy, leaving),
        notDeferrable(legacy));
  }

  /** What legacy's clients may exchange within a statement, canonical must let them exchange. */
  void refuse(TableShape legacy, TableShape canonical, List<Derived> ups) {
    List<Unique> strict = unique(canonical, true);
    for (Unique exchanged : unique(legacy, false)) {
      for (Unique other : strict) {
        List<String> inputs =
            ups.stream()
                .filter(up -> other.columns().contains(up.column()))
                .flatMap(up -> up.source().inputs().stream())
                .toList();
        if (!inputs.isEmpty() && exchanged.columns().containsAll(inputs)) {
          throw unsupported(
              "legacy's "
                  + exchanged.name()
                  + " is deferrable and canonical's "
                  + other.name()
                  + " is not: a statement that exchanges values in "
                  + legacy.name()
                  + " would be refused",
              "make "
                  + other.name()
                  + " a constraint that is DEFERRABLE, or leave it out of the migration");
        }
      }
    }
  }

  private record Unique(String name, List<String> columns) {}

  private List<Unique> unique(TableShape table, boolean immediate) {
    return session.query(
        """
        SELECT c.relname,
               array(SELECT a.attname::text FROM pg_attribute a
                     WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = ?::bigint::oid AND (i.indisunique OR i.indisexclusion)
          AND i.indimmediate = ?
        ORDER BY 1
        """,
        row -> new Unique(row.getString(1), List.of((String[]) row.getArray(2).getArray())),
        table.oid(),
        immediate);
  }

  private boolean pointedAt(TableShape table) {
    return is(
        "SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = ?::bigint::oid", table);
  }

  private boolean deferrable(TableShape table) {
    return is(
        """
        SELECT FROM pg_constraint
        WHERE condeferrable AND contype <> 't' AND ?::bigint::oid IN (conrelid, confrelid)
        """,
        table);
  }

  private boolean is(String sql, TableShape table) {
    return session.value("SELECT EXISTS (" + sql + ")", table.oid()).equals("t");
  }

  private boolean pointsAt(TableShape table, Set<Long> others) {
    return session
        .query(
            "SELECT confrelid::bigint FROM pg_constraint"
                + " WHERE contype = 'f' AND conrelid = ?::bigint::oid",
            row -> row.getLong(1),
            table.oid())
        .stream()
        .anyMatch(others::contains);
  }

  /** Keys of partitions follow those of their parents. */
  private List<Long> notDeferrable(TableShape table) {
    return session.query(
        """
        SELECT oid::bigint FROM pg_constraint
        WHERE contype = 'f' AND confrelid = ?::bigint::oid AND conparentid = 0
          AND NOT condeferrable
        ORDER BY 1
        """,
        row -> row.getLong(1),
        table.oid());
  }
}
