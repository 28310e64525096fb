package dev.rubicon.sequence;

import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/**
 * Reads where sequences stand. A column is asked for its outermost value beyond the position, which
 * an index answers at once; one without an index only where its table is small: what nobody can
 * answer quickly is named, and left to its owner.
 */
public final class SequenceReader {
  /** A table this large is read in a second or two, while clients go on. */
  private static final long READ_WITHOUT_INDEX = 64L << 20;

  /** Clients wait: nothing that takes more than a few milliseconds. */
  private static final long READ_UNDER_LOCK = 256L << 10;

  private final PgSession session;
  private final long mostBytes;

  private SequenceReader(PgSession session, long mostBytes) {
    this.session = session;
    this.mostBytes = mostBytes;
  }

  /** All that the schemas have. Holds no lock that a client notices. */
  public static List<SequenceState> read(PgSession session, List<String> schemas) {
    var reader = new SequenceReader(session, READ_WITHOUT_INDEX);
    return Feeding.read(session, schemas).stream()
        .map(
            sequence -> {
              try {
                return reader.state(sequence);
              } catch (RubiconException e) {
                // Too slow, no lock in time, or gone since the catalog was read.
                if (List.of("57014", "55P03", "42P01").contains(SqlFailure.state(e))) {
                  return unread(sequence, "SQLSTATE " + SqlFailure.state(e));
                }
                throw e;
              }
            })
        .toList();
  }

  /** The same in the session's open transaction, in which a sequence that fails ends nothing. */
  public static List<SequenceState> readInTransaction(PgSession session, List<String> schemas) {
    var reader = new SequenceReader(session, READ_WITHOUT_INDEX);
    return Feeding.read(session, schemas).stream()
        .map(
            sequence -> {
              session.execute("SAVEPOINT rubicon_sequence");
              try {
                SequenceState state = reader.state(sequence);
                session.execute("RELEASE SAVEPOINT rubicon_sequence");
                return state;
              } catch (RubiconException e) {
                if (SqlFailure.lost(e)) {
                  throw e;
                }
                session.execute("ROLLBACK TO SAVEPOINT rubicon_sequence");
                return unread(sequence, "SQLSTATE " + SqlFailure.state(e));
              }
            })
        .toList();
  }

  /** For whoever holds locks, in a transaction: what fails is thrown. */
  static SequenceReader underLock(PgSession session) {
    return new SequenceReader(session, READ_UNDER_LOCK);
  }

  /** For whoever holds a lock on the sequence alone. */
  static SequenceReader withSequenceLocked(PgSession session) {
    return new SequenceReader(session, READ_WITHOUT_INDEX);
  }

  SequenceState state(Feeding sequence) {
    if (!sequence.readable()) {
      return unread(sequence, "its position may not be read");
    }
    List<Feeding.Column> asked =
        sequence.columns().stream().filter(column -> unasked(column).isEmpty()).toList();
    record Position(long last, boolean called, Optional<Long> next, Optional<Long> outermost) {}
    var position =
        session
            .query(
                PositionSql.position(sequence, asked),
                row -> {
                  Optional<Long> outermost = Optional.empty();
                  BinaryOperator<Long> outer = sequence.ascending() ? Math::max : Math::min;
                  for (int i = 0; i < asked.size(); i++) {
                    long value = row.getLong(4 + i);
                    if (!row.wasNull()) {
                      outermost =
                          Optional.of(outermost.map(o -> outer.apply(o, value)).orElse(value));
                    }
                  }
                  long next = row.getLong(3);
                  boolean usedUp = row.wasNull();
                  return new Position(
                      row.getLong(1),
                      row.getBoolean(2),
                      usedUp ? Optional.empty() : Optional.of(next),
                      outermost);
                })
            .getFirst();
    boolean behind = position.outermost().isPresent();
    Optional<Long> free =
        behind && !sequence.cycles()
            ? free(sequence, position.next().orElseThrow(), position.outermost().get())
            : Optional.empty();
    return new SequenceState(
        sequence.name().toString(),
        sequence.name().sql(),
        feeds(sequence),
        owned(sequence),
        sequence.ascending(),
        sequence.increment(),
        sequence.cache(),
        sequence.cycles(),
        unaskedOf(sequence),
        position.next(),
        behind,
        free,
        free.map(_ -> PositionSql.setting(sequence, asked)),
        used(sequence, position.last(), position.called()),
        limit(sequence),
        sequence.ours());
  }

  /** In steps of the increment: who shares a range out by parity keeps it. */
  private static Optional<Long> free(Feeding sequence, long next, long outermost) {
    BigInteger step = BigInteger.valueOf(sequence.increment());
    BigInteger from = BigInteger.valueOf(next);
    BigInteger steps =
        BigInteger.valueOf(outermost).subtract(from).divide(step).add(BigInteger.ONE);
    BigInteger free = from.add(steps.multiply(step));
    BigInteger end = BigInteger.valueOf(end(sequence));
    boolean inside = sequence.ascending() ? free.compareTo(end) <= 0 : free.compareTo(end) >= 0;
    return inside ? Optional.of(free.longValueExact()) : Optional.empty();
  }

  private static double used(Feeding sequence, long last, boolean called) {
    double begin = sequence.ascending() ? sequence.least() : sequence.most();
    double range = Math.abs((double) end(sequence) - begin) + 1;
    double done = Math.abs(last - begin) + (called ? 1 : 0);
    return Math.min(1, Math.round(1000 * done / range) / 1000.0);
  }

  /** What comes first: the end of its own range, or of the narrowest type that it feeds. */
  static long end(Feeding sequence) {
    return narrowest(sequence)
        .map(column -> sequence.ascending() ? column.most() : -1 - column.most())
        .orElse(sequence.ascending() ? sequence.most() : sequence.least());
  }

  private static Optional<Feeding.Column> narrowest(Feeding sequence) {
    return sequence.columns().stream()
        .filter(
            column ->
                sequence.ascending()
                    ? column.most() <= sequence.most()
                    : -1 - column.most() >= sequence.least())
        .min(java.util.Comparator.comparingLong(Feeding.Column::most));
  }

  private static String limit(Feeding sequence) {
    return narrowest(sequence)
        .map(column -> "type " + column.type() + " of " + column)
        .orElse(sequence.ascending() ? "its MAXVALUE" : "its MINVALUE");
  }

  private String unasked(Feeding.Column column) {
    return !column.unasked().isEmpty()
        ? column.unasked()
        : column.indexed() || column.bytes() <= mostBytes
            ? ""
            : "no index begins with it, and its table is large";
  }

  private List<String> unaskedOf(Feeding sequence) {
    return sequence.columns().stream()
        .filter(column -> !unasked(column).isEmpty())
        .map(column -> column + ": " + unasked(column))
        .toList();
  }

  private static SequenceState unread(Feeding sequence, String why) {
    return new SequenceState(
        sequence.name().toString(),
        sequence.name().sql(),
        feeds(sequence),
        owned(sequence),
        sequence.ascending(),
        sequence.increment(),
        sequence.cache(),
        sequence.cycles(),
        Stream.concat(
                sequence.columns().stream().map(Feeding.Column::toString),
                Stream.of(sequence.name().toString()).filter(_ -> sequence.columns().isEmpty()))
            .map(column -> column + ": " + why)
            .toList(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        0,
        limit(sequence),
        sequence.ours());
  }

  private static List<String> feeds(Feeding sequence) {
    var feeds = new ArrayList<String>();
    sequence.columns().forEach(column -> feeds.add(column + " " + column.how()));
    return List.copyOf(feeds);
  }

  private static boolean owned(Feeding sequence) {
    return sequence.columns().stream().anyMatch(column -> !column.how().equals("default"));
  }
}
