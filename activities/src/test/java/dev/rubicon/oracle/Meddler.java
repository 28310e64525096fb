package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.notify.Notifier;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.watch.Watch;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Somebody who switches a trigger of the engine's off, writes past it, and perhaps switches it on
 * again. What is lost by that is said before it is lost: no crossing, no way back unasked. Then he
 * mends it as it was.
 */
final class Meddler {
  /** In the tally: a phase has said what would be lost. */
  static final String SAID = "a trigger touched: said";

  /** Those that carry a row over; without the others much is as before. */
  private static final String CARRY = "\"(!rubicon_rows.*|~rubicon_2_sync)\"";

  /** So many statements are drawn until one concerns the other side. */
  private static final int TRIES = 8;

  enum Way {
    DISABLED,
    DROPPED,
    DISABLED_AND_ENABLED,
    DROPPED_AND_MADE_AGAIN;

    boolean drops() {
      return this == DROPPED || this == DROPPED_AND_MADE_AGAIN;
    }

    boolean back() {
      return this == DISABLED_AND_ENABLED || this == DROPPED_AND_MADE_AGAIN;
    }
  }

  /** A trigger of the engine's, on the relation itself. */
  private record Off(String name, String definition) {}

  private final Bench bench;
  private final String references;
  private final List<Case> cases;
  private final Random random;
  private final Tally tally;

  Meddler(Bench bench, String references, List<Case> cases, Random random, Tally tally) {
    this.bench = bench;
    this.references = references;
    // What a foreign key's cascade writes besides, nobody would mend.
    this.cases =
        cases.stream()
            .filter(c -> c.shape.child().isEmpty())
            .filter(
                c -> c.kind != Case.Kind.SPLIT_BY_COLUMNS && c.kind != Case.Kind.MERGE_BY_COLUMNS)
            .toList();
    this.random = random;
    this.tally = tally;
  }

  /** While nobody else writes; everything agrees again afterwards, and is verified. */
  void meddle(RolloutStage stage) throws SQLException {
    if (cases.isEmpty()) {
      return;
    }
    Case c = cases.get(random.nextInt(cases.size()));
    Side side =
        stage == RolloutStage.CROSSED || random.nextBoolean() ? Side.CANONICAL : Side.LEGACY;
    List<Relation> relations = c.shape.relations(side);
    Relation relation = relations.get(random.nextInt(relations.size()));
    Way way = Way.values()[random.nextInt(Way.values().length)];
    try (Connection database = bench.connect("meddler");
        Connection reference =
            DriverManager.getConnection(
                SharedPostgres.server().jdbcUrl(references),
                SharedPostgres.server().superuser(),
                SharedPostgres.server().password())) {
      for (Connection connection : List.of(database, reference)) {
        Attempt.execute(connection, "SET TIME ZONE 'UTC'");
        Attempt.execute(connection, "SET statement_timeout = '60s'");
      }
      new Meddling(database, reference, c, side, relation, way).run(stage);
    }
  }

  private final class Meddling {
    private final Connection database;
    private final Connection reference;
    private final Case of;
    private final Side side;
    private final Relation relation;
    private final Way way;
    private final String table;
    private final Off off;

    Meddling(
        Connection database, Connection reference, Case of, Side side, Relation relation, Way way) {
      this.database = database;
      this.reference = reference;
      this.of = of;
      this.side = side;
      this.relation = relation;
      this.way = way;
      this.table = bench.one("SELECT " + of.oid(relation) + "::regclass");
      List<Off> all = triggers(of.oid(relation));
      List<Off> carry = all.stream().filter(t -> t.name().matches(CARRY)).toList();
      List<Off> some = random.nextInt(4) > 0 ? carry : all;
      this.off = some.get(random.nextInt(some.size()));
    }

    private List<Off> triggers(String oid) {
      return bench
          .rows(
              """
              SELECT quote_ident(tgname), pg_get_triggerdef(oid) FROM pg_trigger
              WHERE tgrelid = %s AND tgparentid = 0 AND tgname ~ '^[!~]rubicon' ORDER BY 1
              """
                  .formatted(oid))
          .stream()
          .map(row -> row.split("\\|", 2))
          .map(row -> new Off(row[0], row[1]))
          .toList();
    }

    void run(RolloutStage stage) throws SQLException {
      Attempt.execute(reference, "BEGIN");
      of.reference.remember();
      of.reference.as(ClientRole.EVERYTHING);
      Optional<Op> op = touch();
      String what = way + (op.isPresent() ? ", and a write past it" : "");
      tally.one("a trigger " + what);
      Optional<RubiconException> stop =
          stage == RolloutStage.CROSSED ? goesBack() : doesNotCross(what);
      // Nothing was said: then nothing was lost.
      if (stop.isEmpty() && agrees()) {
        tally.one("a trigger touched: both sides agree");
        of.reference.keep();
        Attempt.execute(reference, "COMMIT");
      } else {
        tally.one(SAID);
        tally.one(SAID + " " + stop.map(s -> s.code().name()).orElse("by a count"));
        mendRows();
        of.reference.back();
        Attempt.execute(reference, "ROLLBACK");
      }
      if (stage == RolloutStage.CROSSED) {
        assertThat(stop(bench::rollback)).as("%s: mended", what).isEmpty();
      } else {
        putBack();
        assertThat(stop(bench::verify)).as("%s: mended", what).isEmpty();
      }
      for (String oid : oids()) {
        Attempt.execute(database, "DROP TABLE clock.saved_" + oid);
      }
      new Comparison(database).compare(of, RolloutStage.OPEN);
    }

    /**
     * Whether both sides are what their references are. docs/shadow.md: where nothing leads back
     * from a column, the verification only counts what is not as it would be derived.
     */
    private boolean agrees() throws SQLException {
      try {
        new Comparison(database).compare(of, RolloutStage.OPEN);
        return true;
      } catch (AssertionError e) {
        boolean counted =
            !of.shape.inPlace()
                && bench.evidence.get(Phase.VERIFY, TwoTables.EVIDENCE).stream()
                    .filter(t -> t.unprovable() > 0)
                    .anyMatch(
                        t ->
                            t.relation().contains(relation.name())
                                || t.canonical().contains(relation.name()));
        if (!counted) {
          throw new AssertionError(e.getMessage() + "\n" + of.script(), e);
        }
        return false;
      }
    }

    private Optional<Op> touch() throws SQLException {
      for (String oid : oids()) {
        String one = bench.one("SELECT " + oid + "::regclass");
        say("CREATE TABLE clock.saved_" + oid + " AS SELECT * FROM " + one);
      }
      say("BEGIN");
      say(
          way.drops()
              ? "DROP TRIGGER " + off.name() + " ON " + table
              : "ALTER TABLE " + table + " DISABLE TRIGGER " + off.name());
      Optional<Op> written = random.nextInt(4) == 0 ? Optional.empty() : write();
      if (way.back()) {
        putBack();
      }
      say("COMMIT");
      return written;
    }

    /** The write that nothing follows; empty where none was found. */
    private Optional<Op> write() throws SQLException {
      var ops =
          new OpGenerator(
              random,
              relation,
              List.copyOf(of.reference.of(side, relation).values()),
              of.shape.places(side, relation, of.reference),
              Optional.empty(),
              true,
              WholeRows.May.NOTHING);
      for (int i = 0; i < TRIES; i++) {
        Op op = Stream.generate(ops::draw).filter(o -> !o.onlyForTables()).findFirst().get();
        if (matters(op)) {
          return Optional.of(op);
        }
      }
      return Optional.empty();
    }

    /** Whether both databases take it, and the other side should get something. */
    private boolean matters(Op op) throws SQLException {
      of.reference.remember();
      Attempt.execute(reference, "SAVEPOINT write");
      Attempt.execute(database, "SAVEPOINT write");
      var before = others();
      boolean matters;
      try {
        int ignored = of.reference.apply(reference, side, op);
        matters = !others().equals(before);
        if (matters) {
          // A column that the trigger would fill may not be empty.
          Op sent = of.sent(database, RolloutStage.OPEN, op);
          int there = sent.execute(database, table);
          // What still waits would keep the trigger from being put back.
          Attempt.execute(database, "SET CONSTRAINTS ALL IMMEDIATE");
          of.happens(sent.sql(table));
        }
      } catch (SQLException e) {
        matters = false;
      }
      if (matters) {
        of.reference.keep();
      } else {
        Attempt.execute(reference, "ROLLBACK TO SAVEPOINT write");
        Attempt.execute(database, "ROLLBACK TO SAVEPOINT write");
        of.reference.back();
      }
      return matters;
    }

    private List<Map<List<String>, Map<String, String>>> others() {
      return of.shape.relations(side.other()).stream()
          .map(r -> of.reference.of(side.other(), r))
          .toList();
    }

    private void say(String sql) throws SQLException {
      of.happens("/* somebody */ " + sql + ";");
      Attempt.execute(database, sql);
    }

    private void putBack() throws SQLException {
      if (way.drops()) {
        say("DROP TRIGGER IF EXISTS " + off.name() + " ON " + table);
        say(off.definition());
      }
      say("ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + off.name());
    }

    /** No crossing without another verification, which sees what has become of the rows. */
    private Optional<RubiconException> doesNotCross(String what) throws SQLException {
      assertThat(stop(bench::cutover).map(RubiconException::code))
          .as("%s: the cutover", what)
          .contains(ErrorCode.TRIGGERS_TOUCHED);
      Optional<RubiconException> stop = stop(bench::verify);
      assertThat(stop.isPresent() || way.back()).as("%s: the verification", what).isTrue();
      if (stop.filter(s -> s.code() == ErrorCode.TRIGGERS_TOUCHED).isPresent()) {
        tally.one(SAID + " TRIGGERS_TOUCHED");
        putBack();
        stop = stop(bench::verify);
      }
      stop.ifPresent(
          s -> assertThat(s.code()).as(s.getMessage()).isEqualTo(ErrorCode.VERIFY_MISMATCH));
      return stop;
    }

    /** The watch sees it; the way back compares, behind triggers that were put back. */
    private Optional<RubiconException> goesBack() {
      var watch = new Watch(bench.target(), new Notifier(Optional.empty()));
      assertThat(watch.run(bench.context(Phase.WATCH), Instant.now(), Optional.empty()).alerts())
          .contains("triggers-untouched");
      Optional<RubiconException> stop = stop(bench::rollback);
      stop.ifPresent(
          s -> assertThat(s.code()).as(s.getMessage()).isEqualTo(ErrorCode.ROLLBACK_WOULD_LOSE));
      return stop;
    }

    private Optional<RubiconException> stop(Runnable phase) {
      try {
        phase.run();
        return Optional.empty();
      } catch (RubiconException e) {
        return Optional.of(e);
      }
    }

    /**
     * As they were, past every trigger: a relation that two transitions share has two, and one of
     * them may have told its side of the write.
     */
    private void mendRows() throws SQLException {
      var sql = new ArrayList<String>();
      for (String oid : oids()) {
        String one = bench.one("SELECT " + oid + "::regclass");
        List<Off> ours = triggers(oid);
        ours.forEach(t -> sql.add("ALTER TABLE " + one + " DISABLE TRIGGER " + t.name()));
        sql.add("DELETE FROM " + one);
        sql.add("INSERT INTO " + one + " SELECT * FROM clock.saved_" + oid);
        ours.forEach(t -> sql.add("ALTER TABLE " + one + " ENABLE ALWAYS TRIGGER " + t.name()));
      }
      say("BEGIN");
      say("SET LOCAL session_replication_role = 'replica'");
      for (String one : sql) {
        say(one);
      }
      say("COMMIT");
    }

    /** Of every relation of the case. */
    private List<String> oids() {
      return Stream.of(Side.values())
          .flatMap(s -> of.shape.relations(s).stream())
          .map(of::oid)
          .distinct()
          .toList();
    }
  }
}
