package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.cli.Answer;
import dev.rubicon.client.Launch;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * After a whole rollout, and two that fail over a row, no password stands anywhere that is read by
 * others, and no value of a row outside of the dump.
 */
@Turn(4)
@Tag("rollout")
@Timeout(400)
final class NoSecretsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** In two rows of the target, and in no file of any runbook. */
  private static final String VALUE = "planted-4c1d-Lower Saxony";

  /** Said by a person, so it must be found: the search finds what is there. */
  private static final String SAID = "control-9b27 said with the approval";

  private static final List<String> PASSWORDS =
      List.of("rubicon", "heretix", "postgres", "s3", "rubicon_ledger_owner", "token-bob");

  @Test
  void noPasswordAndNoValueOfARowStandsWhereOthersRead() throws Exception {
    try (var site =
            TestSite.start(
                500,
                TemporalChoice.IN_PROCESS,
                (stack, text) ->
                    text.replace(
                        "\nhttp:\n",
                        "\nhttp:\n  tokens: {bob: \"file:%s\"}\n"
                            .formatted(stack.secretFile("token-bob"))));
        var worker =
            WorkerJvm.serving(
                site,
                List.of(
                    // The product's own, not the quiet one of the tests.
                    "-Dlogback.configurationFile=logback.xml",
                    "-Drubicon.log=DEBUG",
                    "-Drubicon.log.libraries=DEBUG"))) {
      var traces = new Traces(site);
      plant(site);
      fails(site, traces, "23505", uniqueViolation(site));
      fails(site, traces, "22P02", unreadableNumber(site));
      Launch crossed = crosses(site, traces);

      traces.workflow(crossed.workflowId(), crossed.runId());
      traces.tables("heretix", "rubicon");
      contracts(site, traces);
      commands(site, traces);
      traces.tables("rubicon_ledger", "rubicon_ledger");
      traces.objects();
      traces.add("worker's log", worker.said());

      // The positive controls: each place is readable, and what was said is found where it went.
      assertThat(traces.of(crossed.rollout()))
          .contains(
              "history of rollout/prod",
              "history of contract/prod",
              "memo and attributes of rollout/prod",
              "rubicon in heretix",
              "rubicon_ledger in rubicon_ledger",
              "object reports",
              "object backups",
              "status",
              "report",
              "list",
              "audit");
      assertThat(traces.of(SAID))
          .contains(
              "history of rollout/prod", "rubicon_ledger in rubicon_ledger", "object reports");

      assertThat(worker.said().contains(" DEBUG ")).as("the log is one at DEBUG").isTrue();
      assertThat(traces.of("22P02")).contains("worker's log", "live", "status");

      for (String name : PASSWORDS) {
        String password = site.stack.secret(name);
        assertThat(password).hasSizeGreaterThan(15);
        assertThat(traces.of(password)).as("the password of " + name).isEmpty();
      }
      assertThat(traces.of(VALUE)).as("the value of a row").isEmpty();
    }
  }

  private static void plant(TestSite site) throws SQLException {
    try (var connection = site.superuser("heretix");
        var statement =
            connection.prepareStatement("UPDATE public.checks SET model = ? WHERE id <= 2")) {
      statement.setString(1, VALUE);
      assertThat(statement.executeUpdate()).isEqualTo(2);
    }
  }

  /** PostgreSQL's DETAIL says: Key (token)=(…) already exists. */
  private static Path uniqueViolation(TestSite site) throws Exception {
    Path runbook = site.checksCanonical("1s");
    Files.writeString(
        runbook.resolve("expand/V3__tokens.sql"),
        """
        INSERT INTO public.anonymous_usage (token)
        SELECT model FROM public.checks WHERE model LIKE 'planted%';
        """);
    Files.writeString(
        runbook.resolve("expand/U3__tokens.sql"), "DELETE FROM public.anonymous_usage;");
    return runbook;
  }

  /** PostgreSQL's own message says: invalid input syntax for type numeric: "…". */
  private static Path unreadableNumber(TestSite site) {
    return site.runbook(
        "checks-canonical",
        Map.of(
            "CASE WHEN jsonb_typeof(diagnostics -> 'pqs') = 'number'",
            "CASE WHEN model LIKE 'planted%' THEN model::numeric(5, 2)"
                + " WHEN jsonb_typeof(diagnostics -> 'pqs') = 'number'"));
  }

  private static void fails(TestSite site, Traces traces, String state, Path runbook) {
    Launch launch = site.launch(runbook);
    site.signOffAll();
    String seen = awaitTrouble(site, launch.rollout());
    assertThat(seen).contains(state);
    traces.add("live", seen);
    traces.add("status", command(site, "status", "--target", "prod"));
    if (site.rollouts.ledger().rollout(launch.rollout()).endedAt().isEmpty()) {
      site.rollouts.abort(TestSite.TARGET, TestSite.ALICE, "it fails");
      site.awaitOutcome(RolloutStatus.State.ABORTED, PATIENCE);
    } else {
      // Its report is written after its end is entered.
      site.awaitOutcome(RolloutStatus.State.FAILED, PATIENCE);
    }
    traces.workflow(launch.workflowId(), launch.runId());
    traces.add("status", command(site, "status", "--target", "prod"));
    traces.add("report", command(site, "report", "-o", "json", launch.rollout()));
  }

  /** Why the rollout ended, or why an activity of it is tried again. */
  private static String awaitTrouble(TestSite site, String rollout) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (true) {
      for (var live : site.rollouts.live(TestSite.TARGET)) {
        if (live.lastFailure().isPresent()) {
          return live.toString();
        }
      }
      var entry = site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow();
      if (entry.id().equals(rollout) && entry.endedAt().isPresent()) {
        return entry.outcome();
      }
      assertThat(Instant.now()).isBefore(deadline);
      TestSite.pauseBetweenQueries();
    }
  }

  private static Launch crosses(TestSite site, Traces traces) {
    Launch launch = site.launch(site.checksCanonical("2s"));
    String waiting = site.signOffsAndGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    traces.add(
        "plan",
        command(
            site, "plan", "--target", "prod", "--runbook", site.checksCanonical("2s").toString()));
    traces.add(
        "approve",
        said(
            Answer.as(
                Map.of("RUBICON_TOKEN", site.stack.secret("token-bob")),
                site.configFile,
                "approve",
                "--gate",
                "expand",
                "--digest",
                waiting,
                "--reason",
                SAID)));
    site.approve(Runbook.Gate.CUTOVER);
    site.awaitOutcome(RolloutStatus.State.COMPLETED, PATIENCE);
    return launch;
  }

  private static void contracts(TestSite site, Traces traces) {
    Launch contract;
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      contract = site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
    }
    site.signOff(List.of("schema-documented", "fallback-removed"));
    site.approve(Runbook.Gate.CONTRACT);
    site.await("contract", PATIENCE, s -> s.state() == RolloutStatus.State.COMPLETED);
    traces.workflow(contract.workflowId(), contract.runId());
  }

  private static void commands(TestSite site, Traces traces) {
    for (String format : List.of("text", "json")) {
      traces.add("list", command(site, "list", "-o", format));
      traces.add("status", command(site, "status", "-o", format));
      traces.add("audit", command(site, "audit", "-o", format));
      traces.add("doctor", command(site, "doctor", "-o", format));
      traces.add("restore", command(site, "restore", "-o", format, "--database", "r_" + format));
    }
    traces.add("report", command(site, "report", "-o", "json"));
    Path wrong = site.folder.resolve("wrong.yaml");
    try {
      // What a failure to log in says.
      Files.writeString(
          wrong, Files.readString(site.configFile).replace("user: rubicon", "user: nobody"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    traces.add("doctor", said(Answer.as(Map.of("RUBICON_DEBUG", "1"), wrong, "doctor")));
  }

  private static String command(TestSite site, String... arguments) {
    return said(Answer.of(site.configFile, arguments));
  }

  private static String said(Answer answer) {
    return answer.out() + "\n" + answer.err() + "\n";
  }
}
