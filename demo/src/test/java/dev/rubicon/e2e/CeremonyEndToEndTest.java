package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.cli.Answer;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A change needs what the worker's policy demands of its grade, whatever its runbook says. */
@Turn
@Tag("rollout")
@Timeout(300)
final class CeremonyEndToEndTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  /** Of SQL, without a line by hand; whoever launched it confirms it once, and that is all. */
  @Test
  void anIndexNeedsOneConfirmation() throws IOException, SQLException {
    try (var site = site();
        var worker = WorkerProcess.start(site.config, true)) {
      assertThat(worker.url()).isPresent();
      run(site, "CREATE TABLE public.orders (id bigint PRIMARY KEY, customer bigint)");
      String dir = folder.resolve("orders-by-customer").toString();

      ok(rubicon(site, "init", "--sql", "CREATE INDEX ON orders (customer)", dir));
      assertThat(rubicon(site, "plan", "--runbook", dir).out())
          .contains(
              "grade: no client can notice (it only adds what nobody uses yet): asks before expand,"
                  + " and whoever launched it may confirm; no watch");
      ok(rubicon(site, "launch", "--runbook", dir));
      String digest = site.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
      ok(rubicon(site, "approve", "--gate", "expand", "--digest", digest, "--reason", "an index"));
      RolloutStatus ended =
          site.await("its end", PATIENCE, s -> s.state() == RolloutStatus.State.COMPLETED);

      assertThat(ended.phases())
          .extracting(RolloutStatus.PhaseRun::phase)
          .contains(Phase.REHEARSE)
          .doesNotContain(Phase.WATCH);
      assertThat(
              site.ask(
                  "heretix",
                  "SELECT indisvalid FROM pg_index WHERE indexrelid ="
                      + " 'public.orders_customer_idx'::regclass"))
          .isEqualTo("t");
    }
  }

  /** Two commands: what one would have typed, and this. */
  @Test
  void anIndexIsTwoCommands() throws IOException, SQLException {
    try (var site = site();
        var worker = WorkerProcess.start(site.config, true)) {
      assertThat(worker.url()).isPresent();
      run(site, "CREATE TABLE public.orders (id bigint PRIMARY KEY, customer bigint)");
      String dir = folder.resolve("by-customer").toString();

      ok(rubicon(site, "init", "--sql", "CREATE INDEX ON orders (customer)", dir));
      Answer unseen = rubicon(site, "run", dir);
      assertThat(unseen.exit()).isEqualTo(64);
      assertThat(unseen.err()).contains("nobody is there to be asked", "next: rubicon run --yes");
      Answer ran = rubicon(site, "run", dir, "--yes", "--reason", "an index");
      ok(ran);
      assertThat(ran.out()).contains("grade: no client can notice", "rollout: ");
      assertThat(site.rollouts.ledger().latestFor("prod").orElseThrow().state())
          .isEqualTo("completed");
      Answer again = rubicon(site, "run", dir, "--yes", "--reason", "an index");
      ok(again);
      assertThat(again.out()).contains("nothing to do");
    }
  }

  /** The gates of the policy ask, and the requester is no second person. */
  @Test
  void aRunbookDoesNotTalkItselfOutOfASecondPerson() throws IOException, SQLException {
    try (var site = site();
        var worker = WorkerProcess.start(site.config, true)) {
      assertThat(worker.url()).isPresent();
      run(site, "CREATE TABLE public.ticket (id serial PRIMARY KEY, note text)");
      Path given = Files.createDirectories(folder.resolve("ticket"));
      Files.writeString(
          given.resolve("runbook.yaml"),
          """
          rubicon: 1
          name: ticket-bigint
          title: id becomes bigint
          transitions:
            - {relation: public.ticket, change: {id: {type: bigint}}}
          approvals: {gates: [], self-approval: true}
          watch: {duration: 1s, every: 1s}
          contract: {quiet-period: 0s}
          """);
      String dir = given.toString();

      assertThat(rubicon(site, "plan", "--runbook", dir, "-o", "json").out())
          .contains("\"grade\" : \"reversible\"", "\"selfApproval\" : false");
      ok(rubicon(site, "launch", "--runbook", dir));
      refused(site, Runbook.Gate.EXPAND, "expand");
      site.approve(Runbook.Gate.EXPAND);
      refused(site, Runbook.Gate.CUTOVER, "cutover");
      site.approve(Runbook.Gate.CUTOVER);
      site.await("its end", PATIENCE, s -> s.state() == RolloutStatus.State.COMPLETED);

      ok(rubicon(site, "contract"));
      refused(site, Runbook.Gate.CONTRACT, "contract");
    }
  }

  @Test
  void aRehearsalIsNotLeftOut() throws IOException, SQLException {
    try (var site = site()) {
      run(site, "CREATE TABLE public.ticket (id serial PRIMARY KEY, note text)");
      Path given = Files.createDirectories(folder.resolve("ticket"));
      Files.writeString(
          given.resolve("runbook.yaml"),
          """
          rubicon: 1
          name: ticket-bigint
          title: id becomes bigint
          transitions:
            - {relation: public.ticket, change: {id: {type: bigint}}}
          clone: {none: no time}
          """);

      Answer plan = rubicon(site, "plan", "--runbook", given.toString());
      assertThat(plan.exit()).isEqualTo(4);
      assertThat(plan.err())
          .contains("POLICY_DEMANDS: the change is reversible", "ceremony: {reversible:");
    }
  }

  private static void refused(TestSite site, Runbook.Gate gate, String word) {
    String digest = site.awaitGate(gate).digest().orElseThrow();
    Answer answer =
        rubicon(site, "approve", "--gate", word, "--digest", digest, "--reason", "it is mine");
    assertThat(answer.exit()).isEqualTo(4);
    assertThat(answer.err()).contains("APPROVER_IS_REQUESTER");
  }

  /** With the policy that holds where nothing is said of it. */
  private static TestSite site() {
    return TestSite.start(
        10,
        TemporalChoice.IN_PROCESS,
        (_, text) -> text.replaceAll("(?m)^ceremony:\n(?:  .*\n)+", ""));
  }

  private static void ok(Answer answer) {
    assertThat(answer.exit()).as(answer.err()).isZero();
  }

  private static Answer rubicon(TestSite site, String... arguments) {
    return Answer.of(site.configFile, arguments);
  }

  private static void run(TestSite site, String sql) throws SQLException {
    try (var connection = site.database.connect("ceremony");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
