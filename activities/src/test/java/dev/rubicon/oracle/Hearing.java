package dev.rubicon.oracle;

import dev.rubicon.oracle.Attempt.End;
import dev.rubicon.oracle.Attempt.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Says to the reference, one after the other, what was committed at once: each statement must do
 * there exactly what it did. Who met nothing or was refused has no number; there must have been a
 * moment, while it was under way, at which the reference does the same.
 */
record Hearing(Case c, Connection reference, Tally tally) {
  static final String AT_ONCE = "bouts: two committed at once";

  void judge(List<Attempt> attempts, Stage stage) throws SQLException {
    var committed =
        attempts.stream()
            .filter(a -> a.end == End.COMMITTED)
            .sorted(Comparator.comparingLong(a -> a.number))
            .toList();
    var open = new ArrayList<>(attempts.stream().filter(a -> judged(a, stage)).toList());
    for (int said = 0; said < committed.size(); said++) {
      committed.get(said).script().forEach(c::happens);
      repeat(committed, said, open);
    }
    Attempt.say(reference, "BEGIN");
    hear(committed, committed.size(), 0, open);
    Attempt.say(reference, "ROLLBACK");
    if (!open.isEmpty()) {
      open.getFirst().script().forEach(c::happens);
      throw new IllegalStateException(
          "at no moment does the reference do so: " + open.getFirst().script());
    }
    tally.one("bouts");
    for (Attempt one : attempts) {
      tally.one(
          "bouts: " + one.end + (one.end == End.REFUSED ? " " + one.refusal.getSQLState() : ""));
    }
    if (committed.stream()
        .anyMatch(a -> committed.stream().anyMatch(b -> a != b && a.overlaps(b)))) {
      tally.one(AT_ONCE);
    }
  }

  /**
   * What a later statement met depends on those before it, and what took the engine's own way out
   * (40001) or a name that is gone is told of nowhere.
   */
  private static boolean judged(Attempt attempt, Stage stage) {
    if (attempt.end == End.REFUSED) {
      if (Refusal.passes(attempt.refusal, stage)
          || attempt.steps.stream().anyMatch(s -> s.op().truncates())
              && Refusal.unfollowed(attempt.refusal, attempt.level)) {
        return false;
      }
      return attempt.at == 0 || attempt.steps.size() == 1;
    }
    return attempt.end == End.NOTHING && attempt.at == 0;
  }

  private void repeat(List<Attempt> committed, int at, List<Attempt> open) throws SQLException {
    Attempt attempt = committed.get(at);
    c.reference.remember();
    Attempt.say(reference, "BEGIN");
    try {
      for (int i = 0; i < attempt.steps.size(); i++) {
        hear(committed, at, i, open);
        Step step = attempt.steps.get(i);
        int count = c.reference.apply(reference, step.side(), step.op());
        if (count != attempt.counts.get(i)) {
          throw new IllegalStateException(
              step.op().sql(step.name())
                  + " met "
                  + attempt.counts.get(i)
                  + " rows, in the reference "
                  + count);
        }
      }
      Attempt.say(reference, "COMMIT");
    } catch (SQLException e) {
      throw new IllegalStateException("the reference refuses " + attempt.script(), e);
    }
    c.reference.keep();
  }

  /**
   * Takes off those that the reference answers in the same way as it stands: after so many
   * transactions and some steps of the next. Who was through before an attempt began, was before
   * it; who began later, was not. Only READ COMMITTED is ever in the middle of a transaction: it
   * waits for a row that has got another key, and does not see one that has got its key. And a
   * TRUNCATE empties the relation for older snapshots, too, which do not see what came after it.
   */
  private void hear(List<Attempt> committed, int said, int steps, List<Attempt> open)
      throws SQLException {
    int begun = steps > 0 ? said + 1 : said;
    for (Attempt attempt : List.copyOf(open)) {
      boolean past =
          committed.subList(said, committed.size()).stream().allMatch(x -> x.until > attempt.from);
      boolean yet = committed.subList(0, begun).stream().allMatch(x -> x.number < attempt.until);
      boolean sees =
          steps == 0
              || attempt.end == End.NOTHING
                  && (attempt.level.equals("READ COMMITTED")
                      || committed.get(said).steps.get(steps - 1).op().truncates());
      if (past && yet && sees && same(attempt)) {
        open.remove(attempt);
      }
    }
  }

  private boolean same(Attempt attempt) throws SQLException {
    Step step = attempt.steps.getFirst();
    c.reference.remember();
    Attempt.say(reference, "SAVEPOINT hearing");
    try {
      int count = c.reference.apply(reference, step.side(), step.op());
      if (attempt.at > 0) {
        Attempt.say(reference, "SET CONSTRAINTS ALL IMMEDIATE");
        return false;
      }
      return attempt.end == End.NOTHING && count == 0;
    } catch (SQLException e) {
      return attempt.end == End.REFUSED && e.getSQLState().equals(attempt.refusal.getSQLState());
    } finally {
      Attempt.say(reference, "ROLLBACK TO SAVEPOINT hearing");
      c.reference.back();
    }
  }
}
