package dev.rubicon.oracle;

import dev.rubicon.oracle.Attempt.End;
import dev.rubicon.oracle.Attempt.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Runs on the reference, one after the other, the transactions that committed at the same time:
 * each statement must do there exactly what it did. One that met no row or was refused has no
 * commit number; the reference must do the same at some moment while it was under way.
 */
record SerialReplay(Case c, Connection reference, Tally tally) {
  static final String AT_ONCE = "concurrent: two committed at once";

  void check(List<Attempt> attempts, RolloutStage stage) throws SQLException {
    var committed =
        attempts.stream()
            .filter(a -> a.end == End.COMMITTED)
            .sorted(Comparator.comparingLong(a -> a.number))
            .toList();
    var open = new ArrayList<>(attempts.stream().filter(a -> comparable(a, stage)).toList());
    for (int done = 0; done < committed.size(); done++) {
      committed.get(done).script().forEach(c::happens);
      repeat(committed, done, open);
    }
    Attempt.execute(reference, "BEGIN");
    matchOpen(committed, committed.size(), 0, open);
    Attempt.execute(reference, "ROLLBACK");
    if (!open.isEmpty()) {
      open.getFirst().script().forEach(c::happens);
      // A build's log keeps the first lines only: here stands who else was under way.
      throw new IllegalStateException(
          "at no moment does the reference do so: "
              + open.getFirst().script()
              + ", beside "
              + attempts.stream().filter(a -> a != open.getFirst()).map(Attempt::script).toList());
    }
    tally.one("concurrent");
    for (Attempt one : attempts) {
      tally.one(
          "concurrent: "
              + one.end
              + (one.end == End.REFUSED ? " " + one.refusal.getSQLState() : ""));
    }
    if (committed.stream()
        .anyMatch(a -> committed.stream().anyMatch(b -> a != b && a.overlaps(b)))) {
      tally.one(AT_ONCE);
    }
  }

  /**
   * What a later statement met depends on those before it; and the reference knows neither the
   * engine's 40001 nor a name that is gone.
   */
  private static boolean comparable(Attempt attempt, RolloutStage stage) {
    if (attempt.end == End.REFUSED) {
      if (Refusal.passes(attempt.refusal, stage)
          || attempt.steps.stream().anyMatch(s -> s.op().truncates())
              && (Refusal.unfollowed(attempt.refusal, attempt.level)
                  || Refusal.waits(attempt.refusal))) {
        return false;
      }
      return attempt.at == 0 || attempt.steps.size() == 1;
    }
    return attempt.end == End.NOTHING && attempt.at == 0;
  }

  private void repeat(List<Attempt> committed, int at, List<Attempt> open) throws SQLException {
    Attempt attempt = committed.get(at);
    c.reference.remember();
    Attempt.execute(reference, "BEGIN");
    try {
      for (int i = 0; i < attempt.steps.size(); i++) {
        matchOpen(committed, at, i, open);
        c.reference.as(attempt.role);
        Step step = attempt.steps.get(i);
        int count = c.reference.apply(reference, step.side(), step.op());
        if (count != attempt.counts.get(i)) {
          throw new IllegalStateException(
              step.op().sql(step.name(), step.side())
                  + " met "
                  + attempt.counts.get(i)
                  + " rows, in the reference "
                  + count);
        }
      }
      Attempt.execute(reference, "COMMIT");
    } catch (SQLException e) {
      throw new IllegalStateException("the reference refuses " + attempt.script(), e);
    }
    c.reference.keep();
  }

  /**
   * Removes from {@code open} the attempts that the reference, after so many transactions and some
   * steps of the next, answers in the same way. A transaction that ended before an attempt began
   * precedes it; one that began after it does not. Only READ COMMITTED is ever in the middle of a
   * transaction: it waits for a row that has got another key or is deleted, and does not see one
   * that has got its key; and a foreign key's check does so, too. And a TRUNCATE empties the
   * relation for older snapshots, too, which do not see what came after it.
   */
  private void matchOpen(List<Attempt> committed, int done, int steps, List<Attempt> open)
      throws SQLException {
    int begun = steps > 0 ? done + 1 : done;
    for (Attempt attempt : List.copyOf(open)) {
      boolean past =
          committed.subList(done, committed.size()).stream().allMatch(x -> x.until > attempt.from);
      boolean yet = committed.subList(0, begun).stream().allMatch(x -> x.number < attempt.until);
      boolean readCommitted = attempt.level.equals("READ COMMITTED");
      boolean middle =
          readCommitted || steps > 0 && committed.get(done).steps.get(steps - 1).op().truncates();
      boolean sees =
          steps == 0
              || attempt.end == End.NOTHING && middle
              || attempt.end == End.REFUSED
                  && middle
                  && attempt.refusal.getSQLState().equals(Refusal.NO_PARENT);
      if (past && yet && sees && same(attempt)) {
        open.remove(attempt);
      }
    }
  }

  private boolean same(Attempt attempt) throws SQLException {
    Step step = attempt.steps.getFirst();
    c.reference.remember();
    c.reference.as(attempt.role);
    Attempt.execute(reference, "SAVEPOINT attempt");
    try {
      int count = c.reference.apply(reference, step.side(), step.op());
      if (attempt.at > 0) {
        Attempt.execute(reference, "SET CONSTRAINTS ALL IMMEDIATE");
        return false;
      }
      return attempt.end == End.NOTHING && count == 0;
    } catch (SQLException e) {
      return attempt.end == End.REFUSED && e.getSQLState().equals(attempt.refusal.getSQLState());
    } finally {
      Attempt.execute(reference, "ROLLBACK TO SAVEPOINT attempt");
      c.reference.back();
    }
  }
}
