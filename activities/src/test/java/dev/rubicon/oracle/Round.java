package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
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

  Round(Random random, int size, RoundPlan course, Killer killer, Tally tally) throws SQLException {
    this.random = random;
    this.course = course;
    this.killer = killer;
    Server server = Server.of(bench);
    this.cases = IntStream.range(0, size).mapToObj(i -> new Case(i, random, server)).toList();
    cases.forEach(c -> tally.one(c.kind.name()));
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
      types.addAll(c.referenceSql());
    }
    bench.run(
        ClientRole.MAKE,
        "GRANT USAGE ON SCHEMA public, canon, clock TO oracle_client",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO oracle_client",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public, clock TO oracle_client");
    types.add("GRANT USAGE ON SCHEMA l, c TO oracle_client");
    types.add("GRANT ALL ON ALL TABLES IN SCHEMA l, c TO oracle_client");
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
      phase("backfill", bench::backfill);
      traffic.stage(RolloutStage.FILLED);
      phase("verify", bench::verify);
      traffic.stage(RolloutStage.OPEN);
      cross();
      for (int turn = 1; turn <= course.turns(); turn++) {
        uncross();
        if (turn == course.turns() && course.goesBack()) {
          abort();
          traffic.end();
          return;
        }
        cross();
      }
      phase("verify", () -> assertThat(bench.verify().mismatches()).isZero());
      traffic.stage(RolloutStage.CONTRACTED);
      phase("contract", bench::contract);
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

  private void abort() throws SQLException {
    traffic.stage(RolloutStage.UNTOUCHED);
    phase("abort", bench::abort);
    traffic.startOver();
  }

  private void cross() throws SQLException {
    traffic.stage(RolloutStage.CROSSING);
    phase("cutover", bench::cutover);
    traffic.stage(RolloutStage.CROSSED);
    maybeVerify();
  }

  private void uncross() throws SQLException {
    traffic.stage(RolloutStage.CROSSING);
    phase("rollback", bench::rollback);
    traffic.stage(RolloutStage.OPEN);
    phase("verify", bench::verify);
  }

  private void maybeVerify() throws SQLException {
    if (random.nextBoolean()) {
      phase("verify", bench::verify);
    }
  }

  /** The phase, while clients write; afterwards each case is written and looked at. */
  private void phase(String name, Runnable run) throws SQLException {
    traffic.happens("-- rubicon: " + name + " begins");
    try {
      killer.survive(bench, name, run);
    } catch (CompletionException e) {
      throw new AssertionError(e.getMessage() + traffic.scripts(e.getMessage()), e);
    }
    traffic.happens("-- rubicon: " + name + " is through");
    traffic.lap();
  }
}
