package dev.rubicon.backup;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookText;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.PostgresServer;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a phase is told, for a database and an object store of a test. */
public final class TestRollout implements Progress {
  public final KeptEvidence evidence = new KeptEvidence();
  public final List<String> updates = new CopyOnWriteArrayList<>();
  public final List<String> notes = new CopyOnWriteArrayList<>();
  private final List<Runnable> stops = new CopyOnWriteArrayList<>();
  private final List<Runnable> onUpdate = new CopyOnWriteArrayList<>();
  private volatile boolean cancelled;

  private final RubiconConfig config;
  private final String id;

  public TestRollout(RubiconConfig config, String id) {
    this.config = config;
    this.id = id;
  }

  public static Target target(PostgresServer server, String name, String database) {
    return new Target(
        name,
        server.jdbcUrl(database),
        server.superuser(),
        new Secret(server.password()),
        Map.of());
  }

  public static RubiconConfig config(
      PostgresServer prod, String database, PostgresServer staging, URI s3, EmbeddedS3 store) {
    return config(
        prod,
        database,
        staging,
        new RubiconConfig.ObjectStore(
            Optional.of(s3),
            "us-east-1",
            store.bucket(),
            "",
            Optional.of(store.accessKey()),
            Optional.of(new Secret(store.secretKey())),
            true,
            10_000));
  }

  public static RubiconConfig config(
      PostgresServer prod,
      String database,
      PostgresServer staging,
      RubiconConfig.ObjectStore store) {
    return new RubiconConfig(
        Map.of("prod", target(prod, "prod", database)),
        target(staging, "staging", "postgres"),
        target(prod, "ledger", "postgres"),
        store,
        null,
        null,
        null,
        Duration.ofSeconds(30),
        Optional.<Path>empty());
  }

  public PhaseContext context(Phase phase) {
    return context(phase, "backup: pg_dump\nclone: backup\n");
  }

  /**
   * @param sources keys {@code backup} and {@code clone} of the runbook
   */
  public PhaseContext context(Phase phase, String sources) {
    Runbook runbook =
        RunbookText.read("schemas: [public, '\"Odd \"\"Schema\"']\n" + sources, Map.of());
    return new PhaseContext(
        new PhaseInput(id, "prod", "b".repeat(64), "tester", phase, 1),
        new Bundle("b".repeat(64), runbook, new TreeMap<>()),
        config.target("prod"),
        evidence,
        this);
  }

  /** Runs at every progress update, in the thread that makes it. */
  public void onUpdate(Runnable action) {
    onUpdate.add(action);
  }

  public void cancel() {
    cancelled = true;
    stops.forEach(Runnable::run);
  }

  @Override
  public void update(String what, long done, long total, String note) {
    updates.add(what);
    notes.add(note);
    onUpdate.forEach(Runnable::run);
  }

  @Override
  public void checkCancelled() {
    if (cancelled) {
      throw new PhaseCancelled("test");
    }
  }

  @Override
  public Handle cancelsWith(dev.rubicon.postgres.PgSession session) {
    return cancelsWith(session::cancelRunning);
  }

  @Override
  public Handle cancelsWith(Runnable stop) {
    stops.add(stop);
    return () -> stops.remove(stop);
  }

  @Override
  public Control control() {
    return Control.NONE;
  }

  /** Runs statements on a database. */
  public static void sql(Target target, String... statements) throws SQLException {
    try (Connection connection = connect(target);
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** First column of all rows, as text. */
  public static List<String> rows(Target target, String query) throws SQLException {
    try (Connection connection = connect(target);
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      var rows = new ArrayList<String>();
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    }
  }

  private static Connection connect(Target target) throws SQLException {
    return DriverManager.getConnection(target.url(), target.user(), target.password().reveal());
  }
}
