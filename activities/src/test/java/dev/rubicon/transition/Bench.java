package dev.rubicon.transition;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rubicon.abort.Abort;
import dev.rubicon.backfill.Backfill;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookText;
import dev.rubicon.contract.Contract;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.Evidence;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.expand.Expand;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollback.Rollback;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.PostgresServer;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.verify.Verify;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database of a test's own, a runbook for it, and every phase at hand. It is made when somebody
 * first looks at it: one that is first taken to a point where others were is a copy of theirs
 * ({@link ReachedPoints}).
 */
public final class Bench {
  private final String database;
  private final PostgresServer server;
  private final String[] setup;
  private boolean made;

  /** Whether a client has been there. */
  private volatile boolean visited;

  public final KeptEvidence evidence = new KeptEvidence();
  public final List<String> notes = new java.util.concurrent.CopyOnWriteArrayList<>();
  public volatile Progress.Control control = Progress.Control.NONE;
  public volatile boolean cancelled;

  private final List<Runnable> stops = new java.util.concurrent.CopyOnWriteArrayList<>();

  /** As a worker does when Temporal says stop. */
  public void cancel() {
    cancelled = true;
    stops.forEach(Runnable::run);
  }

  private volatile String hooked = "";
  private volatile Runnable hook = () -> {};

  /** Runs once, when a phase next says that it is at this. */
  public void atNextUpdate(String note, Runnable work) {
    hook = work;
    hooked = note;
  }

  /** How many more times a phase may ask whether it is cancelled before it is. */
  public final AtomicInteger untilCancelled = new AtomicInteger(Integer.MAX_VALUE);

  private final List<String> transitions = new ArrayList<>();
  private final List<String> indexes = new ArrayList<>();
  private final List<String> legacy = new ArrayList<>();
  private final List<String> legacyRelations = new ArrayList<>();
  private final List<String> invariants = new ArrayList<>();
  private final TreeMap<String, byte[]> files = new TreeMap<>();
  private final List<String> contractFiles = new ArrayList<>();
  public List<String> schemas = List.of("public");
  public String batchTarget = "50ms";
  public int parallel = 1;

  /** The reader refuses it, and the engine gets it nevertheless. */
  public boolean refused;

  /** As {@code runbook.yaml} has them. */
  public String throttle = "{}";

  public String verify = "";
  public String hazards = "[]";

  /** The runbook allows whatever others do to a legacy relation after preflight. */
  public Bench allowChangesMeanwhile() {
    return allow("hazard:meanwhile:*");
  }

  public Bench allow(String hazard) {
    hazards = "[{hazard: '%s', reason: known}]".formatted(hazard);
    return this;
  }

  public String quietPeriod = "0s";
  public String cutover = "budget: 30s";

  /** More keys, each on a line of its own. */
  public String more = "";

  public Bench(String... setup) {
    this.server = SharedPostgres.server();
    this.database = SharedPostgres.freshName("engine");
    this.setup = setup;
  }

  /** On a server of the test's own, in a database that is there. */
  public Bench(PostgresServer server, String database, String... setup) {
    this.server = server;
    this.database = database;
    this.setup = setup;
    this.made = true;
    run(setup);
  }

  /** The name of its database. Whoever asks while another thread makes it waits. */
  public synchronized String database() {
    if (!made) {
      made = true;
      SharedPostgres.create(database, "template1");
      run(setup);
      visited = false;
    }
    return database;
  }

  public Target target() {
    return new Target(
        "prod",
        server.jdbcUrl(database()),
        server.superuser(),
        new Secret(server.password()),
        Map.of());
  }

  public Connection connect(String applicationName) {
    String url = server.jdbcUrl(database());
    visited = true;
    try {
      return DriverManager.getConnection(
          url + "?ApplicationName=" + applicationName, server.superuser(), server.password());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public void run(String... statements) {
    try (var connection = connect("client");
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Rows as text, cells joined by {@code |}, NULL as {@code ~}. */
  public List<String> rows(String sql) {
    try (var connection = connect("client");
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      var rows = new ArrayList<String>();
      int width = result.getMetaData().getColumnCount();
      while (result.next()) {
        var cells = new ArrayList<String>();
        for (int i = 1; i <= width; i++) {
          String cell = result.getString(i);
          cells.add(cell == null ? "~" : cell);
        }
        rows.add(String.join("|", cells));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for what must come to be. */
  public static void until(Callable<Boolean> condition) {
    long end = System.nanoTime() + 120_000_000_000L;
    try {
      while (!condition.call()) {
        if (System.nanoTime() > end) {
          throw new AssertionError("waited in vain");
        }
        // Most conditions ask by a connection of their own, which costs more than this.
        Thread.sleep(20);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  public String one(String sql) {
    return rows(sql).getFirst();
  }

  public Bench transition(Runbook.Transition transition) {
    transitions.add(RunbookText.transition(transition));
    return this;
  }

  public Bench transition(String relation, ColumnMapping... columns) {
    return transition(
        new Runbook.Transition(relation, Runbook.Transition.Kind.IN_PLACE, List.of(columns)));
  }

  /** A shadow; pairs of name and default are not given: the migration says so. */
  public Bench shadow(String relation, Shadow shadow, ColumnMapping... columns) {
    return transition(
        new Runbook.Transition(
            relation, Runbook.Transition.Kind.SHADOW, List.of(columns), Optional.of(shadow)));
  }

  public Bench legacy(String relation, String column, LegacyColumn.Action action) {
    Optional<String> reason =
        action == LegacyColumn.Action.KEEP ? Optional.of("because") : Optional.empty();
    legacy.add(RunbookText.legacy(new LegacyColumn(relation, column, action, reason)));
    return this;
  }

  public Bench legacy(LegacyRelation relation) {
    legacyRelations.add(RunbookText.legacy(relation));
    return this;
  }

  public Bench index(String name, String sql) {
    indexes.add(RunbookText.named(name, sql));
    return this;
  }

  public Bench invariant(String name, String sql) {
    invariants.add(RunbookText.named(name, sql));
    return this;
  }

  public Bench migration(String file, String sql) {
    files.put("expand/" + file, sql.getBytes(UTF_8));
    return this;
  }

  /** Any file of the runbook's folder. */
  public Bench file(String path, byte[] content) {
    files.put(path, content);
    return this;
  }

  /** The files of the runbook's folder. */
  public Map<String, byte[]> files() {
    return files;
  }

  /** A file of contract's own statements. */
  public Bench contractSql(String file, String sql) {
    contractFiles.add(file);
    files.put(file, sql.getBytes(UTF_8));
    return this;
  }

  public static ColumnMapping map(String name, String type, String up, Map<String, String> down) {
    return new ColumnMapping(
        name,
        type,
        Optional.ofNullable(up),
        down,
        down.isEmpty() && up != null ? Optional.of("no way back") : Optional.empty(),
        Optional.empty(),
        true,
        Optional.empty(),
        Optional.empty());
  }

  public static ColumnMapping with(
      ColumnMapping m, String defaultExpression, boolean nullable, String check) {
    return new ColumnMapping(
        m.name(),
        m.type(),
        m.up(),
        m.down(),
        m.irreversible(),
        Optional.ofNullable(defaultExpression),
        nullable,
        Optional.ofNullable(check),
        m.comment());
  }

  public Runbook runbook() {
    return refused ? RunbookText.readThoughRefused(text(), files) : RunbookText.read(text(), files);
  }

  private String text() {
    return """
    schemas: %s
    backup: {external: none}
    clone: {none: test}
    expand: {%s concurrently: %s}
    transitions: %s
    backfill: {batch-target: %s, parallel: %d, throttle: %s}
    verify: {invariants: %s %s}
    hazards: %s
    cutover: {on-smoke-failure: hold, %s}
    watch: {duration: 1s, every: 1s}
    contract:
      quiet-period: %s
      legacy-columns: %s
      legacy-relations: %s
      sql: %s
    approvals: {gates: [], self-approval: true}
    %s
    """
        .formatted(
            RunbookText.names(schemas),
            files.keySet().stream().anyMatch(f -> f.startsWith("expand/"))
                ? "migrations: expand,"
                : "",
            RunbookText.list(indexes),
            RunbookText.list(transitions),
            batchTarget,
            parallel,
            throttle,
            RunbookText.list(invariants),
            verify,
            hazards,
            cutover,
            quietPeriod,
            RunbookText.list(legacy),
            RunbookText.list(legacyRelations),
            contractFiles,
            more);
  }

  public PhaseContext context(Phase phase) {
    Evidence recorder = evidence.of(phase);
    return new PhaseContext(
        new PhaseInput("r1", "prod", "bundle-of-this-test", "tester", phase, 1),
        new Bundle("bundle-of-this-test", runbook(), files),
        target(),
        recorder,
        new TestProgress());
  }

  private final class TestProgress implements Progress {
    @Override
    public void update(String what, long done, long total, String note) {
      if (!note.isEmpty()) {
        notes.add(note);
      }
      if (!note.isEmpty() && note.equals(hooked)) {
        hooked = "";
        hook.run();
      }
    }

    @Override
    public void checkCancelled() {
      if (cancelled || untilCancelled.decrementAndGet() < 0) {
        throw new PhaseCancelled("test");
      }
    }

    @Override
    public Handle cancelsWith(PgSession session) {
      return () -> {};
    }

    @Override
    public Handle cancelsWith(Runnable stop) {
      stops.add(stop);
      return () -> stops.remove(stop);
    }

    @Override
    public Control control() {
      return control;
    }
  }

  public Facts.Expand expand() {
    return new Expand().run(context(Phase.EXPAND));
  }

  public Facts.DualWrite dualWrite() {
    return new DualWrite(
            new LockLadder(
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofSeconds(10),
                ErrorCode.LOCK_NOT_ACQUIRED))
        .run(context(Phase.DUAL_WRITE));
  }

  public Facts.Backfill backfill() {
    return new Backfill().run(context(Phase.BACKFILL));
  }

  public Facts.Verify verify() {
    return new Verify().run(context(Phase.VERIFY));
  }

  public Facts.Cutover cutover() {
    return cutover(CrossingTerms.NONE);
  }

  public Facts.Cutover cutover(CrossingTerms terms) {
    return new Cutover().run(context(Phase.CUTOVER), terms);
  }

  public Facts.Rollback rollback() {
    return rollback(ReturnTerms.NOTHING_LOST);
  }

  public Facts.Rollback rollback(ReturnTerms terms) {
    return new Rollback().run(context(Phase.ROLLBACK), terms);
  }

  public Facts.Abort abort() {
    return new Abort().run(context(Phase.ABORT));
  }

  public Facts.Contract contract() {
    return new Contract().run(context(Phase.CONTRACT));
  }

  public void install() {
    reach(
        "installed",
        () -> {
          expand();
          dualWrite();
        });
  }

  public void toVerified() {
    reach(
        "verified",
        () -> {
          install();
          backfill();
          verify();
        });
  }

  /** Does the work, or takes what a bench that began just like this one has come to by it. */
  private void reach(String point, Runnable work) {
    boolean undisturbed =
        hooked.isEmpty()
            && !cancelled
            && control == Progress.Control.NONE
            && untilCancelled.get() == Integer.MAX_VALUE;
    var beginning = new ArrayList<>(List.of(point, text(), String.valueOf(refused)));
    files.forEach((file, bytes) -> beginning.addAll(List.of(file, new String(bytes, UTF_8))));
    beginning.addAll(List.of(setup));
    boolean first;
    synchronized (this) {
      first = !made && undisturbed;
      Optional<ReachedPoints.Copy> copy =
          first ? ReachedPoints.of(beginning).copyTo(database) : Optional.empty();
      if (copy.isPresent()) {
        made = true;
        evidence.add(copy.get().evidence());
        notes.addAll(copy.get().notes());
        return;
      }
    }
    work.run();
    if (first && !visited) {
      ReachedPoints.of(beginning).reachedBy(database, evidence, notes);
    }
  }

  public void toVerifiedAgain() {
    backfill();
    verify();
  }

  public String fingerprint() {
    try (PgSession session =
        PgSession.open(target(), context(Phase.VERIFY).tag(), SessionLimits.SHORT)) {
      return dev.rubicon.catalog.CatalogReader.read(session, schemas).fingerprint();
    }
  }
}
