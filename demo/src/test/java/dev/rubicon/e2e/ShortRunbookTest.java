package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.cli.Answer;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A runbook that says only what changes, as a person plans, writes out, launches and repeats it.
 */
@Tag("rollout")
@Timeout(300)
final class ShortRunbookTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void isTheSameRunbookBeforeDuringAndAfterItsRollout() throws IOException, SQLException {
    try (var site = TestSite.start(10, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, true)) {
      assertThat(worker.url()).isPresent();
      run(site, "CREATE TABLE public.ticket (id serial PRIMARY KEY, note text)");
      run(site, "INSERT INTO public.ticket (note) SELECT 'n' FROM generate_series(1, 20)");
      Path given = Files.createDirectories(folder.resolve("given"));
      Files.writeString(
          given.resolve("runbook.yaml"),
          """
          rubicon: 1
          name: ticket-bigint
          title: id becomes bigint
          transitions:
            - {relation: public.ticket, change: {id: {type: bigint}}}
          backup: {external: elsewhere}
          clone: {none: a test}
          approvals: {gates: [cutover, contract], self-approval: true}
          watch: {duration: 1s, every: 1s}
          contract: {quiet-period: 0s}
          """);
      assertThat(rubicon(site, "validate", given.toString()).exit()).isZero();
      assertThat(rubicon(site, "doctor", "--runbook", given.toString()).exit()).isZero();
      Path written = folder.resolve("written");
      Answer expanded =
          rubicon(site, "expand-runbook", given.toString(), "--into", written.toString());
      assertThat(expanded.exit()).as(expanded.err()).isZero();
      assertThat(written.resolve("expand/V1__ticket_next.sql"))
          .content()
          .contains("CREATE TABLE \"public\".\"ticket_next\"");
      assertThat(
              rubicon(site, "expand-runbook", given.toString(), "--into", written.toString()).err())
          .contains("USAGE: ", "is not empty");

      Answer shortly = rubicon(site, "plan", "--runbook", given.toString(), "-o", "json");
      Answer atLength = rubicon(site, "plan", "--runbook", written.toString(), "-o", "json");
      assertThat(shortly.exit()).as(shortly.err()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
      assertThat(json(shortly).path("digest").asText()).hasSize(64);
      for (String part :
          List.of("digest", "canonicalFingerprint", "findings", "phases", "writtenOut")) {
        assertThat(json(shortly).path(part)).as(part).isEqualTo(json(atLength).path(part));
      }
      assertThat(json(shortly).path("writtenOut").path(0).asText())
          .isEqualTo("public.ticket, built anew as a shadow: id becomes bigint");
      assertThat(rubicon(site, "export-checks", "--runbook", given.toString()).exit()).isZero();

      Answer launched = rubicon(site, "launch", "--runbook", given.toString());
      assertThat(launched.exit()).as(launched.err()).isZero();
      assertThat(launched.out()).contains(json(shortly).path("digest").asText());
      String digest = site.awaitGate(Runbook.Gate.CUTOVER).digest().orElseThrow();
      Answer meanwhile = rubicon(site, "plan", "--runbook", given.toString(), "-o", "json");
      assertThat(json(meanwhile).path("digest")).isEqualTo(json(shortly).path("digest"));
      Answer other = rubicon(site, "plan", "--runbook", other(given).toString());
      assertThat(other.exit()).isNotZero();
      assertThat(other.err()).contains("TARGET_CHANGED: ", "next: ");

      approve(site, "cutover", digest);
      assertThat(rubicon(site, "contract").exit()).isZero();
      approve(site, "contract", site.awaitGate(Runbook.Gate.CONTRACT).digest().orElse(""));
      Answer again = rubicon(site, "launch", "--runbook", given.toString());
      assertThat(again.exit()).as(again.err()).isZero();
      assertThat(again.out()).contains("nothing");
      assertThat(site.ask("heretix", "SELECT pg_typeof(id) FROM public.ticket LIMIT 1"))
          .isEqualTo("bigint");
    }
  }

  private static void approve(TestSite site, String gate, String digest) {
    Answer answer =
        rubicon(site, "approve", "--gate", gate, "--digest", digest, "--reason", "as planned");
    assertThat(answer.exit()).as(answer.err()).isZero();
    site.await("its end", PATIENCE, s -> s.state() == RolloutStatus.State.COMPLETED);
  }

  /** The same change in another runbook. */
  private Path other(Path given) throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(
        other.resolve("runbook.yaml"),
        Files.readString(given.resolve("runbook.yaml")).replace("id becomes", "the id becomes"));
    return other;
  }

  private static JsonNode json(Answer answer) throws IOException {
    return new ObjectMapper().readTree(answer.out());
  }

  private static Answer rubicon(TestSite site, String... arguments) {
    return Answer.of(site.configFile, arguments);
  }

  private static void run(TestSite site, String sql) throws SQLException {
    try (var connection = site.database.connect("short");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
