package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.abort.Abort;
import dev.rubicon.backfill.Backfill;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.contract.Contract;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.expand.Expand;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollback.Rollback;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.verify.Verify;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The runbook owner-canonical through every phase, stepped by hand. */
@Turn
@Tag("slow")
class OwnerRunbookTest {
  private static final Path RUNBOOK =
      PreflightSamples.checksCanonical().resolveSibling("owner-canonical");

  private static final String SMOKE = "'00000000-0000-4000-8000-000000000002'";
  private static final String ASSET = "00000000-0000-4000-8000-000000000009";

  private final KeptEvidence evidence = new KeptEvidence();
  private Bundle bundle = quick("0s");
  private static final String COUNTS =
      "{runs=500, runs-with-quality=300, runs-with-cost=350, quality-from-run-logs=300,"
          + " cost-from-run-logs=350, quality-gap-no-run-log=50,"
          + " quality-gap-no-quality-in-the-log=50, quality-gap-score-unusable=100,"
          + " cost-gap-no-run-log=50, cost-gap-no-usable-cost=100, job-paths-resolved=650,"
          + " job-paths-unresolved=225, export-paths-unresolved=10}";

  private final Target target = legacy();

  @Test
  void theRunbookIsFullyAccountedForOnItsLegacyDatabase() {
    Facts.Preflight facts = new Preflight(PreflightSamples.staging()).run(context(Phase.PREFLIGHT));

    assertThat(facts.open()).isEmpty();
    assertThat(findings())
        .filteredOn(f -> f.kind() != Finding.Kind.NOTE)
        .isNotEmpty()
        .noneMatch(f -> f.disposition() == Finding.Disposition.OPEN);
  }

  @Test
  void theWholeWayLeadsToCanonicalAndLosesNothingOnTheWayBack() {
    toVerified();
    assertThat(evidence.get(EvidenceNames.COUNTS)).hasToString(COUNTS);
    new Cutover().run(context(Phase.CUTOVER), CrossingTerms.NONE);
    write(
        "UPDATE project_storage SET storage_mode = 's3', s3_bucket = 'b' WHERE project_id = "
            + SMOKE,
        "INSERT INTO assets (id, project_id, kind, storage_uri) VALUES ('"
            + ASSET
            + "', "
            + SMOKE
            + ", 'image', 's3://elsewhere/a.png')",
        "INSERT INTO runs (id, project_id, run_mode) VALUES ('" + ASSET + "', " + SMOKE + ", 'x')",
        "INSERT INTO run_jobs (run_id, job_no, selected_asset_id) VALUES ('%s', 1, '%<s')"
            .formatted(ASSET));
    new Rollback().run(context(Phase.ROLLBACK), ReturnTerms.NOTHING_LOST);

    assertThat(ask("SELECT settings_json -> 'storage' FROM projects WHERE id = " + SMOKE))
        .isEqualTo("{\"mode\": \"s3\", \"bucket\": \"b\", \"base_dir\": \"/srv/smoke\"}");
    assertThat(ask("SELECT selected_path FROM run_jobs WHERE run_id = '" + ASSET + "'"))
        .as("what only canonical was told, legacy knows")
        .isEqualTo("s3://elsewhere/a.png");
    write(
        "UPDATE projects SET settings_json = '{\"storage\": 7, \"theme\": null}' WHERE id = "
            + SMOKE,
        "UPDATE run_jobs SET final_path = 'nowhere.png' WHERE run_id = '" + ASSET + "'");
    assertThat(ask("SELECT metadata_json FROM project_storage WHERE project_id = " + SMOKE))
        .isEqualTo("{\"theme\": null, \"storage\": 7}");
    assertThat(ask("SELECT path FROM unresolved_asset_paths WHERE path = 'nowhere.png'"))
        .as("a path of no asset is listed")
        .isEqualTo("nowhere.png");
    assertThat(ask("SELECT count(*) FROM audit_events WHERE action = 'storage.update'"))
        .isEqualTo("2");
    theAuditTakesEveryActorAndFailsNoWrite();

    new Verify().run(context(Phase.VERIFY));
    new Cutover().run(context(Phase.CUTOVER), CrossingTerms.NONE);
    new Contract().run(context(Phase.CONTRACT));

    assertThat(differences())
        .as("canonical, and the declared extensions")
        .containsExactly(
            "extra:table:public.project_snapshots",
            "extra:table:public.run_log_gaps",
            "extra:table:public.unresolved_asset_paths");
    assertThat(ask("SELECT path FROM unresolved_asset_paths WHERE path = 'nowhere.png'"))
        .isEqualTo("nowhere.png");
    write(
        "UPDATE project_api_secrets SET kms_key_ref = 'vault://other' WHERE provider = 'openai'",
        "UPDATE agent_instructions SET status = 'cancelled'");
    assertThat(ask("SELECT count(DISTINCT action) FROM audit_events")).isEqualTo("3");
  }

  /**
   * Known, unknown, no uuid at all, none: a client's write is never refused for who it says it is.
   */
  private void theAuditTakesEveryActorAndFailsNoWrite() {
    String known = ask("SELECT id FROM users ORDER BY id LIMIT 1");
    int at = 0;
    for (String actor :
        List.of(known, "99999999-0000-4000-8000-00000000000f", "carol; no uuid", "")) {
      write(
          "SELECT set_config('app.actor', '" + actor + "', false)",
          "UPDATE project_storage SET s3_region = 'r" + at++ + "' WHERE project_id = " + SMOKE);
    }
    try (PgSession session = CatalogSamples.open(target)) {
      assertThat(
              session.query(
                  "SELECT coalesce(actor_user_id::text, '-') || ' '"
                      + " || coalesce(details_json ->> 'actor', '-') FROM public.audit_events"
                      + " WHERE action = 'storage.update' ORDER BY created_at DESC, id LIMIT 4",
                  row -> row.getString(1)))
          .containsExactlyInAnyOrder(
              known + " -", "- 99999999-0000-4000-8000-00000000000f", "- carol; no uuid", "- -");
    }
  }

  @Test
  void whatAClientWritesDuringTheMigrationIsNotOverwrittenByWhatWasThere() throws Exception {
    bundle.files().keySet().stream()
        .filter(file -> file.matches("expand/V[1-4]_.*"))
        .filter(file -> !file.contains("V4_1"))
        .forEach(file -> write(bundle.text(file)));
    try (PgSession client = CatalogSamples.open(target)) {
      client.execute("RESET search_path");
      client.execute("BEGIN");
      client.execute(
          "UPDATE projects SET settings_json = '{\"storage\": {\"mode\": \"s3\"}}' WHERE id = "
              + SMOKE);
      Thread migration = Thread.ofVirtual().start(() -> write("CALL store_settings_of_before(2)"));
      Instant deadline = Instant.now().plusSeconds(30);
      while (ask("SELECT count(*) FROM pg_locks WHERE NOT granted").equals("0")) {
        assertThat(Instant.now()).as("the migration waits for the client").isBefore(deadline);
        Thread.sleep(10);
      }
      client.execute("COMMIT");
      migration.join();
    }
    assertThat(
            ask(
                "SELECT storage_mode || ' ' || (settings_json #>> '{storage,mode}') FROM projects"
                    + " JOIN project_storage ON project_id = id WHERE id = "
                    + SMOKE))
        .isEqualTo("s3 s3");
  }

  /**
   * A row that a client holds keeps nobody else waiting, and a kill costs nothing that was read.
   */
  @Test
  void theRunsOfBeforeAreReadInBatchesThatAKillDoesNotTakeBack() throws Exception {
    String waiting =
        " FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            + " AND query LIKE '%CALL public.read_run_logs_of_before%'";
    String read =
        "SELECT count(*) FROM (SELECT run_id FROM quality_reports WHERE source = 'run_log' UNION"
            + " SELECT run_id FROM run_log_gaps WHERE ledger = 'quality') AS r";
    try (PgSession client = CatalogSamples.open(target)) {
      client.execute("RESET search_path");
      client.execute("BEGIN");
      client.execute(
          "SELECT FROM runs WHERE id = (SELECT id FROM runs ORDER BY id LIMIT 1) FOR NO KEY"
              + " UPDATE");
      var expand = CompletableFuture.runAsync(() -> new Expand().run(context(Phase.EXPAND)));
      Bench.until(() -> !ask("SELECT count(*)" + waiting).equals("0"));
      assertThat(ask(read)).as("all but one, and committed").isEqualTo("499");
      write(
          "SET lock_timeout = 1",
          "UPDATE runs SET mode = mode WHERE id <> (SELECT id FROM runs ORDER BY id LIMIT 1)");
      Bench.until(() -> !ask("SELECT count(pg_terminate_backend(pid))" + waiting).equals("0"));
      assertThatThrownBy(expand::get)
          .hasCauseInstanceOf(RubiconException.class)
          .extracting(e -> ((RubiconException) e.getCause()).code())
          .isEqualTo(ErrorCode.CONNECTION_LOST);
      client.execute("COMMIT");
    }
    toVerified();
    assertThat(evidence.get(EvidenceNames.COUNTS)).hasToString(COUNTS);
  }

  @Test
  void contractWaitsUntilNobodyWritesALegacyName() {
    bundle = quick("1h");
    toVerified();
    new Cutover().run(context(Phase.CUTOVER), CrossingTerms.NONE);
    write(
        "UPDATE rubicon.state SET cut_over_at = cut_over_at - interval '2 hours'",
        "UPDATE projects SET settings_json = '{}' WHERE id = " + SMOKE);

    assertThatThrownBy(() -> new Contract().run(context(Phase.CONTRACT)))
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTRACT_NOT_DUE))
        .hasMessageContaining("{no-legacy-name-is-written=1}");
    assertThat(ask("SELECT count(*) FROM pg_trigger WHERE tgname = 'settings_to_storage'"))
        .isEqualTo("1");

    write("UPDATE legacy_use SET last_seen = last_seen - interval '2 hours'");
    new Contract().run(context(Phase.CONTRACT));
    assertThat(ask("SELECT to_regclass('legacy_use') IS NULL")).isEqualTo("t");
  }

  @Test
  void abortLeavesNothingBehind() {
    String before = fingerprint();
    toVerified();

    new Abort().run(context(Phase.ABORT));

    assertThat(fingerprint()).isEqualTo(before);
  }

  private void toVerified() {
    new Expand().run(context(Phase.EXPAND));
    new DualWrite().run(context(Phase.DUAL_WRITE));
    new Backfill().run(context(Phase.BACKFILL));
    new Verify().run(context(Phase.VERIFY));
  }

  private List<String> differences() {
    Target canonical = CatalogSamples.target(SharedPostgres.freshDatabase("canonical"));
    try (PgSession session = CatalogSamples.open(target);
        PgSession other = CatalogSamples.open(canonical)) {
      other.execute("RESET search_path");
      other.execute(PreflightSamples.read(RUNBOOK.resolve("canonical/schema.sql")));
      return CatalogDiff.between(
              CatalogReader.read(session, List.of("public")),
              CatalogReader.read(other, List.of("public")))
          .stream()
          .map(Finding::id)
          .toList();
    }
  }

  private void write(String... statements) {
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("RESET search_path");
      for (String sql : statements) {
        session.execute(sql);
      }
    }
  }

  private String ask(String sql) {
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("RESET search_path");
      return session.value(sql);
    }
  }

  private String fingerprint() {
    try (PgSession session = CatalogSamples.open(target)) {
      return CatalogReader.read(session, List.of("public")).fingerprint();
    }
  }

  private PhaseContext context(Phase phase) {
    return new PhaseContext(
        new PhaseInput("r-1", "prod", bundle.digest(), "alice", phase, 1),
        bundle,
        target,
        evidence,
        Progress.NONE);
  }

  private List<Finding> findings() {
    return evidence.get(EvidenceNames.FINDINGS);
  }

  /** The same, but for a quiet period that a test can wait for. */
  private static Bundle quick(String period) {
    try (var files = Files.walk(RUNBOOK)) {
      Path copy = Files.createTempDirectory("owner");
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(RUNBOOK.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.writeString(
            to, Files.readString(file).replace("quiet-period: 7d", "quiet-period: " + period));
      }
      return RunbookReader.read(copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Target legacy() {
    Target target = CatalogSamples.target(SharedPostgres.freshDatabase("owner"));
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("RESET search_path");
      session.execute("SELECT set_config('owner.rows', '2000', false)");
      session.execute(PreflightSamples.read(RUNBOOK.resolve("legacy/schema.sql")));
      session.execute(PreflightSamples.read(RUNBOOK.resolve("legacy/data.sql")));
    }
    return target;
  }
}
