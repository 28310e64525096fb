package dev.rubicon.compare;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlTemplate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Chunks that differ, down to rows and columns. Both sides come sorted by the hash of their key,
 * through cursors, and are merged here: what is held in memory is a page of each.
 */
final class Narrowing {
  private static final SqlTemplate BY_KEY = SqlTemplate.of("compare/sql/rows_by_key.sql.ftl");
  private static final SqlTemplate WITHOUT_KEY =
      SqlTemplate.of("compare/sql/rows_without_key.sql.ftl");

  /** Rows of one key that may be held at once. */
  private static final int GROUP = 10_000;

  private final Columns columns;
  private final RowHash hash;
  private final int mostRows;

  final Map<String, Long> mismatches = new TreeMap<>();
  final List<Found> found = new ArrayList<>();
  long missing;
  long extra;
  long differing;

  Narrowing(Columns columns, int mostRows) {
    this.columns = columns;
    this.hash = new RowHash(columns);
    this.mostRows = mostRows;
  }

  /** A row that is not the same on both sides; null where a side does not have it. */
  record Found(Row left, Row right, List<String> columns, long times) {
    Differences.Kind kind() {
      return left == null
          ? Differences.Kind.EXTRA
          : right == null ? Differences.Kind.MISSING : Differences.Kind.DIFFERS;
    }

    List<String> key() {
      return (left == null ? right : left).key();
    }
  }

  /**
   * @param hashes of the columns, null for NULL
   * @param times how often a row that has no key is there
   */
  record Row(long k, long again, long h, List<String> key, List<Long> hashes, long times) {}

  void run(Compare.Reading left, Compare.Reading right, int chunks, int[] wanted) {
    var ours = new Pages(left.session(), "ours", sql(left.scan(), chunks, wanted));
    var theirs = new Pages(right.session(), "theirs", sql(right.scan(), chunks, wanted));
    while (ours.peek() != null || theirs.peek() != null) {
      long k =
          theirs.peek() == null || ours.peek() != null && ours.peek().k() <= theirs.peek().k()
              ? ours.peek().k()
              : theirs.peek().k();
      group(ours.take(k), theirs.take(k));
    }
    ours.close();
    theirs.close();
  }

  /**
   * @param keyAgain another hash of the key
   * @param these that a row belongs to one of the chunks
   */
  private record ByKey(
      String keyAgain, String row, String cells, String key, String rows, String these) {}

  private record WithoutKey(String key, String rows, String these) {}

  private String sql(Scan scan, int chunks, int[] wanted) {
    String these =
        "(y.\"~k\" & "
            + (chunks - 1)
            + ") = ANY('"
            + Arrays.toString(wanted).replace('[', '{').replace(']', '}')
            + "'::bigint[])";
    if (columns.key().isEmpty()) {
      return WITHOUT_KEY.render(new WithoutKey(hash.key(RowHash.KEY), scan.rows(), these));
    }
    String cells =
        columns.key().stream().map(Column::text).collect(Collectors.joining(", "))
            + ", "
            + columns.compared().stream().map(RowHash::of).collect(Collectors.joining(", "));
    return BY_KEY.render(
        new ByKey(
            hash.key(RowHash.KEY_AGAIN),
            hash.row(),
            cells,
            hash.key(RowHash.KEY),
            scan.rows(),
            these));
  }

  /** Rows of one hash: as good as always one on each side. */
  private void group(List<Row> left, List<Row> right) {
    if (columns.key().isEmpty()) {
      long ours = left.stream().mapToLong(Row::times).sum();
      long theirs = right.stream().mapToLong(Row::times).sum();
      if (ours > theirs) {
        note(new Found(left.getFirst(), null, List.of(), ours - theirs));
      } else if (theirs > ours) {
        note(new Found(null, right.getFirst(), List.of(), theirs - ours));
      }
      return;
    }
    var byKey = new LinkedHashMap<Long, List<List<Row>>>();
    left.forEach(r -> sides(byKey, r).get(0).add(r));
    right.forEach(r -> sides(byKey, r).get(1).add(r));
    byKey.values().forEach(sides -> pair(sides.get(0), sides.get(1)));
  }

  private static List<List<Row>> sides(Map<Long, List<List<Row>>> byKey, Row row) {
    return byKey.computeIfAbsent(
        row.again(), k -> List.of(new ArrayList<Row>(), new ArrayList<Row>()));
  }

  private void pair(List<Row> left, List<Row> right) {
    for (Iterator<Row> each = left.iterator(); each.hasNext(); ) {
      Row row = each.next();
      for (int i = 0; i < right.size(); i++) {
        if (right.get(i).hashes().equals(row.hashes())) {
          right.remove(i);
          each.remove();
          break;
        }
      }
    }
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      Row ours = i < left.size() ? left.get(i) : null;
      Row theirs = i < right.size() ? right.get(i) : null;
      note(new Found(ours, theirs, differ(ours, theirs), 1));
    }
  }

  private List<String> differ(Row ours, Row theirs) {
    var names = new ArrayList<String>();
    for (int i = 0; ours != null && theirs != null && i < ours.hashes().size(); i++) {
      if (!Objects.equals(ours.hashes().get(i), theirs.hashes().get(i))) {
        names.add(columns.compared().get(i).name());
      }
    }
    return names;
  }

  private void note(Found row) {
    switch (row.kind()) {
      case MISSING -> missing += row.times();
      case EXTRA -> extra += row.times();
      case DIFFERS -> {
        differing++;
        row.columns().forEach(c -> mismatches.merge(c, 1L, Long::sum));
      }
    }
    if (found.size() < mostRows) {
      found.add(row);
    }
  }

  /** A result, a page at a time: the driver fetches pages only outside of autocommit. */
  private final class Pages {
    private static final int PAGE = 2_000;

    private final PgSession session;
    private final String cursor;
    private final ArrayDeque<Row> page = new ArrayDeque<>();
    private boolean end;

    Pages(PgSession session, String cursor, String sql) {
      this.session = session;
      this.cursor = cursor;
      session.execute("DECLARE " + cursor + " NO SCROLL CURSOR FOR " + sql);
    }

    Row peek() {
      if (page.isEmpty() && !end) {
        page.addAll(
            session.written(
                "FETCH FORWARD " + PAGE + " FROM " + cursor,
                row -> {
                  int at = 5;
                  var key = new ArrayList<String>();
                  for (int i = 0; i < columns.key().size(); i++) {
                    key.add(row.getString(at++));
                  }
                  var hashes = new ArrayList<Long>();
                  for (int i = 0; !key.isEmpty() && i < columns.compared().size(); i++) {
                    long cell = row.getLong(at++);
                    hashes.add(row.wasNull() ? null : cell);
                  }
                  return new Row(
                      row.getLong(1), row.getLong(2), row.getLong(3), key, hashes, row.getLong(4));
                }));
        end = page.size() < PAGE;
      }
      return page.peek();
    }

    List<Row> take(long k) {
      var rows = new ArrayList<Row>();
      while (peek() != null && peek().k() == k) {
        rows.add(page.poll());
        if (rows.size() > GROUP) {
          throw new RubiconException(
              ErrorCode.COLUMNS_NOT_COMPARABLE,
              "more than "
                  + GROUP
                  + " rows have one key: "
                  + columns.key().stream().map(Column::name).toList()
                  + " does not tell rows apart",
              "name a key that is unique: --key; or compare without one: --unkeyed");
        }
      }
      return rows;
    }

    void close() {
      session.execute("CLOSE " + cursor);
    }
  }
}
