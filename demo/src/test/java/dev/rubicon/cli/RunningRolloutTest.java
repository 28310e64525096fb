package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.e2e.TestSite;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the commands say while a rollout runs, and what they make of its backup. */
@Timeout(300)
final class RunningRolloutTest {

  @Test
  void aSecondLaunchIsRefusedAndTheBackupBecomesANewDatabase() throws SQLException {
    try (var site = TestSite.start(200, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, true)) {
      assertThat(worker.url()).isPresent();
      String runbook = site.checksCanonical("20s").toString();
      Answer none = Answer.of(site.configFile, "restore", "-o", "json", "--database", "early");
      assertThat(none.error().path("code").asText()).isEqualTo("OBJECT_MISSING");

      Answer launch = Answer.of(site.configFile, "launch", "-o", "json", "--runbook", runbook);
      assertThat(launch.err()).isEmpty();
      assertThat(launch.exit()).isZero();
      secondLaunchIsRefused(site, runbook);
      site.signOff(java.util.List.of("mapping-decided"));
      site.awaitGate(Runbook.Gate.EXPAND);
      secondLaunchIsRefused(site, runbook);

      execute(site, "DELETE FROM public.sessions");
      Answer restore =
          Answer.of(site.configFile, "restore", "-o", "json", "--database", "heretix_restored");
      assertThat(restore.exit()).as(restore.err()).isZero();
      JsonNode restored = restore.json();
      assertThat(restored.path("url").asText()).endsWith("/heretix_restored");
      assertThat(count(site, "heretix_restored", "public.checks")).isEqualTo(200);
      assertThat(count(site, "heretix_restored", "public.sessions")).isPositive();
      assertThat(restored.path("since"))
          .filteredOn(since -> since.path("changed").asBoolean())
          .singleElement()
          .satisfies(
              since -> {
                assertThat(since.path("relation").asText()).isEqualTo("public.sessions");
                assertThat(since.path("rowsNow").asInt()).isZero();
              });
      assertThat(restored.path("swap").toString()).contains("RENAME TO");

      Answer again = Answer.of(site.configFile, "restore", "--database", "heretix_restored");
      assertThat(again.exit()).isEqualTo(ErrorCode.RESTORE_TARGET_EXISTS.exit());
      assertThat(again.err())
          .contains("RESTORE_TARGET_EXISTS: ")
          .contains("next: name another: rubicon restore --database NEW");
      assertThat(count(site, "heretix_restored", "public.checks")).isEqualTo(200);
    }
  }

  private static void secondLaunchIsRefused(TestSite site, String runbook) {
    Answer second = Answer.of(site.configFile, "launch", "-o", "json", "--runbook", runbook);
    assertThat(second.error().path("code").asText()).isEqualTo("ROLLOUT_ALREADY_RUNNING");
    assertThat(second.error().path("next").asText()).contains("rubicon status --target prod");
    assertThat(second.exit()).isEqualTo(ErrorCode.Exit.POLICY);
  }

  private static void execute(TestSite site, String sql) throws SQLException {
    try (Connection connection = site.database.connect("test");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long count(TestSite site, String database, String relation) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                site.stack.postgres().jdbcUrl(database),
                site.stack.user(),
                site.stack.secret(site.stack.user()));
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM " + relation)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
