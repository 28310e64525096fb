package dev.rubicon.oracle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One transaction among others that want the same rows. Its number is drawn while it holds every
 * lock that it has taken: of two that cannot both be under way, the first has the smaller one.
 */
final class Attempt {
  /** The clock: in no schema of the rollout's. */
  static final String CLOCK = "CREATE SCHEMA clock; CREATE SEQUENCE clock.ticks";

  /**
   * A statement, as its side's client knows the relation.
   *
   * @param sent as it goes to the database under transition
   */
  record Step(Side side, Op op, Op sent, String name) {}

  enum End {
    COMMITTED,
    TAKEN_BACK,
    /** A statement met nothing; the statements after it were not sent. */
    NOTHING,
    REFUSED
  }

  final String level;
  final ClientRole role;
  final List<Step> steps;
  final List<Integer> counts = new ArrayList<>();
  private final boolean takenBack;
  private final List<Integer> pauses;
  End end;

  /** The step that it ended at; after the last one, its deferred constraints. */
  int at;

  SQLException refusal;
  long from;
  long number;
  long until;

  /**
   * @param pauses before each step and before the end, in microseconds
   */
  Attempt(
      String level, ClientRole role, List<Step> steps, boolean takenBack, List<Integer> pauses) {
    this.level = level;
    this.role = role;
    this.steps = steps;
    this.takenBack = takenBack;
    this.pauses = pauses;
  }

  void run(Connection database) throws SQLException {
    from = tick(database);
    execute(database, "BEGIN ISOLATION LEVEL " + level);
    role.enter(database);
    try {
      for (; end == null && at < steps.size(); at++) {
        pause(at);
        Step step = steps.get(at);
        int count = step.sent().execute(database, step.name(), step.side());
        counts.add(count);
        if (count == 0 && !step.op().truncates()) {
          end = End.NOTHING;
          break;
        }
      }
      if (end == null) {
        execute(database, "SET CONSTRAINTS ALL IMMEDIATE");
        number = tick(database);
        pause(at);
        execute(database, takenBack ? "ROLLBACK" : "COMMIT");
        end = takenBack ? End.TAKEN_BACK : End.COMMITTED;
      }
    } catch (SQLException e) {
      end = End.REFUSED;
      refusal = e;
    }
    if (end == End.NOTHING || end == End.REFUSED) {
      execute(database, "ROLLBACK");
    }
    until = tick(database);
  }

  private void pause(int before) {
    // Not a wait for something: who comes first is what is drawn.
    LockSupport.parkNanos(pauses.get(before) * 1_000L);
  }

  /** While it was under way, the other one was, too. */
  boolean overlaps(Attempt other) {
    return from < other.until && other.from < until;
  }

  private static long tick(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT nextval('clock.ticks')")) {
      result.next();
      return result.getLong(1);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** For psql, as far as one session can tell it. */
  List<String> script() {
    var lines = new ArrayList<String>();
    lines.add(
        "-- at once with others: from %d, number %d, until %d".formatted(from, number, until));
    lines.add("BEGIN ISOLATION LEVEL " + level + ";");
    role.statements().forEach(sql -> lines.add(sql + ";"));
    for (int i = 0; i <= Math.min(at, steps.size() - 1); i++) {
      lines.add(steps.get(i).sent().sql(steps.get(i).name(), steps.get(i).side()));
    }
    if (refusal != null) {
      lines.add("-- " + refusal.getSQLState() + " " + refusal.getMessage());
    }
    lines.add((end == End.COMMITTED ? "COMMIT; -- " : "ROLLBACK; -- ") + end);
    return lines;
  }
}
