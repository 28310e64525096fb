package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.e2e.TestSite;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.process.Ports;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands as a person types them, against a real site. */
@Timeout(300)
final class CommandLineTest {
  private static final String INTERN = "intern";

  @TempDir static Path folder;
  private static TestSite site;

  @BeforeAll
  static void start() {
    site = TestSite.start(200, TemporalChoice.IN_PROCESS);
    site.stack.roles().role(INTERN, site.stack.secret(INTERN), "");
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static Answer rubicon(String... arguments) {
    return Answer.of(site.configFile, arguments);
  }

  /** The site's configuration with one thing changed. */
  private static Path config(String from, String to) throws IOException {
    String text = Files.readString(site.configFile);
    assertThat(text).contains(from);
    int at = text.indexOf(from);
    Path file = Files.createTempFile(folder, "rubicon", ".yaml");
    Files.writeString(file, text.substring(0, at) + to + text.substring(at + from.length()));
    return file;
  }

  private static String fingerprint() {
    try (PgSession session =
        PgSession.open(
            site.config.target(TestSite.TARGET),
            new SessionTag("test", Phase.PREFLIGHT),
            SessionLimits.SHORT)) {
      return CatalogReader.read(session, List.of("public", "rubicon")).fingerprint();
    }
  }

  private static List<String> bundles() {
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      return store.keys("bundles/");
    }
  }

  @Test
  void doctorFindsASoundSiteHealthy() {
    Answer json = rubicon("doctor", "-o", "json", "--runbook", runbook().toString());
    assertThat(json.json().path("checks"))
        .isNotEmpty()
        .noneMatch(check -> check.path("verdict").asText().equals("failed"));
    assertThat(json.json().path("healthy").asBoolean()).isTrue();
    assertThat(json.json().path("checks"))
        .filteredOn(check -> check.path("name").asText().equals("ledger: audit trail"))
        .singleElement()
        .satisfies(check -> assertThat(check.path("verdict").asText()).isEqualTo("ok"));
    assertThat(json.exit()).isZero();

    Answer text = rubicon("doctor");
    assertThat(text.out()).contains("target prod: privileges").endsWith("healthy\n");
    assertThat(text.exit()).isZero();
  }

  @Test
  void doctorSaysWhatToDoAboutABucketThatIsNotThere() throws IOException {
    Answer answer = Answer.of(config("bucket: rubicon", "bucket: no-such-bucket"), "doctor");

    assertThat(answer.exit()).isEqualTo(ErrorCode.Exit.ERROR);
    assertThat(answer.out())
        .containsPattern("FAILED +object store +BUCKET_NOT_WRITABLE: ")
        .containsPattern("next: \\S+")
        .contains("ok       ledger: reachable")
        .containsPattern("1 of \\d+ checks failed");
  }

  @Test
  void planShowsDifferencesAndTouchesNothing() {
    String before = fingerprint();
    List<String> stored = bundles();

    Answer answer = rubicon("plan", "-o", "json", "-t", "prod", "--runbook", runbook().toString());

    assertThat(answer.exit()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    JsonNode plan = answer.json();
    assertThat(plan.path("differences").asInt()).isPositive();
    assertThat(plan.path("stopped")).isEmpty();
    assertThat(plan.path("findings"))
        .anySatisfy(
            finding -> {
              assertThat(finding.path("id").asText()).isEqualTo("missing:column:public.checks.env");
              assertThat(finding.path("disposition").asText()).isEqualTo("fixed-by-rollout");
            });
    assertThat(plan.path("tables"))
        .anySatisfy(
            table -> {
              assertThat(table.path("relation").asText()).isEqualTo("public.checks");
              assertThat(table.path("rows").asInt()).isEqualTo(200);
            });
    assertThat(plan.path("statements")).isNotEmpty();
    assertThat(fingerprint()).isEqualTo(before);
    assertThat(bundles()).isEqualTo(stored);
    assertThat(site.rollouts.list().rollouts()).isEmpty();
  }

  @Test
  void planPrintsTheSqlThatTheRolloutWouldSend() {
    Answer text = rubicon("plan", "--sql", "-t", "prod", "--runbook", runbook().toString());

    assertThat(text.out())
        .containsSubsequence(
            "-- phase expand",
            "-- phase dual-write",
            "BEGIN;",
            "--   locks public.checks ACCESS EXCLUSIVE",
            "LOCK TABLE \"public\".\"checks\" IN ACCESS EXCLUSIVE MODE;",
            "COMMIT;",
            "-- phase backfill",
            "--   sent as often as it takes",
            "-- phase verify",
            "-- phase cutover",
            "-- phase rollback",
            "-- phase contract",
            "DROP SCHEMA rubicon CASCADE;",
            "-- phase abort");

    Answer json =
        rubicon("plan", "--sql", "--repair", "-o", "json", "--runbook", runbook().toString());
    assertThat(json.json().path("repair").path("steps"))
        .anySatisfy(
            step -> assertThat(step.path("sql").asText()).contains("ADD COLUMN \"anon_token\""));
    assertThat(json.json().path("repair").path("refused"))
        .allSatisfy(one -> assertThat(one.path("reason").asText()).isNotEmpty());
    assertThat(json.json().path("steps"))
        .anySatisfy(
            step -> {
              assertThat(step.path("phase").asText()).isEqualToIgnoringCase("cutover");
              assertThat(step.path("locks").toString()).contains("public.checks ACCESS EXCLUSIVE");
            });
  }

  @Test
  void exportChecksWritesAScriptForPsql() throws IOException {
    Path file = folder.resolve("checks.sql");
    Answer answer =
        rubicon("export-checks", "--runbook", runbook().toString(), "--out", file.toString());

    assertThat(answer.exit()).isZero();
    assertThat(answer.out()).contains("checks.sql: ");
    assertThat(Files.readString(file))
        .contains("\\set ON_ERROR_STOP on")
        .contains("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;")
        .endsWith("\\endif\n");
    assertThat(rubicon("export-checks", "--runbook", runbook().toString()).out())
        .isEqualToIgnoringNewLines(Files.readString(file));

    String nowhere = folder.resolve("nowhere/checks.sql").toString();
    Answer refused = rubicon("export-checks", "--runbook", runbook().toString(), "--out", nowhere);
    assertThat(refused.exit()).isEqualTo(ErrorCode.Exit.USAGE);
    assertThat(refused.err()).contains("USAGE: " + nowhere, "next: ");
  }

  @Test
  void exportPartitionsWritesAScriptForPsqlWithoutAskingADatabase() throws IOException {
    Path runbook = runbook();
    Answer none = rubicon("export-partitions", "--runbook", runbook.toString());
    assertThat(none.exit()).isEqualTo(ErrorCode.RUNBOOK_INVALID.exit());
    assertThat(none.err()).contains("no section partitions", "next: name the partitioned");

    Path yaml = runbook.resolve("runbook.yaml");
    Files.writeString(
        yaml,
        Files.readString(yaml)
            + "\npartitions: [{relation: public.readings, every: month, keep: 2 years}]\n");
    Path file = folder.resolve("partitions.sql");
    Answer answer =
        rubicon("export-partitions", "--runbook", runbook.toString(), "--out", file.toString());
    assertThat(answer.exit()).isZero();
    assertThat(answer.out()).contains("partitions.sql: public.readings");
    assertThat(Files.readString(file))
        .contains("\"readings_ensure_partitions\"", "\"readings_detach_older_than\"")
        .doesNotContain("drop_detached\"(")
        .endsWith("COMMIT;\n");
  }

  @Test
  void planNamesWhatWouldStopTheRollout() throws IOException {
    Path runbook = runbook();
    Files.writeString(
        runbook.resolve("expand/V3__drop.sql"),
        "-- irreversible: nobody needs it\nDROP TABLE public.result_cache;\n");

    Answer answer = rubicon("plan", "--runbook", runbook.toString());

    assertThat(answer.exit()).isEqualTo(ErrorCode.Exit.POLICY);
    assertThat(answer.err()).contains("HAZARD_NOT_ALLOWED: ").contains("next: ");
    assertThat(answer.out())
        .containsPattern("STOPS +hazard:")
        .contains("stopped by policy: hazard:");
  }

  @Test
  void initWritesARunbookThatValidatesAndPlans() {
    Path draft = folder.resolve("draft");
    Path canonical = runbook().resolve("canonical/schema.sql");
    String before = fingerprint();

    Answer init =
        rubicon(
            "init",
            "-o",
            "json",
            "-t",
            "prod",
            "--canonical",
            canonical.toString(),
            "--name",
            "first-draft",
            draft.toString());
    assertThat(init.err()).isEmpty();
    assertThat(init.exit()).isZero();
    assertThat(init.json().path("files"))
        .anySatisfy(file -> assertThat(file.asText()).isEqualTo("runbook.yaml"));

    Answer validate = rubicon("validate", "-o", "json", draft.toString());
    assertThat(validate.exit()).isZero();
    assertThat(validate.json().path("digest")).isEqualTo(init.json().path("digest"));
    assertThat(fingerprint()).isEqualTo(before);

    Answer again =
        rubicon("init", "--canonical", canonical.toString(), "--name", "x", draft.toString());
    assertThat(again.exit()).isEqualTo(ErrorCode.Exit.USAGE);
    assertThat(again.err()).contains("already holds a runbook.yaml");
  }

  @Test
  void planOfWhatIsCanonicalAlreadyFindsNoDifference() {
    Path draft = folder.resolve("same");
    String legacy = runbook().resolve("legacy/schema.sql").toString();
    Answer init = rubicon("init", "--canonical", legacy, "--name", "same", draft.toString());
    assertThat(init.err()).isEmpty();
    assertThat(init.out()).contains("0 differences");

    Answer plan = rubicon("plan", "--runbook", draft.toString());
    assertThat(plan.out()).endsWith("no difference\n");
    assertThat(plan.exit()).isZero();
  }

  @Test
  void initTakesCanonicalFromADatabase() {
    Path draft = folder.resolve("from-database");
    Answer init = rubicon("init", "--canonical-target", "prod", "--name", "copy", draft.toString());
    assertThat(init.err()).isEmpty();
    assertThat(init.exit()).isZero();
    assertThat(draft.resolve("canonical/schema.sql")).content().contains("CREATE TABLE");
    assertThat(rubicon("validate", draft.toString()).exit()).isZero();
  }

  @Test
  void initAsksForOneCanonical() {
    assertThat(rubicon("init", "--name", "x", "dir").exit()).isEqualTo(ErrorCode.Exit.USAGE);
  }

  @Test
  void launchIsRefusedWherePgDumpIsTooOld() throws IOException {
    Path bin = Files.createTempDirectory(folder, "old-bin");
    for (String tool : List.of("pg_dump", "pg_restore")) {
      Path file = bin.resolve(tool);
      Files.writeString(file, "#!/bin/sh\necho '" + tool + " (PostgreSQL) 12.4'\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    refused(ErrorCode.PG_DUMP_TOO_OLD, config("staging:", "pg-bin: " + bin + "\nstaging:"), "12.4");
  }

  @Test
  void launchIsRefusedWherePgDumpIsMissing() throws IOException {
    Path bin = Files.createTempDirectory(folder, "no-bin");
    refused(
        ErrorCode.PG_DUMP_MISSING,
        config("staging:", "pg-bin: " + bin + "\nstaging:"),
        bin.toString());
  }

  @Test
  void launchIsRefusedWhereAPrivilegeIsMissing() throws IOException {
    Path config =
        config(
            "user: rubicon\n    password: \"file:" + site.stack.secretFile("rubicon") + "\"",
            "user: intern\n    password: \"file:" + site.stack.secretFile(INTERN) + "\"");
    refused(ErrorCode.PRIVILEGE_MISSING, config, "CREATE on database heretix");
  }

  @Test
  void launchIsRefusedWhereTheBucketCannotBeWritten() throws IOException {
    refused(
        ErrorCode.BUCKET_NOT_WRITABLE,
        config("bucket: rubicon", "bucket: no-such-bucket"),
        "no-such-bucket");
  }

  @Test
  void withoutAWorkerThatServesADecisionFailsAtOnceAndNamesWhatToStart() throws IOException {
    int port = Ports.free();
    Path config = config("  port: " + site.config.http().port(), "  port: " + port);
    List<String> before = bundles();
    for (List<String> command :
        List.of(
            List.of("launch", "--runbook", runbook().toString()),
            List.of("abort", "--reason", "enough"),
            List.of("approve", "--gate", "expand", "--digest", "0".repeat(64), "-r", "x"))) {
      Answer answer =
          Answer.of(
              config,
              Stream.concat(command.stream(), Stream.of("-o", "json")).toArray(String[]::new));
      assertThat(answer.error().path("code").asText()).isEqualTo("API_UNREACHABLE");
      assertThat(answer.error().path("cause").asText()).contains("127.0.0.1:" + port);
      assertThat(answer.error().path("next").asText()).contains("rubicon worker", "--server");
      assertThat(answer.exit()).isEqualTo(ErrorCode.Exit.ERROR);
    }
    assertThat(bundles()).isEqualTo(before);
    assertThat(Answer.of(config, "abort", "--server", "nonsense", "-t", "prod", "-r", "x").exit())
        .isEqualTo(ErrorCode.Exit.USAGE);
  }

  @Test
  void launchIsRefusedWhereTheTargetDoesNotAnswer() throws IOException {
    refused(ErrorCode.TARGET_UNREACHABLE, config("/heretix\"", "/no_such_database\""), "prod");
  }

  /** Before anything started: nothing stored, nothing changed, nothing running. */
  private static void refused(ErrorCode code, Path config, String cause) {
    String before = fingerprint();
    List<String> stored = bundles();

    Answer answer;
    try (var worker = WorkerProcess.start(ConfigReader.read(config, Map.of()), true)) {
      assertThat(worker.url()).isPresent();
      answer =
          Answer.of(
              config, "launch", "-o", "json", "-t", "prod", "--runbook", runbook().toString());
    }

    assertThat(answer.error().path("code").asText()).isEqualTo(code.name());
    assertThat(answer.error().path("cause").asText()).contains(cause);
    assertThat(answer.error().path("next").asText()).isNotBlank();
    assertThat(answer.out()).isEmpty();
    assertThat(answer.exit()).isEqualTo(code.exit());
    assertThat(fingerprint()).isEqualTo(before);
    assertThat(bundles()).isEqualTo(stored);
    site.rollouts.requireNoneRunning(TestSite.TARGET);
  }

  private static Path runbook() {
    return site.checksCanonical("20s");
  }
}
