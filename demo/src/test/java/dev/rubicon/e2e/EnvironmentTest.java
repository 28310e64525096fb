package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.cli.Answer;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.PgBouncer;
import dev.rubicon.stack.Standby;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.worker.WorkerProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets behind poolers, on a standby, and with no connection left. */
@Turn(3)
@Timeout(300)
@Tag("rollout")
@LocalServer("it makes a standby")
final class EnvironmentTest {
  private static final String NOTHING = "";
  private static final String POOLED = "pooled";
  private static final String TRANSACTIONS = "transactions";
  private static final String REPLICA = "replica";
  private static final String LIMITED = "limited";

  private static final List<AutoCloseable> BESIDE = new ArrayList<>();
  private static final Map<String, Case> CASES = new HashMap<>();
  private static CaseSite site;
  private static WorkerProcess worker;

  @BeforeAll
  static void start() {
    site = CaseSite.start(List.of(POOLED, TRANSACTIONS, REPLICA, LIMITED), EnvironmentTest::around);
    worker = WorkerProcess.start(site.config, true);
  }

  /** Three of the targets are reached on other ways. */
  private static String around(EmbeddedStack stack, String config) {
    var primary = (LocalPostgres) stack.postgres();
    var standby = Standby.of(primary, stack.path("standby"), Map.of());
    BESIDE.add(standby);
    String text = moved(config, stack, REPLICA, standby.server().port());
    if (PgBouncer.program().isPresent()) {
      int sessions = bouncer(stack, PgBouncer.Mode.SESSION);
      text = moved(text, stack, POOLED, sessions);
      text = moved(text, stack, "rubicon_ledger", sessions);
      text = moved(text, stack, TRANSACTIONS, bouncer(stack, PgBouncer.Mode.TRANSACTION));
    }
    return text;
  }

  private static int bouncer(EmbeddedStack stack, PgBouncer.Mode mode) {
    PgBouncer bouncer =
        PgBouncer.start(
            stack.path("pgbouncer-" + mode),
            stack.postgres(),
            mode,
            Map.of(stack.user(), stack.secret(stack.user())));
    BESIDE.add(bouncer);
    return bouncer.port();
  }

  private static String moved(String config, EmbeddedStack stack, String target, int port) {
    String url = stack.postgres().jdbcUrl(target);
    assertThat(config).contains(url);
    return config.replace(url, "jdbc:postgresql://127.0.0.1:" + port + "/" + target);
  }

  @AfterAll
  static void end() throws Exception {
    worker.close();
    for (AutoCloseable beside : BESIDE) {
      beside.close();
    }
    site.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "plan", "launch"})
  void aHotStandbyIsRefusedByName(String command) {
    refused(command, REPLICA, "TARGET_READ_ONLY", "'replica' is a hot standby (in recovery)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "plan", "launch"})
  void aPgBouncerThatPoolsTransactionsIsRefusedByName(String command) {
    needsPgBouncer("a pooler of transactions, " + command);
    refused(command, TRANSACTIONS, "POOLER_IN_THE_WAY", "'transactions' stands a proxy");
  }

  private static void refused(String command, String target, String code, String words) {
    String runbook = small(target, NOTHING).runbook.toString();
    Answer answer =
        command.equals("doctor")
            ? Answer.of(site.configFile, "doctor")
            : Answer.of(site.configFile, command, "--target", target, "--runbook", runbook);
    assertThat(answer.out() + answer.err()).contains(code).contains(words);
    assertThat(answer.exit()).isNotZero();
  }

  @Test
  void aWholeRolloutGoesThroughAPgBouncerThatKeepsSessions() {
    needsPgBouncer("a whole rollout through a pooler of sessions");
    Case pooled = small(POOLED, NOTHING);
    pooled.launch();
    pooled.approve(Runbook.Gate.CUTOVER);
    pooled.await("completion", s -> s.state() == State.COMPLETED);
    assertThat(pooled.stage()).isEqualTo("CUT_OVER");
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      site.rollouts.contract(new BundleStore(store), POOLED, CaseSite.ALICE);
    }
    pooled.awaitContracted();
  }

  @Test
  void aTargetThatGivesNoMoreConnectionsIsToldAsSuchAndSurvived() throws Exception {
    Case limited = small(LIMITED, "\nclone: {none: not what this is about}");
    limited.launch();
    limited.awaitGate(Runbook.Gate.CUTOVER);
    limit(0);
    var approval = CompletableFuture.runAsync(() -> limited.approve(Runbook.Gate.CUTOVER));
    limited.await(
        "it to say why it does not go on",
        _ ->
            site.rollouts.live(LIMITED).stream()
                .flatMap(activity -> activity.lastFailure().stream())
                .anyMatch(why -> why.startsWith("TOO_MANY_CONNECTIONS: 'limited' gives no more")));
    limit(-1);
    approval.get(60, TimeUnit.SECONDS);
    limited.await("completion", s -> s.state() == State.COMPLETED);
  }

  private static void limit(int connections) throws SQLException {
    try (Connection connection = site.superuser("postgres");
        var statement = connection.createStatement()) {
      statement.execute("ALTER DATABASE " + LIMITED + " CONNECTION LIMIT " + connections);
    }
  }

  private static void needsPgBouncer(String what) {
    if (PgBouncer.program().isEmpty()) {
      String reason = "not run: EnvironmentTest, " + what + ": there is no pgbouncer on the PATH";
      System.out.println(reason);
      assumeTrue(false, reason);
    }
  }

  /**
   * @param more at the end of its runbook
   */
  private static Case small(String target, String more) {
    return CASES.computeIfAbsent(
        target,
        name ->
            site.open(
                name,
                "small-auto",
                Map.of(
                    "watch: {duration: 90s, every: 5s}",
                    "watch: {duration: 2s, every: 1s}" + more)));
  }
}
