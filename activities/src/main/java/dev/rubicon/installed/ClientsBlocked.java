package dev.rubicon.installed;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.rubicon.locks.Blocker;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.OldSnapshots;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.Blocked;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How long clients waited while the authority changed hands. The crossing's own transaction stores
 * it on the target, so that a retry after a worker's death reads the same. Only the commit's own
 * time is added behind it.
 */
public final class ClientsBlocked {
  private final PgSession session;
  private final Way way;
  private final OldSnapshots.Waited older;
  private double locked;

  /** Which way the authority went. */
  public enum Way {
    CUTOVER("cutover_blocked"),
    ROLLBACK("rollback_blocked");

    private final String column;

    Way(String column) {
      this.column = column;
    }
  }

  /**
   * @param older transactions that were waited for before the first attempt, while no client waited
   */
  public ClientsBlocked(PgSession session, Way way, OldSnapshots.Waited older) {
    this.session = session;
    this.way = way;
    this.older = older;
  }

  /** The attempt has its locks. */
  public void locked(LockLadder.Current attempt) {
    locked = attempt.milliseconds();
  }

  /** In the transaction, as late as may be. */
  public void beforeCommit(LockLadder.Current attempt) {
    write(of(attempt.before(), attempt.milliseconds(), false));
  }

  /** Behind the commit: how long that took is known now. */
  public void committed(List<LockLadder.Attempt> attempts) {
    write(of(attempts.subList(0, attempts.size() - 1), attempts.getLast().milliseconds(), true));
  }

  private Blocked of(List<LockLadder.Attempt> before, double last, boolean commitTimed) {
    return new Blocked(
        before.size() + 1,
        rounded(
            Stream.concat(before.stream().map(LockLadder.Attempt::milliseconds), Stream.of(last))
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0)),
        rounded(before.stream().mapToDouble(LockLadder.Attempt::milliseconds).sum() + locked),
        some(older.transactions(), before, LockLadder.Attempt::blockers),
        some(older.terminated(), before, LockLadder.Attempt::terminated),
        commitTimed);
  }

  private static double rounded(double milliseconds) {
    return Math.round(milliseconds * 10) / 10.0;
  }

  /** Each session once, as it was seen last. */
  private static Blocked.Sessions some(
      List<Blocker> first,
      List<LockLadder.Attempt> attempts,
      Function<LockLadder.Attempt, List<Blocker>> of) {
    var sessions = new LinkedHashMap<Integer, Blocker>();
    Stream.concat(first.stream(), attempts.stream().flatMap(attempt -> of.apply(attempt).stream()))
        .forEach(blocker -> sessions.put(blocker.pid(), blocker));
    return Blocked.Sessions.of(sessions.values().stream().map(Blocker::describe).toList());
  }

  private void write(Blocked blocked) {
    session.update(
        "UPDATE rubicon.state SET " + way.column + " = ?::jsonb", StoredJson.write(blocked));
  }

  /** What the last crossing this way cost; nothing where there was none. */
  public static Blocked read(PgSession session, Way way) {
    return session
        .first(
            "SELECT " + way.column + " FROM rubicon.state",
            row -> Optional.ofNullable(row.getString(1)))
        .flatMap(value -> value)
        .map(json -> StoredJson.read(json, new TypeReference<Blocked>() {}))
        .orElse(Blocked.NOT);
  }
}
