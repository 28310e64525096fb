package dev.rubicon.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Backup;
import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.CloneSource;
import dev.rubicon.runbook.Runbook;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunbookReaderTest {

  @Test
  void readsEveryKeyOfAFullRunbook() {
    Runbook runbook = RunbookReader.read(Samples.full()).runbook();

    assertThat(runbook.name()).isEqualTo("checks-canonical");
    assertThat(runbook.schemas()).containsExactly("public", "Odd Schema");
    assertThat(runbook.canonical().sql())
        .containsExactly("canonical/schema.sql", "canonical/grants.sql");
    assertThat(runbook.preflight())
        .isEqualTo(new Runbook.Preflight(List.of("public.checks", "public.usage_ledger"), 3, true));
    assertThat(runbook.backup()).isEqualTo(new Backup.PgDump());
    assertThat(runbook.cloneSource()).isEqualTo(new CloneSource.FromBackup());
    assertThat(runbook.rehearse().deploy().orElseThrow().body())
        .contains("{\"database\": \"${clone_database}\"}");
    assertThat(runbook.expand().migrations()).contains("expand");
    assertThat(runbook.expand().concurrently().getFirst().name()).isEqualTo("public.ix_checks_env");

    var columns = runbook.transitions().getFirst().columns();
    assertThat(columns).hasSize(4);
    assertThat(columns.getFirst().down()).containsEntry("claim_text", "claim");
    assertThat(columns.getFirst().nullable()).isFalse();
    assertThat(columns.getFirst().defaultExpression()).contains("''");
    assertThat(columns.get(2).irreversible()).contains("legacy keeps it inside diagnostics");
    assertThat(columns.get(3).up()).isEmpty();
    assertThat(columns.get(3).nullable()).isTrue();

    assertThat(runbook.backfill().batchTarget()).isEqualTo(Duration.ofMillis(150));
    assertThat(runbook.cutover().window())
        .contains(
            new Runbook.Window(
                List.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
                LocalTime.of(22, 0),
                LocalTime.of(2, 0),
                ZoneId.of("Europe/Berlin")));
    assertThat(runbook.cutover().stamps())
        .containsExactly(
            new Runbook.Stamp(
                "alembic", "public.alembic_version", Optional.of("9e15719c5c3c"), "b73c9aa4f0c3"));
    assertThat(runbook.cutover().onSmokeFailure()).isEqualTo(Runbook.OnSmokeFailure.ROLLBACK);
    assertThat(runbook.cutover().terminateBlockersAfter()).contains(Duration.ofSeconds(30));
    assertThat(runbook.cutover().deploy().orElseThrow().timeout())
        .isEqualTo(Duration.ofSeconds(30));

    assertThat(runbook.smoke())
        .extracting(check -> check.getClass().getSimpleName())
        .containsExactly("Http", "Sql", "DuckDb", "Command");
    var http = (Check.Http) runbook.smoke().getFirst();
    assertThat(http.status()).isEqualTo(201);
    assertThat(http.json()).containsEntry("/ok", "true");
    assertThat(http.capture()).containsEntry("check_id", "/id");
    assertThat(((Check.Sql) runbook.smoke().get(1)).expect())
        .containsExactly(Arrays.asList("t", null));
    assertThat(((Check.DuckDb) runbook.smoke().get(2)).localSql())
        .containsExactly("local/sample.sql");
    assertThat(runbook.watch().checks().getFirst()).isInstanceOf(Check.Counter.class);
    assertThat(runbook.contract().quietPeriod()).isEqualTo(Duration.ofDays(7));
    assertThat(runbook.contract().legacyColumns()).hasSize(3);
    assertThat(runbook.manual().getFirst().blocks()).isEqualTo(Phase.CUTOVER);
    assertThat(runbook.findings().getFirst().kind()).isEqualTo(Runbook.Disposition.Kind.ACCEPT);
    assertThat(runbook.documentation().changeLog()).isPresent();
  }

  @Test
  void fillsEveryDefaultInWhereOnlyTheRequiredKeysStand(@TempDir Path folder) {
    Samples.write(folder, "canonical.sql", "SELECT 1;");
    Samples.write(
        folder,
        "runbook.yaml",
        """
        rubicon: 1
        name: small
        title: Small
        canonical: {sql: [canonical.sql]}
        """);

    Runbook runbook = RunbookReader.read(folder).runbook();

    assertThat(runbook.description()).isEmpty();
    assertThat(runbook.schemas()).containsExactly("public");
    assertThat(runbook.preflight()).isEqualTo(new Runbook.Preflight(List.of(), 3, true));
    assertThat(runbook.backup()).isEqualTo(new Backup.PgDump());
    assertThat(runbook.cloneSource()).isEqualTo(new CloneSource.FromBackup());
    assertThat(runbook.transitions()).isEmpty();
    assertThat(runbook.backfill())
        .isEqualTo(
            new Runbook.Backfill(
                Duration.ofMillis(150),
                new Runbook.Throttle(Duration.ofSeconds(10), 0, Optional.empty()),
                1));
    assertThat(runbook.cutover().lockTimeout()).isEqualTo(Duration.ofMillis(100));
    assertThat(runbook.cutover().budget()).isEqualTo(Duration.ofMinutes(5));
    assertThat(runbook.cutover().window()).isEmpty();
    assertThat(runbook.watch())
        .isEqualTo(new Runbook.Watch(Duration.ofHours(24), Duration.ofSeconds(30), List.of()));
    assertThat(runbook.contract().quietPeriod()).isEqualTo(Duration.ofDays(7));
    assertThat(runbook.approvals())
        .isEqualTo(new Runbook.Approvals(Optional.empty(), Optional.empty()));
  }

  @Test
  void leavesPhasesOutThatTheRunbookSaysItDoesNotNeed(@TempDir Path folder) {
    Samples.write(folder, "canonical.sql", "SELECT 1;");
    Samples.write(
        folder,
        "runbook.yaml",
        """
        rubicon: 1
        name: small
        title: Small
        canonical: {sql: [canonical.sql]}
        backup: {external: "snapshot rds:prod-2026"}
        clone: {none: "nothing but an index"}
        """);

    Runbook runbook = RunbookReader.read(folder).runbook();

    assertThat(runbook.backup()).isEqualTo(new Backup.External("snapshot rds:prod-2026"));
    assertThat(runbook.cloneSource()).isEqualTo(new CloneSource.None("nothing but an index"));
  }
}
