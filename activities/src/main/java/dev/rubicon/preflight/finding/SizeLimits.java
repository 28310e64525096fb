package dev.rubicon.preflight.finding;

import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.table.Naming;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Limits of PostgreSQL that only the target's own rows and its tables' past show: a copy without
 * rows has none, and a dump forgets the columns that were dropped. Names and sizes, no values.
 */
public final class SizeLimits {
  /** A column that was dropped keeps its number (PostgreSQL documentation, appendix K). */
  private static final int MOST_COLUMNS = 1_600;

  /** What a row may be as text, or as one value: hashing, comparing and dumping it needs that. */
  private static final long LARGEST_ROW = 0x3fffffff;

  /** PostgreSQL compresses text a hundredfold at most: less in TOAST holds no such row. */
  private static final int COMPRESSION = 128;

  /** The largest entry of a B-tree, and what is in it besides values. */
  private static final String LARGEST_ENTRY =
      "(current_setting('block_size')::bigint - 56) / 3 / 8 * 8 - 16";

  private static final String INDEXES =
      """
      SELECT n.nspname, t.relname, x.relname,
             array_agg(a.attname::text ORDER BY k.at), array_agg(y.typcategory::text ORDER BY k.at)
      FROM pg_index i
      JOIN pg_class x ON x.oid = i.indexrelid
      JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
      JOIN pg_class t ON t.oid = i.indrelid AND NOT t.relispartition
      JOIN pg_namespace n ON n.oid = t.relnamespace
      CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, at)
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
      JOIN pg_type y ON y.oid = a.atttypid
      WHERE n.nspname = ANY (?::text[]) AND i.indexprs IS NULL AND i.indpred IS NULL
      GROUP BY 1, 2, 3 HAVING bool_or(y.typcategory = 'S')
      ORDER BY 1, 2, 3
      """;

  /** Which rows they hold, and what, only canonical's own rows could tell. */
  private static final String COMPUTED =
      """
      SELECT n.nspname, t.relname, x.relname, '{}'::text[], '{}'::text[]
      FROM pg_index i
      JOIN pg_class x ON x.oid = i.indexrelid
      JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
      JOIN pg_class t ON t.oid = i.indrelid AND NOT t.relispartition
      JOIN pg_namespace n ON n.oid = t.relnamespace
      WHERE n.nspname = ANY (?::text[]) AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
        AND EXISTS (SELECT FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
                    WHERE a.attrelid = i.indexrelid AND y.typcategory = 'S')
      ORDER BY 1, 2, 3
      """;

  private final PgSession session;
  private final Runbook runbook;
  private final long largestRow;
  private final List<Finding> findings = new ArrayList<>();

  private SizeLimits(PgSession session, Runbook runbook, long largestRow) {
    this.session = session;
    this.runbook = runbook;
    this.largestRow = largestRow;
  }

  /**
   * @param session on the target
   * @param canonical on a database in which canonical is built
   */
  public static List<Finding> of(PgSession session, PgSession canonical, Runbook runbook) {
    return of(session, canonical, runbook, LARGEST_ROW);
  }

  public static List<Finding> of(
      PgSession session, PgSession canonical, Runbook runbook, long largestRow) {
    var work = new SizeLimits(session, runbook, largestRow);
    Object schemas = runbook.schemas().toArray(String[]::new);
    List<Index> indexes = canonical.query(INDEXES, Index::read, schemas);
    List<Index> computed = canonical.query(COMPUTED, Index::read, schemas);
    for (SizedTable table : SizedTable.of(session, runbook.schemas())) {
      work.columns(table);
      work.rows(table, indexes);
      work.computed(table, computed);
    }
    return List.copyOf(work.findings);
  }

  /** An index of canonical's, over columns alone. */
  record Index(RelationName relation, String name, List<String> columns, List<String> categories) {
    static Index read(ResultSet row) throws SQLException {
      return new Index(
          new RelationName(row.getString(1), row.getString(2)),
          row.getString(3),
          texts(row.getArray(4)),
          texts(row.getArray(5)));
    }
  }

  static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }

  private void columns(SizedTable table) {
    for (Runbook.Transition transition : runbook.transitions()) {
      if (!transition.endsRelation()
          && RelationName.parse(transition.relation()).equals(table.name())) {
        int added = transition.columns().size() + 1;
        if (table.numbers() + added > MOST_COLUMNS) {
          findings.add(
              unsupported(
                  "columns:" + table.name(),
                  "%s has had %d columns, dropped ones counted, and gets %d more: a table has room"
                          .formatted(table.name(), table.numbers(), added)
                      + " for "
                      + MOST_COLUMNS
                      + "; make it a shadow, or rewrite the table first"));
        }
      }
    }
  }

  private void computed(SizedTable table, List<Index> canonical) {
    if (table.toast() == 0 && !table.inline()) {
      return;
    }
    for (Index index : canonical) {
      if (fills(table, index)) {
        findings.add(
            MeasuredFindings.note(
                "sizes:" + index.relation() + "." + index.name(),
                "whether values of "
                    + table.name()
                    + " are too large for index "
                    + index.name()
                    + ", which is partial or over expressions, was not measured: the rehearsal"
                    + " fills it"));
      }
    }
  }

  /** Whether rows of the table come into an index that it does not have. */
  private boolean fills(SizedTable table, Index index) {
    return transition(index.relation(), table.name()).isPresent()
        || index.relation().equals(table.name()) && !table.indexes().contains(index.name());
  }

  /** One look at all rows for all that is asked of them, where they may be too large at all. */
  private void rows(SizedTable table, List<Index> canonical) {
    if (table.toast() == 0 && !table.inline()) {
      return;
    }
    var questions = new LinkedHashMap<Index, String>();
    for (Index index : canonical) {
      Optional<Runbook.Transition> from = transition(index.relation(), table.name());
      if (!fills(table, index)) {
        continue;
      }
      ValueSizes.largest(index, from, table).ifPresent(size -> questions.put(index, size));
    }
    boolean large = table.toast() >= largestRow / COMPRESSION;
    if (questions.isEmpty() && !large) {
      return;
    }
    if (table.heap() > Inventory.COUNTED_BYTES) {
      findings.add(unmeasured(table));
      return;
    }
    ask(table, questions, large);
  }

  private void ask(SizedTable table, Map<Index, String> questions, boolean large) {
    var select = new ArrayList<String>();
    select.add(LARGEST_ENTRY);
    select.add(large ? "max(" + ValueSizes.ofRow(table) + ")" : "0");
    select.addAll(questions.values());
    try {
      session.inTransaction(
          () -> {
            session.execute(
                "SET LOCAL search_path = " + Naming.searchPath(runbook) + ", pg_catalog");
            return session.query(
                "SELECT "
                    + String.join(", ", select)
                    + " FROM "
                    + table.name().sql()
                    + " AS "
                    + Identifiers.quote(table.name().name()),
                row -> judge(table, List.copyOf(questions.keySet()), row));
          });
    } catch (RubiconException e) {
      // Cancelled by statement_timeout, no lock in time, gone meanwhile, not to be read.
      if (!List.of("57014", "55P03", "42P01", "42501").contains(SqlFailure.state(e))) {
        throw e;
      }
      findings.add(unmeasured(table));
    }
  }

  private boolean judge(SizedTable table, List<Index> indexes, ResultSet row) throws SQLException {
    long most = row.getLong(1);
    if (row.getLong(2) > largestRow) {
      findings.add(
          unsupported(
              "row-size:" + table.name(),
              "a row of %s has %d bytes as text, and PostgreSQL reads, dumps and compares at most %d"
                  .formatted(table.name(), row.getLong(2), largestRow)));
    }
    for (int i = 0; i < indexes.size(); i++) {
      Index index = indexes.get(i);
      long bytes = row.getLong(3 + i);
      if (bytes > most) {
        findings.add(
            unsupported(
                "index-row-size:" + index.relation() + "." + index.name(),
                "index %s of %s has room for values of %d bytes together, and a row of %s has %d:"
                        .formatted(index.name(), index.relation(), most, table.name(), bytes)
                    + " index a hash of them, or fewer columns"));
      }
    }
    return true;
  }

  /** The transition that fills an index's relation from a table. */
  private Optional<Runbook.Transition> transition(RelationName filled, RelationName table) {
    return runbook.transitions().stream()
        .filter(t -> RelationName.parse(t.relation()).equals(table))
        .filter(
            t -> RelationName.parse(t.shadow().map(Shadow::to).orElse(t.relation())).equals(filled))
        .findFirst();
  }

  private static Finding unmeasured(SizedTable table) {
    return MeasuredFindings.note(
        "sizes:" + table.name(),
        "whether values of "
            + table.name()
            + " are too large for canonical's indexes was not measured: the rehearsal fills them");
  }

  private static Finding unsupported(String id, String title) {
    return MeasuredFindings.finding("unsupported:" + id, Finding.Kind.UNSUPPORTED, title);
  }
}
