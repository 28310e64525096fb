package dev.rubicon.compare;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.ParallelSessions;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.preflight.scratch.SqlScript;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Compares two relations. Every row is read once, in ranges of blocks and by several connections;
 * it falls into a chunk by the hash of its key, and per chunk there is a count and a hash that
 * depends on no order. Only chunks whose count or hash differs are read again, sorted, and merged.
 */
public final class Compare {
  /** Rows of both sides that are read again at most; beyond, counts are "at least". */
  private static final long NARROWED = 2_000_000;

  private static final int MOST_CHUNKS = 16_384;

  private final Question question;
  private final SessionTag tag;
  private final Progress progress;
  private final long blocks;

  private Compare(Question question, SessionTag tag, Progress progress, long blocks) {
    this.question = question;
    this.tag = tag;
    this.progress = progress;
    this.blocks = blocks;
  }

  public static Differences run(Question question, SessionTag tag, Progress progress) {
    return run(question, tag, progress, Scan.BLOCKS);
  }

  /**
   * @param blocks that one connection reads at a time
   */
  static Differences run(Question question, SessionTag tag, Progress progress, long blocks) {
    return new Compare(question, tag, progress, blocks).run();
  }

  /** One side, and the connection that reads it. */
  record Reading(PgSession session, Scan scan) {}

  private Differences run() {
    try (Snapshot left = snapshot(question.left());
        Snapshot right = question.oneDatabase() ? null : snapshot(question.right())) {
      Snapshot there = right == null ? left : right;
      Shape ours = Shape.of(left.holder(), question.left());
      Shape theirs = Shape.of(there.holder(), question.right());
      Columns columns = Columns.of(question, ours, theirs, left.holder());
      var first = new Reading(left.holder(), scan(question.left(), ours, false));
      var second = new Reading(there.holder(), scan(question.right(), theirs, true));
      requireReadable(question.left(), first, columns);
      requireReadable(question.right(), second, columns);
      return compare(left, there, first, second, columns);
    }
  }

  /** Of both relations, where one database has them. */
  private Snapshot snapshot(Question.Side side) {
    List<RelationName> tables =
        (question.oneDatabase() ? Stream.of(question.left(), question.right()) : Stream.of(side))
            .filter(this::isTable)
            .map(Question.Side::relation)
            .distinct()
            .sorted()
            .toList();
    return Snapshot.take(side.target(), tag, progress, tables);
  }

  private boolean isTable(Question.Side side) {
    try (PgSession session = PgSession.open(side.target(), tag, SessionLimits.SHORT)) {
      return Shape.of(session, side).kind().matches("[rp]");
    }
  }

  private Scan scan(Question.Side side, Shape shape, boolean right) {
    var names = new LinkedHashMap<String, String>();
    shape.columns().keySet().forEach(name -> names.put(name, name));
    if (right) {
      // A column that took its name from another one of the left is not seen under it.
      question.mapped().keySet().forEach(names::remove);
      question.mapped().forEach((name, other) -> names.put(other, name));
    }
    return new Scan(side.relation(), shape, names, question.where());
  }

  private void requireReadable(Question.Side side, Reading reading, Columns columns) {
    question.where().ifPresent(Compare::requireCondition);
    try {
      reading
          .session()
          .written(
              "SELECT "
                  + new RowHash(columns).row()
                  + " FROM "
                  + reading.scan().rows()
                  + " LIMIT 0",
              row -> true);
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.SQL_REFUSED) {
        throw e;
      }
      throw new RubiconException(
          ErrorCode.SQL_REFUSED,
          side + ": " + e.getMessage(),
          "check --where and --cast; names other than columns need their schema",
          e.getCause());
    }
  }

  private static void requireCondition(String where) {
    if (where.contains("\0") || SqlScript.split("--where", where).size() != 1) {
      throw new RubiconException(
          ErrorCode.USAGE, "--where is not one condition", "write what follows WHERE in a SELECT");
    }
  }

  private Differences compare(
      Snapshot left, Snapshot right, Reading first, Reading second, Columns columns) {
    List<String> ours = first.scan().parts(first.session(), blocks);
    List<String> theirs = second.scan().parts(second.session(), blocks);
    int chunks = chunks(first, second);
    var hash = new RowHash(columns);
    var leftSums = new Sums(chunks);
    var rightSums = new Sums(chunks);
    var done = new AtomicLong();
    int total = ours.size() + theirs.size();
    var parallel = new ParallelSessions();
    read(parallel, ours, left, hash, chunks, leftSums, done, total);
    read(parallel, theirs, right, hash, chunks, rightSums, done, total);
    parallel.run();
    int[] differing = leftSums.differing(rightSums);
    int[] wanted = affordable(differing, leftSums, rightSums);
    var narrowing = new Narrowing(columns, question.mostRows());
    if (wanted.length > 0) {
      progress.checkCancelled();
      progress.update("narrowing down", 0, wanted.length, "");
      narrowing.run(first, second, chunks, wanted);
    }
    Map<Narrowing.Found, Map<String, Differences.Values>> values =
        question.values() ? new Values(columns).of(narrowing.found, first, second) : Map.of();
    return new Differences(
        new Differences.Side(
            question.left().target().name(),
            question.left().relation().toString(),
            leftSums.rows()),
        new Differences.Side(
            question.right().target().name(),
            question.right().relation().toString(),
            rightSums.rows()),
        question.oneDatabase(),
        columns.key().stream().map(Column::name).toList(),
        columns.compared().stream().map(Column::name).toList(),
        chunks,
        differing.length,
        wanted.length,
        narrowing.missing,
        narrowing.extra,
        narrowing.differing,
        narrowing.mismatches,
        narrowing.found.stream()
            .map(
                f ->
                    new Differences.Row(
                        f.kind(),
                        f.key(),
                        f.columns(),
                        f.times(),
                        values.getOrDefault(f, Map.of())))
            .toList(),
        differing.length == 0);
  }

  private void read(
      ParallelSessions parallel,
      List<String> parts,
      Snapshot snapshot,
      RowHash hash,
      int chunks,
      Sums sums,
      AtomicLong done,
      int total) {
    var readers = new ArrayList<PgSession>();
    for (int i = 0; i < Math.min(question.jobs(), parts.size()); i++) {
      readers.add(snapshot.reader());
    }
    parallel.add(
        parts,
        readers,
        (session, part) -> {
          progress.checkCancelled();
          sums.add(
              session.written(
                  hash.sums(part, chunks),
                  row ->
                      new Sums.Chunk(
                          row.getInt(1),
                          row.getLong(2),
                          row.getBigDecimal(3).toBigInteger(),
                          row.getBigDecimal(4).toBigInteger())));
          progress.update("comparing", done.incrementAndGet(), total, "");
        });
  }

  /** A thousand rows each, as far as the catalog knows; a power of two. */
  private int chunks(Reading left, Reading right) {
    long rows = Math.max(estimate(left), estimate(right));
    return Math.clamp(Long.highestOneBit(rows / 1000 + 1), 16, MOST_CHUNKS);
  }

  private static long estimate(Reading reading) {
    return reading
        .session()
        .first(
            """
            WITH RECURSIVE below AS (
              SELECT ?::bigint::oid AS oid
              UNION
              SELECT i.inhrelid FROM pg_inherits i JOIN below b ON b.oid = i.inhparent)
            SELECT coalesce(sum(CASE WHEN c.reltuples < 0 THEN 50 * pg_relation_size(c.oid) / 8192
                                     ELSE c.reltuples END), 0)::bigint
            FROM below b JOIN pg_class c ON c.oid = b.oid AND c.relkind IN ('r', 'm', 'f')
            """,
            row -> row.getLong(1),
            reading.scan().shape().oid())
        .orElse(0L);
  }

  /** As many of the differing chunks as may be sorted without burdening the server's disk. */
  private static int[] affordable(int[] differing, Sums left, Sums right) {
    long rows = 0;
    for (int i = 0; i < differing.length; i++) {
      rows += left.rows(differing[i]) + right.rows(differing[i]);
      if (rows > NARROWED && i > 0) {
        return Arrays.copyOf(differing, i);
      }
    }
    return differing;
  }
}
