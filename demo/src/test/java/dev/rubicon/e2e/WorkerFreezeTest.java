package dev.rubicon.e2e;

import static io.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** A worker that stands still in the middle of a batch, and one that is killed beside another. */
@Turn(3)
@Tag("kill")
@Timeout(600)
final class WorkerFreezeTest {
  private static final boolean LONG = Boolean.getBoolean("rubicon.long");
  private static final int ROWS = 6_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Clients wait for its rows no longer than this; ten seconds of it are PostgreSQL's. */
  private static final Duration BLOCKED = Duration.ofSeconds(30);

  @BeforeEach
  void needsTheProgram(TestInfo test) {
    RealSite.need(test);
  }

  @Test
  void aWorkerThatStandsStillInABatchGivesWayAndDoesNoHarmWhenItWakes() throws Exception {
    try (var site = TestSite.start(ROWS, TemporalChoice.DEV_SERVER);
        var frozen = WorkerJvm.start(site)) {
      site.launch(shortWatch(site));
      site.signOffAll();
      site.awaitGate(Runbook.Gate.EXPAND);
      site.rollouts.throttle(TestSite.TARGET, ROWS / 10, TestSite.ALICE, "its middle is to be hit");
      site.approve(Runbook.Gate.EXPAND);
      long row = freezeInABatch(site, frozen);
      Instant since = Instant.now();
      CompletableFuture<Duration> client = CompletableFuture.supplyAsync(() -> update(site, row));

      try (var successor = WorkerJvm.start(site)) {
        Duration blocked = client.get(BLOCKED.toSeconds(), TimeUnit.SECONDS);
        System.err.println("WorkerFreezeTest: a client waited for its row " + blocked);
        site.rollouts.throttle(TestSite.TARGET, 0, TestSite.ALICE, "full speed");
        Map<Integer, String> attempts = laterAttempts(site);
        if (LONG) {
          Thread.sleep(Duration.ofMinutes(2).minus(Duration.between(since, Instant.now())));
        }
        assertThat(attempts.values())
            .as("none went to the worker that stands still: " + attempts)
            .isNotEmpty()
            .noneMatch(identity -> identity.endsWith(":" + frozen.pid()));
        assertThat(evidence(site, "terminated-session")).isEqualTo("1");
        String batches = batches(site);
        frozen.thaw();
        site.await(
            "the woken worker to be told",
            PATIENCE,
            _ -> frozen.said().contains("activity already timed out"));
        assertThat(batches(site)).as("it filled nothing when it woke").isEqualTo(batches);
        assertThat(site.ask("heretix", OUT_OF_STEP)).isEqualTo("0");

        site.approve(Runbook.Gate.CUTOVER);
        site.await("the watch", PATIENCE, s -> s.phase() == Phase.WATCH);
        successor.kill();
      }
      RolloutStatus done =
          site.await("completion", PATIENCE, s -> s.state() == RolloutStatus.State.COMPLETED);
      assertThat(done.phases())
          .filteredOn(run -> run.phase() == Phase.BACKFILL || run.phase() == Phase.CUTOVER)
          .allSatisfy(run -> assertThat(run.outcome()).isEqualTo("done"))
          .hasSize(2);
      assertThat(site.ask("heretix", OUT_OF_STEP)).isEqualTo("0");
      assertThat(site.ask("heretix", "SELECT claim_text FROM public.checks WHERE id = " + row))
          .endsWith("!");
    }
  }

  private static final String OUT_OF_STEP =
      "SELECT count(*) FROM public.checks WHERE claim IS DISTINCT FROM claim_text";

  /** While it is there, the last statement of each batch takes its time. */
  private static final String SLOW =
      """
      CREATE SCHEMA slow;
      GRANT USAGE ON SCHEMA slow TO PUBLIC;
      CREATE FUNCTION slow.batch() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END $$;
      CREATE TRIGGER slow BEFORE INSERT ON rubicon.backfill_batch
        FOR EACH ROW EXECUTE FUNCTION slow.batch()
      """;

  private static final String FAST =
      """
      CREATE OR REPLACE FUNCTION slow.batch() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RETURN NEW; END $$
      """;

  /** Stops it while a transaction of its backfill holds rows; one of these. */
  private static long freezeInABatch(TestSite site, WorkerJvm worker) throws SQLException {
    site.await("the backfill", PATIENCE, s -> s.phase() == Phase.BACKFILL);
    try (Connection connection = site.superuser("heretix");
        var statement = connection.createStatement();
        var writing =
            connection.prepareStatement(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE"
                    + " 'rubicon/backfill/%' AND backend_xid IS NOT NULL AND state LIKE ?")) {
      statement.execute(SLOW);
      await(writing, "active", PATIENCE);
      worker.freeze();
      // What the server was at when its client stopped is over in a moment. Unless the batch had
      // just ended, or gave way because the machine is slow: then another one.
      while (!await(writing, "idle in transaction", Duration.ofSeconds(3))) {
        worker.thaw();
        await(writing, "active", PATIENCE);
        worker.freeze();
      }
      statement.execute(FAST);
      try (var rows =
          statement.executeQuery(
              "SELECT min(id) FROM public.checks WHERE id NOT IN"
                  + " (SELECT id FROM public.checks FOR UPDATE SKIP LOCKED)")) {
        rows.next();
        assertThat(rows.getLong(1)).as("a row that it holds").isPositive();
        return rows.getLong(1);
      }
    }
  }

  private static boolean await(PreparedStatement writing, String state, Duration patience)
      throws SQLException {
    Instant deadline = Instant.now().plus(patience);
    while (!holds(writing, state)) {
      if (Instant.now().isAfter(deadline)) {
        return false;
      }
      TestSite.pause();
    }
    return true;
  }

  private static boolean holds(PreparedStatement writing, String state) throws SQLException {
    writing.setString(1, state);
    try (var rows = writing.executeQuery()) {
      rows.next();
      return rows.getInt(1) > 0;
    }
  }

  private static Duration update(TestSite site, long row) {
    Instant began = Instant.now();
    try (Connection connection = site.database.connect("client");
        var statement = connection.createStatement()) {
      statement.execute(
          "UPDATE public.checks SET claim_text = claim_text || '!' WHERE id = " + row);
      return Duration.between(began, Instant.now());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Who began which later attempt at the backfill, as Temporal tells until it is over. */
  private static Map<Integer, String> laterAttempts(TestSite site) {
    var workers = new TreeMap<Integer, String>();
    WorkflowStub workflow =
        site.rollouts
            .temporal()
            .client()
            .newUntypedWorkflowStub(RolloutWorkflow.workflowId(TestSite.TARGET));
    site.await(
        "gate cutover",
        PATIENCE,
        s -> {
          workflow.describe().getRawDescription().getPendingActivitiesList().stream()
              .filter(activity -> activity.getActivityType().getName().equals("Backfill"))
              .filter(activity -> activity.getAttempt() > 1)
              .filter(activity -> activity.getState() == PENDING_ACTIVITY_STATE_STARTED)
              .forEach(
                  activity -> workers.put(activity.getAttempt(), activity.getLastWorkerIdentity()));
          return s.waitingFor().isPresent();
        });
    return workers;
  }

  private static String evidence(TestSite site, String name) {
    return site.ask(
        "rubicon_ledger",
        "SELECT count(*) FROM rubicon_ledger.evidence WHERE phase = 'backfill' AND name = '"
            + name
            + "'");
  }

  private static String batches(TestSite site) {
    return site.ask(
        "heretix", "SELECT count(*) || ' of ' || sum(rows) FROM rubicon.backfill_batch");
  }

  private static Path shortWatch(TestSite site) throws IOException {
    Path runbook = site.brief();
    Path yaml = runbook.resolve("runbook.yaml");
    Files.writeString(yaml, Files.readString(yaml).replace("{duration: 1h", "{duration: 15s"));
    return runbook;
  }
}
