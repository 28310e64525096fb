package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One rollout over many cases at once, under clients from its beginning to its end. */
final class Round {
  static final Set<String> PHASES =
      Set.of(
          "expand", "dual-write", "backfill", "verify", "cutover", "rollback", "abort", "contract");
  private static final int CLIENTS = 3;
  private static final int CONCURRENT_CLIENTS = 3;

  private final Random random;
  private final RoundPlan course;
  private final Killer killer;
  private final Bench bench = new Bench();
  private final String references = SharedPostgres.freshDatabase("oracle");
  private final List<Case> cases;
  private final Traffic traffic;
  private final Owner owner;
  private final Meddler meddler;

  Round(Random random, int size, RoundPlan course, Killer killer, Tally tally) throws SQLException {
    this.random = random;
    this.course = course;
    this.killer = killer;
    Server server = Server.of(bench);
    this.cases =
        IntStream.range(0, size)
            .mapToObj(
                i ->
                    new Case(i, random, server, RowFeatures.draw(i, new Random(random.nextLong()))))
            .toList();
    cases.forEach(c -> tally.one(c.kind.name()));
    cases.forEach(c -> c.rows.drawn().forEach(tally::one));
    cases.forEach(c -> c.rowSecurity.features().forEach(tally::one));
    prepare(server);
    var clients = new ArrayList<Client>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          new Client(
              connect("client" + i),
              Stream.generate(() -> connect("concurrent")).limit(CONCURRENT_CLIENTS).toList(),
              DriverManager.getConnection(
                  SharedPostgres.server().jdbcUrl(references),
                  SharedPostgres.server().superuser(),
                  SharedPostgres.server().password()),
              new Random(random.nextLong()),
              tally));
    }
    this.traffic = new Traffic(clients, cases);
    this.meddler = new Meddler(bench, references, cases, new Random(random.nextLong()), tally);
    this.owner = new Owner(bench, cases, new Random(random.nextLong()), tally);
  }

  private Connection connect(String name) {
    Connection connection = bench.connect(name);
    try {
      // They deadlock all the time, and nobody is to wait for that.
      Attempt.execute(connection, "SET deadlock_timeout = '20ms'");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return connection;
  }

  private void prepare(Server server) throws SQLException {
    var types = new ArrayList<>(List.of("CREATE TYPE mood AS ENUM ('sad', 'ok', 'so so')"));
    if (server.citext()) {
      types.add("CREATE EXTENSION citext");
    }
    bench.run(types.toArray(String[]::new));
    bench.run("CREATE SCHEMA canon", Attempt.CLOCK);
    bench.schemas = List.of("public", "canon");
    bench.parallel = 1 + random.nextInt(3);
    bench.batchTarget = List.of(1, 10, 50).get(random.nextInt(3)) + "ms";
    types.add("CREATE SCHEMA l");
    types.add("CREATE SCHEMA c");
    var migration = new ArrayList<String>();
    var undo = new ArrayList<String>();
    for (Case c : cases) {
      bench.run(c.rows.types().toArray(String[]::new));
      bench.run(c.legacy().toArray(String[]::new));
      c.identify(bench, Side.LEGACY);
      migration.addAll(c.migration());
      undo.addAll(c.shape.undo());
      for (Runbook.Transition transition : c.shape.transitions()) {
        bench.transition(transition);
        c.shape
            .dropped()
            .forEach(
                column -> bench.legacy(transition.relation(), column, LegacyColumn.Action.DROP));
      }
      c.shape.kept().ifPresent(bench::legacy);
      types.addAll(c.rows.types());
      types.addAll(c.referenceSql());
    }
    bench.run(
        ClientRole.MAKE,
        "GRANT USAGE ON SCHEMA public, canon, clock TO oracle_client",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO oracle_client",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public, clock TO oracle_client");
    types.add("GRANT USAGE ON SCHEMA l, c TO oracle_client");
    types.add("GRANT ALL ON ALL TABLES IN SCHEMA l, c TO oracle_client");
    bench.run(OwnersDdl.PREPARE.toArray(String[]::new));
    bench.migration("V1__canonical.sql", String.join(";\n", migration) + ";\n");
    bench.migration("U1__canonical.sql", String.join(";\n", undo) + ";\n");
    try (var connection =
            DriverManager.getConnection(
                SharedPostgres.server().jdbcUrl(references),
                SharedPostgres.server().superuser(),
                SharedPostgres.server().password());
        var statement = connection.createStatement()) {
      for (String sql : types) {
        statement.execute(sql);
      }
    }
  }

  void run() throws SQLException {
    traffic.fill(random);
    try (traffic) {
      traffic.start();
      install();
      if (course.abortsFirst()) {
        abort();
        install();
      }
      backfill();
      cross(verify());
      for (int turn = 1; turn <= course.turns(); turn++) {
        uncross();
        Facts.Verify verified = verify();
        if (turn == course.turns() && course.goesBack()) {
          abort();
          traffic.end();
          return;
        }
        cross(verified);
      }
      phase("verify", () -> assertThat(bench.verify().mismatches()).isZero());
      traffic.stage(
          RolloutStage.CONTRACTED, () -> cases.forEach(c -> c.withoutLegacyTrigger(bench)));
      contract();
      traffic.end();
    }
  }

  private void install() throws SQLException {
    phase("expand", bench::expand);
    for (Case c : cases) {
      c.identify(bench, Side.CANONICAL);
    }
    phase("dual-write", bench::dualWrite);
    traffic.stage(RolloutStage.INSTALLED);
  }

  private void backfill() throws SQLException {
    owner.work("before the backfill", RolloutStage.INSTALLED);
    phase("backfill", bench::backfill);
    traffic.stage(RolloutStage.FILLED);
    owner.work("before the verification", RolloutStage.FILLED);
  }

  /** Until nothing of an owner's stands in the way; sometimes all over again instead. */
  private Facts.Verify verify() throws SQLException {
    var verified = new AtomicReference<Facts.Verify>();
    while (true) {
      var stop = attempt("verify", () -> verified.set(bench.verify()));
      if (stop.isEmpty()) {
        owner.named(verified.get().others(), true);
        traffic.stage(RolloutStage.OPEN);
        return verified.get();
      }
      owner.stopped(stop.get());
      if (random.nextInt(4) == 0) {
        abort();
        install();
        backfill();
      }
    }
  }

  private void abort() throws SQLException {
    traffic.stage(RolloutStage.UNTOUCHED);
    phase(
        "abort",
        () -> {
          // What has ended before knows of no others any more.
          boolean there = bench.one("SELECT to_regnamespace('rubicon') IS NOT NULL").equals("t");
          List<String> others = bench.abort().others();
          if (there) {
            owner.aborted(others);
          }
        });
    traffic.startOver();
  }

  /** What has changed since the verification was not approved. */
  private void cross(Facts.Verify verified) throws SQLException {
    for (int i = 0; i < 2; i++) {
      traffic.alone(() -> meddler.meddle(RolloutStage.OPEN));
    }
    var terms = new AtomicReference<>(terms(verified));
    while (owner.work("before the crossing", RolloutStage.OPEN)) {
      var stop = attempt("cutover", () -> bench.cutover(terms.get()));
      assertThat(stop.map(RubiconException::code)).contains(ErrorCode.TARGET_CHANGED);
      terms.set(terms(verify()));
    }
    traffic.stage(RolloutStage.CROSSING);
    phase("cutover", () -> bench.cutover(terms.get()));
    owner.hasCrossed();
    traffic.stage(RolloutStage.CROSSED);
    owner.work("after the crossing", RolloutStage.CROSSED);
    maybeVerify();
  }

  private static CrossingTerms terms(Facts.Verify verified) {
    return new CrossingTerms(
        Optional.empty(), Optional.of(verified.fingerprint()), Optional.empty());
  }

  private void contract() throws SQLException {
    while (true) {
      var stop = attempt("contract", bench::contract);
      if (stop.isEmpty()) {
        owner.contracted();
        return;
      }
      owner.stopped(stop.get());
    }
  }

  private void uncross() throws SQLException {
    traffic.stage(RolloutStage.CROSSING);
    traffic.alone(() -> meddler.meddle(RolloutStage.CROSSED));
    phase("rollback", bench::rollback);
    owner.hasGoneBack();
    traffic.stage(RolloutStage.OPEN);
  }

  private void maybeVerify() throws SQLException {
    if (random.nextBoolean()) {
      phase("verify", () -> owner.named(bench.verify().others(), false));
    }
  }

  /** The phase, while clients write; afterwards each case is written and looked at. */
  private void phase(String name, Runnable run) throws SQLException {
    var stop = attempt(name, run);
    if (stop.isPresent()) {
      String message = stop.get().code() + " " + stop.get().getMessage();
      throw new AssertionError(message + traffic.scripts(message), stop.get());
    }
  }

  /** Empty where it was through; else what has stopped it. */
  private Optional<RubiconException> attempt(String name, Runnable run) throws SQLException {
    traffic.happens("-- rubicon: " + name + " begins");
    try {
      killer.survive(bench, name, run);
    } catch (CompletionException e) {
      if (e.getCause() instanceof RubiconException again
          && again.getMessage().equals("[XX000] tuple concurrently updated")) {
        // A GRANT of ours and a client's TRUNCATE, for one: a worker tries the phase again.
        return attempt(name, run);
      }
      if (e.getCause() instanceof RubiconException stop) {
        traffic.happens("-- rubicon: " + name + " stops: " + stop.code());
        return Optional.of(stop);
      }
      throw new AssertionError(e.getMessage() + traffic.scripts(e.getMessage()), e);
    }
    traffic.happens("-- rubicon: " + name + " is through");
    traffic.lap();
    return Optional.empty();
  }
}
