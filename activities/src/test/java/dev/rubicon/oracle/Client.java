package dev.rubicon.oracle;

import dev.rubicon.oracle.RolloutStage.Names;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The one writer of some cases, or the one who lets several write at once, so that the reference
 * hears everything in its order. It knows both sides, and draws for each statement whose client it
 * is.
 */
final class Client implements AutoCloseable {
  static final List<String> LEVELS = List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE");

  private final Connection database;
  private final Connection reference;

  /** Sides that the transaction has written, or has tried to. */
  private final Set<Side> written = EnumSet.noneOf(Side.class);

  private final Random random;
  private final Comparison comparison;
  private final Tally tally;
  private final List<Connection> connections;
  private final ConcurrentClients concurrent;
  private String level = LEVELS.getFirst();
  private ClientRole role = ClientRole.EVERYTHING;

  /** The statement failed, and so it did in the reference. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
  }

  Client(
      Connection database,
      List<Connection> connections,
      Connection reference,
      Random random,
      Tally tally)
      throws SQLException {
    this.database = database;
    this.reference = reference;
    this.random = random;
    this.tally = tally;
    this.comparison = new Comparison(database);
    this.connections = connections;
    this.concurrent = new ConcurrentClients(connections, reference, random, tally);
    execute("SET TIME ZONE 'UTC'");
    execute("SET statement_timeout = '60s'");
    Attempt.execute(reference, "SET TIME ZONE 'UTC'");
  }

  private void execute(String sql) throws SQLException {
    Attempt.execute(database, sql);
  }

  private void both(String sql) throws SQLException {
    execute(sql);
    Attempt.execute(reference, sql);
  }

  /** Legacy rows from before the rollout. */
  void fill(Case c, int statements) throws SQLException {
    for (int i = 0; i < statements; i++) {
      for (Relation relation : c.shape.relations(Side.LEGACY)) {
        Optional<Op> op = ops(c, Side.LEGACY, relation, true, false).insertIfRoom();
        if (op.isPresent()) {
          String name = relation.places().before();
          int ignored = op.get().execute(database, name);
          c.happens(op.get().sql(name));
          Attempt.execute(reference, "BEGIN");
          c.reference.apply(reference, Side.LEGACY, op.get());
          Attempt.execute(reference, "COMMIT");
        }
      }
    }
  }

  void startOver(Case c) throws SQLException {
    c.reference.startOver(reference);
  }

  /** Several at once; both sides are looked at when all are through. */
  void concurrently(Case c, RolloutStage stage) throws SQLException {
    concurrent.run(c, stage);
    comparison.compare(c, stage);
  }

  /** One transaction, repeated until it is through. */
  void transact(Case c, RolloutStage stage) throws SQLException {
    for (int attempt = 0; ; attempt++) {
      Names names = stage.draw(random);
      var script = new ArrayList<String>();
      try {
        attempt(c, stage, names, script);
        script.forEach(c::happens);
        return;
      } catch (Refused e) {
        script.forEach(c::happens);
        c.happens("ROLLBACK; -- refused");
        return;
      } catch (SQLException e) {
        if (!Refusal.passes(e, stage) || attempt > 200) {
          script.forEach(c::happens);
          c.happens("-- " + e.getSQLState() + " " + e.getMessage());
          throw e;
        }
      }
    }
  }

  private void attempt(Case c, RolloutStage stage, Names names, List<String> script)
      throws SQLException, Refused {
    level = LEVELS.get(random.nextInt(LEVELS.size()));
    role = ClientRole.draw(random, c);
    c.reference.as(role);
    int depth = 0;
    boolean through = false;
    try {
      written.clear();
      c.reference.remember();
      depth++;
      execute("BEGIN ISOLATION LEVEL " + level);
      script.add("BEGIN ISOLATION LEVEL " + level + ";");
      role.enter(database);
      role.statements().forEach(sql -> script.add(sql + ";"));
      Attempt.execute(reference, "BEGIN");
      for (int i = random.nextInt(4); i >= 0; i--) {
        if (random.nextInt(3) > 0) {
          one(c, stage, names, script);
          continue;
        }
        c.reference.remember();
        depth++;
        both("SAVEPOINT s");
        script.add("SAVEPOINT s;");
        boolean back = random.nextInt(3) == 0;
        try {
          for (int j = random.nextInt(2); j >= 0; j--) {
            one(c, stage, names, script);
          }
        } catch (Refused e) {
          back = true;
        }
        if (back) {
          both("ROLLBACK TO SAVEPOINT s");
          script.add("ROLLBACK TO SAVEPOINT s;");
          c.reference.back();
        } else {
          c.reference.keep();
        }
        depth--;
      }
      through = end(c, script);
    } finally {
      if (through) {
        c.reference.keep();
      } else {
        for (int i = 0; i < depth; i++) {
          c.reference.back();
        }
        both("ROLLBACK");
      }
    }
  }

  /** Whether it is committed. */
  private boolean end(Case c, List<String> script) throws SQLException, Refused {
    if (random.nextInt(8) == 0) {
      script.add("ROLLBACK;");
      return false;
    }
    script.add("COMMIT;");
    String refused = state(database, "COMMIT");
    if (Refusal.AGAIN.contains(refused)) {
      throw new SQLException("at COMMIT", refused);
    }
    String expected = state(reference, "COMMIT");
    if (!refused.equals(expected)) {
      throw new IllegalStateException(
          "COMMIT of case "
              + c.number
              + " says '"
              + refused
              + "', its reference says '"
              + expected
              + "'");
    }
    if (!refused.isEmpty()) {
      throw new Refused();
    }
    return true;
  }

  private static String state(Connection connection, String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
      return "";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private void one(Case c, RolloutStage stage, Names names, List<String> script)
      throws SQLException, Refused {
    var sides = new ArrayList<Side>();
    if (stage.legacy()) {
      sides.add(Side.LEGACY);
    }
    if (stage.canonical(c.shape)) {
      sides.add(Side.CANONICAL);
    }
    Side side = sides.get(random.nextInt(sides.size()));
    Relation relation = pick(c.shape.relations(side));
    if (names == Names.AFTER && relation.places().after().isEmpty()) {
      side = side.other();
      relation = pick(c.shape.relations(side));
    }
    String name = relation.places().name(names);
    if (random.nextInt(6) == 0 && family(c, stage, names, side, script)) {
      return;
    }
    if (role.ordinary() && random.nextInt(4) == 0 && (stage.full() || side == Side.LEGACY)) {
      new VisibleRows(database, reference).check(c, side, relation, name, role);
      tally.one("read as " + ClientRole.NAME);
      return;
    }
    // While contract runs, nobody can tell whether legacy's defaults still stand in for
    // canonical's.
    OpGenerator ops = ops(c, side, relation, stage.legacy(), stage.full());
    boolean view = names == Names.AFTER && relation.places().view();
    Op op = Stream.generate(ops::draw).filter(o -> !view || !o.onlyForTables()).findFirst().get();
    Op sent = c.sent(database, stage, op);
    String sql = sent.sql(name, side);
    script.add(sql);
    written.add(side);
    int count;
    try {
      count = sent.execute(database, name, side);
    } catch (SQLException e) {
      if (Refusal.passes(e, stage)) {
        throw e;
      }
      script.add("-- " + e.getSQLState() + " " + e.getMessage());
      if (op.truncates() && (Refusal.unfollowed(e, level) || Refusal.waits(e))) {
        tally.one("TRUNCATE not followed");
        throw new Refused();
      }
      refuse(c, side, op, e);
      tally.one(op.kind() + (e.getSQLState().equals("42501") ? " forbidden" : " refused"));
      throw new Refused();
    }
    int expected;
    try {
      expected = c.reference.apply(reference, side, op);
    } catch (SQLException e) {
      // A deferred key of the owner's makes a TRUNCATE wait there, too.
      if (!op.truncates() || !Refusal.waits(e)) {
        waits(e);
      }
      throw new Refused();
    }
    if (count != expected) {
      throw new IllegalStateException(
          sql + " met " + count + " rows, in the reference " + expected);
    }
    tally.one(op.kind() + " " + side.schema());
    for (String particular : op.particulars()) {
      tally.one(particular + " " + side.schema());
    }
  }

  /** Whether there was anything to write at once. */
  private boolean family(Case c, RolloutStage stage, Names names, Side side, List<String> script)
      throws SQLException, Refused {
    var drawn = FamilyStatement.draw(random, c, side, stage.legacy());
    if (drawn.isEmpty()) {
      return false;
    }
    FamilyStatement family = drawn.get();
    if (names == Names.AFTER
        && Stream.of(family.parents(), family.children())
            .anyMatch(op -> op.relation().places().after().isEmpty())) {
      return false;
    }
    String parent = family.parents().relation().places().name(names);
    String child = family.children().relation().places().name(names);
    script.add(family.sql(parent, child) + ";");
    written.add(side);
    int count;
    try {
      count = family.execute(database, parent, child);
    } catch (SQLException e) {
      if (Refusal.passes(e, stage)) {
        throw e;
      }
      script.add("-- " + e.getSQLState() + " " + e.getMessage());
      if (Refusal.older(e, stage, level)) {
        tally.one(family.kind() + " older than the verification");
        throw new Refused();
      }
      try {
        int ignored = c.reference.apply(reference, side, family);
      } catch (SQLException expected) {
        if (expected.getSQLState().equals(e.getSQLState())) {
          tally.one(family.kind() + " refused");
          throw new Refused();
        }
      }
      throw new IllegalStateException(script.getLast() + ": not so the reference", e);
    }
    int expected;
    try {
      expected = c.reference.apply(reference, side, family);
    } catch (SQLException e) {
      waits(e);
      throw new Refused();
    }
    if (count != expected) {
      throw new IllegalStateException(
          family.sql(parent, child) + " met " + count + " rows, in the reference " + expected);
    }
    tally.one(family.kind() + (family.childrenFirst() ? ", child first" : ", parent first"));
    return true;
  }

  /**
   * docs/clients.md: where one transaction writes both sides, foreign keys and what else can wait
   * of the side that it wrote first wait for COMMIT. There, at the latest, one of them refuses;
   * which is the first, where several do, the reference does not tell.
   */
  private void waits(SQLException refusal) throws SQLException {
    if (written.size() < 2
        || !Refusal.CHECKED_LATER.contains(refusal.getSQLState())
        || !Refusal.CHECKED_LATER.contains(state(database, "SET CONSTRAINTS ALL IMMEDIATE"))) {
      throw refusal;
    }
    tally.one("refused at COMMIT");
  }

  private Relation pick(List<Relation> relations) {
    return relations.get(random.nextInt(relations.size()));
  }

  private void refuse(Case c, Side side, Op op, SQLException refusal) {
    try {
      int ignored = c.reference.apply(reference, side, op);
    } catch (SQLException e) {
      if (!e.getSQLState().equals(refusal.getSQLState())) {
        throw new IllegalStateException(
            op.text() + ": the reference says " + e.getMessage(), refusal);
      }
      return;
    }
    throw new IllegalStateException(op.text() + ": the reference takes it", refusal);
  }

  private OpGenerator ops(Case c, Side side, Relation relation, boolean sparing, boolean full) {
    Optional<OpGenerator.Parents> parents =
        OpGenerator.Parents.of(
            c.shape, side, relation, target -> c.reference.of(side, target).values());
    return new OpGenerator(
        random,
        relation,
        List.copyOf(c.reference.of(side, relation).values()),
        c.shape.places(side, relation, c.reference),
        parents,
        sparing,
        new WholeRows.May(
            // Who copies a row that is not filled yet gives its canonical columns no value; once
            // contract has begun, a NULL in a copy is filled until it has taken the triggers away.
            c.shape.tellsCopies() && (full && sparing || !c.shape.inPlace()),
            side == Side.LEGACY || full));
  }

  /** What pairs of keys there are, before they may go. */
  void learn(Case c, RolloutStage stage) throws SQLException {
    c.learn(database, stage);
  }

  /** Both sides, in one snapshot. */
  void compare(Case c, RolloutStage stage) throws SQLException {
    comparison.compare(c, stage);
  }

  @Override
  public void close() throws SQLException {
    database.close();
    for (Connection connection : connections) {
      connection.close();
    }
    reference.close();
  }
}
