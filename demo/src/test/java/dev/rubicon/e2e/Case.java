package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.client.Rollouts;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** One small rollout on its own target: its runbook, its database, and what is asked of both. */
final class Case {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  final String target;
  final Path runbook;
  private final CaseSite site;

  private Case(CaseSite site, String target, Path runbook) {
    this.site = site;
    this.target = target;
    this.runbook = runbook;
  }

  static Case open(CaseSite site, String target, String name, Map<String, String> changes) {
    try {
      Path source = Path.of(Case.class.getResource("/cases/workflow/" + name).toURI());
      Path copy = Files.createTempDirectory(site.folder, name);
      try (var files = Files.walk(source)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path to = copy.resolve(source.relativize(file).toString());
          Files.createDirectories(to.getParent());
          Files.copy(file, to);
        }
      }
      Path yaml = copy.resolve("runbook.yaml");
      String text = Files.readString(yaml);
      for (var change : changes.entrySet()) {
        assertThat(text).contains(change.getKey());
        text = text.replace(change.getKey(), change.getValue());
      }
      Files.writeString(yaml, text);
      var opened = new Case(site, target, copy);
      opened.execute("SET ROLE " + CaseSite.OWNER + ";" + Files.readString(legacy(copy)));
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path legacy(Path folder) {
    return folder.resolve("legacy.sql");
  }

  Rollouts rollouts() {
    return site.rollouts;
  }

  /** As alice. */
  String launch() {
    Bundle bundle = RunbookReader.read(runbook);
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      new BundleStore(store).put(bundle);
    }
    return site.rollouts.launch(bundle, target, CaseSite.ALICE).rollout();
  }

  String rollout() {
    return status().rollout();
  }

  RolloutStatus status() {
    return site.rollouts.status(target);
  }

  RolloutStatus await(String what, Predicate<RolloutStatus> condition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    var watched = new WatchedStatus(site.rollouts, target);
    RolloutStatus status = watched.now();
    while (!condition.test(status)) {
      if (status.state().ended() || Instant.now().isAfter(deadline)) {
        throw new AssertionError("waited in vain for " + what + ": " + status);
      }
      TestSite.pauseBetweenQueries();
      status = watched.now();
    }
    return status;
  }

  RolloutStatus awaitGate(Runbook.Gate gate) {
    return await("gate " + gate, s -> s.waitingFor().equals(Optional.of(gate)));
  }

  RolloutStatus awaitRunning(Phase phase) {
    return await(
        phase + " to run",
        s -> s.phase() == phase && s.phases().getLast().outcome().equals("running"));
  }

  RolloutStatus awaitHeld(ErrorCode code) {
    RolloutStatus held = await(code + " to hold it", s -> s.held().isPresent());
    assertThat(held.state()).isEqualTo(RolloutStatus.State.HELD);
    assertThat(held.held().orElseThrow().code()).as(held.toString()).isEqualTo(code.name());
    return held;
  }

  void awaitEnd(RolloutStatus.State end) {
    RolloutStatus ended = await(end.word(), s -> s.state().ended());
    assertThat(ended.state()).as(ended.toString()).isEqualTo(end);
  }

  /** A contract that was just launched, behind a completed rollout, to its gate. */
  void awaitContract() {
    Instant deadline = Instant.now().plus(PATIENCE);
    var watched = new WatchedStatus(site.rollouts, target);
    while (!watched.now().waitingFor().equals(Optional.of(Runbook.Gate.CONTRACT))) {
      assertThat(Instant.now()).as("waited in vain for contract's gate").isBefore(deadline);
      TestSite.pauseBetweenQueries();
    }
  }

  void awaitContracted() {
    await("contract", s -> s.phase() == Phase.CONTRACT && s.state().ended());
    assertThat(status().state()).as(status().toString()).isEqualTo(RolloutStatus.State.COMPLETED);
  }

  void approve(Runbook.Gate gate) {
    String digest = awaitGate(gate).digest().orElseThrow();
    site.rollouts.approve(target, gate, digest, CaseSite.BOB, "looked at it");
  }

  void signOff(String item) {
    site.rollouts.signOff(target, item, CaseSite.BOB, "done");
  }

  void resume() {
    site.rollouts.resume(target, CaseSite.BOB, "go on");
  }

  void pause() {
    site.rollouts.pause(target, CaseSite.BOB, "wait");
  }

  void rollback() {
    site.rollouts.rollback(target, CaseSite.BOB, "go back");
  }

  void abort() {
    site.rollouts.abort(target, CaseSite.BOB, "give up");
  }

  /** The decision is refused with the code, and says what to do instead. */
  void refused(ErrorCode code, ThrowingCallable decision) {
    var refusal = catchThrowableOfType(RubiconException.class, decision);
    assertThat(refusal).as("a refusal with " + code).isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    assertThat(refusal.next()).isNotBlank();
  }

  WorkflowStub workflow() {
    return workflow(RolloutWorkflow.workflowId(target));
  }

  WorkflowStub workflow(String id) {
    return site.rollouts.temporal().client().newUntypedWorkflowStub(id);
  }

  List<HistoryEvent> history(String id) {
    return site.rollouts.temporal().client().fetchHistory(id).getEvents();
  }

  /** Codes of refused decisions, in their order, as the ledger has them. */
  String refusals() {
    return ledger(
        "SELECT string_agg(code, ' ' ORDER BY decided_at) FROM rubicon_ledger.approval"
            + " WHERE NOT granted AND rollout = '%s'");
  }

  /** How many approvals of the gate do not count any more. */
  String voided(String gate) {
    return ledger(
        "SELECT count(*) FROM rubicon_ledger.approval WHERE granted AND voided_at IS NOT NULL"
            + " AND gate = '"
            + gate
            + "' AND rollout = '%s'");
  }

  /** How often the phase was done, by all rounds and attempts. */
  int done(Phase phase) {
    return audited("action = 'phase-done' AND detail ->> 'phase' = '" + phase.word() + "'");
  }

  int audited(String condition) {
    return Integer.parseInt(
        ledger(
            "SELECT count(*) FROM rubicon_ledger.audit_entry WHERE rollout = '%s' AND "
                + condition));
  }

  /**
   * @param sql with a place for the rollout
   */
  String ledger(String sql) {
    return site.ask("rubicon_ledger", sql.formatted(rollout()));
  }

  String ask(String sql) {
    return site.ask(target, sql);
  }

  void execute(String sql) {
    try (Connection connection = site.superuser(target);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A session that has read the table and stays in its transaction. */
  Connection reader(String table) {
    try {
      Connection connection = site.superuser(target);
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.execute("SELECT count(*) FROM " + table);
      }
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean installed() {
    return ask("SELECT to_regnamespace('rubicon') IS NOT NULL").equals("t");
  }

  /** Where the target itself says that it stands. */
  String stage() {
    return ask("SELECT stage FROM rubicon.state");
  }

  /** Sessions of a phase on the target; without one, that phase changes nothing any more. */
  String sessions(Phase phase) {
    return ask(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND application_name LIKE 'rubicon%"
            + phase.word()
            + "%'");
  }

  String fingerprint() {
    try (PgSession session =
        PgSession.open(
            site.config.target(target),
            new SessionTag("test", Phase.PREFLIGHT),
            SessionLimits.SHORT)) {
      return CatalogReader.read(session, List.of("public")).fingerprint();
    }
  }
}
