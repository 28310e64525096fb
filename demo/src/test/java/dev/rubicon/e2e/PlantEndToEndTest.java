package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.cli.Answer;
import dev.rubicon.demo.plant.client.PlantClients;
import dev.rubicon.demo.plant.client.PlantProof;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole rollout of plant-schema: six tables on an empty database, and nobody is asked. */
@Turn(1)
@Timeout(300)
final class PlantEndToEndTest {
  private static final String DATABASE = TestSite.Subject.PLANT.database();

  @Tag("rollout")
  @Test
  void sixTablesComeToAnEmptyDatabaseAndASecondLaunchHasNothingToDo() throws Exception {
    try (var site =
            TestSite.start(
                TestSite.Subject.PLANT,
                0,
                TemporalChoice.IN_PROCESS,
                EmbeddedStack::postgres,
                (_, text) ->
                    text.replaceFirst(
                        "(?m)^(  prod:\n)",
                        "$1    connections: {min: 2, max: 10}\n    statement-timeout: 60s\n"));
        var worker = WorkerProcess.start(site.config, true);
        var sessions = SampledSessions.of(site, DATABASE)) {
      Path runbook = site.quick("plant-schema", "3s");
      Answer before = Answer.of(site.configFile, "plan", "--runbook", runbook.toString());
      assertThat(before.exit()).as(before.out() + before.err()).isEqualTo(2);
      assertThat(before.out())
          .contains("warning: extension timescaledb", "telemetry becomes a plain table")
          .doesNotContain("STOPS");

      assertThat(launch(site, runbook).exit()).isZero();
      site.await("watch", Duration.ofMinutes(2), s -> s.phase() == Phase.WATCH);
      try (var clients = PlantClients.start(site.database, 100)) {
        site.await(
            "completion", Duration.ofMinutes(2), s -> s.state() == RolloutStatus.State.COMPLETED);
        theDocumentsSchema(site);
        nothingIsLeftToDo(site, runbook);

        try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
          site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
        }
        site.await(
            "contract",
            Duration.ofMinutes(2),
            s -> s.phase() == Phase.CONTRACT && s.state() == RolloutStatus.State.COMPLETED);
        assertThat(site.ask(DATABASE, "SELECT to_regnamespace('rubicon') IS NULL")).isEqualTo("t");
        nothingIsLeftToDo(site, runbook);
        theBaselineIsFoundByItsFingerprint(site, runbook);

        clients.stop();
        PlantProof proof = clients.prove();
        assertThat(proof.problems()).isEmpty();
        assertThat(proof.holds()).isTrue();
        assertThat(proof.refusals()).isEmpty();
        assertThat(proof.acknowledged()).isGreaterThan(200);
      }
      sessions.stayed(10, "1min");
      assertThat(worker.url()).isPresent();
    }
  }

  private static Answer launch(TestSite site, Path runbook) {
    return Answer.of(site.configFile, "launch", "--runbook", runbook.toString());
  }

  private static void nothingIsLeftToDo(TestSite site, Path runbook) {
    site.planShowsNoDifference(runbook);
    int known = site.rollouts.list().rollouts().size();
    Answer again = launch(site, runbook);
    assertThat(again.exit()).as(again.out() + again.err()).isEqualTo(ErrorCode.Exit.DONE);
    assertThat(again.out().strip().lines()).singleElement().asString().startsWith("nothing to do");
    assertThat(site.rollouts.list().rollouts()).hasSize(known);
  }

  /** The ledger has its snapshot: what differs has names. */
  private static void theBaselineIsFoundByItsFingerprint(TestSite site, Path runbook) {
    String rollout = site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow().id();
    String empty =
        site.rollouts
            .ledger()
            .evidenceOf(rollout, Phase.PREFLIGHT, EvidenceNames.SNAPSHOT)
            .orElseThrow()
            .fingerprint();
    Answer drift =
        Answer.of(site.configFile, "drift", "--runbook", runbook.toString(), "--against", empty);
    assertThat(drift.exit()).as(drift.out() + drift.err()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    assertThat(drift.out()).contains("extra:table:public.care_plans", "7 differences");
    assertThat(Answer.of(site.configFile, "drift", "--runbook", runbook.toString()).exit())
        .isZero();
  }

  private static void theDocumentsSchema(TestSite site) {
    assertThat(
            site.ask(
                DATABASE,
                "SELECT string_agg(version || ' ' || (applied_at <= now()), ', ' ORDER BY version)"
                    + " FROM public.schema_migrations"))
        .isEqualTo("001 true, 002 true, 003 true, 004 true, 005 true, 006 true");
    assertThat(
            site.ask(
                    DATABASE,
                    """
                    SELECT string_agg(table_name || '.' || column_name || ' ' || data_type
                             || CASE is_nullable WHEN 'NO' THEN '!' ELSE '' END
                             || coalesce(' ' || column_default, ''), E'\\n'
                             ORDER BY table_name, ordinal_position)
                      FROM information_schema.columns WHERE table_schema = 'public'\
                    """)
                .lines())
        .containsExactlyElementsOf(COLUMNS.lines().toList());
    assertThat(
            site.ask(
                    DATABASE,
                    """
                    SELECT string_agg(conrelid::regclass || ' ' || pg_get_constraintdef(oid), E'\\n'
                             ORDER BY conrelid::regclass::text, pg_get_constraintdef(oid))
                      FROM pg_constraint
                     WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u')\
                    """)
                .lines())
        .containsExactlyElementsOf(KEYS.lines().toList());
    assertThat(
            site.ask(
                    DATABASE,
                    """
                    SELECT string_agg(regexp_replace(indexdef, '^.* ON public\\.', ''), E'\\n' ORDER BY 1)
                      FROM (SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
                               AND indexname LIKE 'idx%' ORDER BY regexp_replace(indexdef, '^.* ON ', '')) i\
                    """)
                .lines())
        .containsExactlyInAnyOrderElementsOf(INDEXES.lines().toList());
  }

  @Test
  void everySectionOfTheHandOverHasItsPlaceInTheReadme() throws IOException {
    String readme =
        Files.readString(Path.of("../runbooks/plant-schema/README.md"), StandardCharsets.UTF_8);
    assertThat(
            Pattern.compile("(?m)^\\| \\*\\*(.+?)\\*\\*.* \\| .+ \\| .+ \\|$")
                .matcher(readme)
                .results()
                .map(row -> row.group(1)))
        .containsExactlyElementsOf(SECTIONS);
  }

  private static final List<String> SECTIONS =
      List.of(
          "Database module",
          "Migration files",
          "Connection pool",
          "Migration runner",
          "1. plants",
          "2. devices",
          "3. telemetry",
          "4. alerts",
          "5. settings",
          "6. care_plans",
          "Migration tracking",
          "Verify 1",
          "Verify 2",
          "Verify 3",
          "Verify 4",
          "Idempotency",
          "TimescaleDB",
          "Next steps",
          "Constraints",
          "Risks");

  private static final String COLUMNS =
      """
      alerts.id integer! nextval('alerts_id_seq'::regclass)
      alerts.plant_id text
      alerts.device_id text
      alerts.metric text!
      alerts.value double precision!
      alerts.threshold double precision!
      alerts.direction text!
      alerts.sent_at timestamp with time zone now()
      care_plans.id integer! nextval('care_plans_id_seq'::regclass)
      care_plans.plant_id text
      care_plans.plan_data jsonb!
      care_plans.generated_at timestamp with time zone now()
      devices.id text!
      devices.mac_address text
      devices.mqtt_username text
      devices.mqtt_password_hash text!
      devices.plant_id text
      devices.status text 'provisioning'::text
      devices.firmware_version text
      devices.sensor_types jsonb
      devices.last_seen_at timestamp with time zone
      devices.created_at timestamp with time zone now()
      plants.id text!
      plants.name text!
      plants.species text
      plants.thresholds jsonb
      plants.created_at timestamp with time zone now()
      schema_migrations.version text!
      schema_migrations.applied_at timestamp with time zone now()
      settings.key text!
      settings.value text!
      settings.updated_at timestamp with time zone now()
      telemetry.time timestamp with time zone!
      telemetry.device_id text
      telemetry.plant_id text
      telemetry.soil_moisture double precision
      telemetry.temperature double precision
      telemetry.humidity double precision
      telemetry.light_level double precision
      """;

  private static final String KEYS =
      """
      alerts FOREIGN KEY (device_id) REFERENCES devices(id)
      alerts FOREIGN KEY (plant_id) REFERENCES plants(id)
      alerts PRIMARY KEY (id)
      care_plans FOREIGN KEY (plant_id) REFERENCES plants(id)
      care_plans PRIMARY KEY (id)
      care_plans UNIQUE (plant_id)
      devices FOREIGN KEY (plant_id) REFERENCES plants(id)
      devices PRIMARY KEY (id)
      devices UNIQUE (mac_address)
      devices UNIQUE (mqtt_username)
      plants PRIMARY KEY (id)
      schema_migrations PRIMARY KEY (version)
      settings PRIMARY KEY (key)
      telemetry FOREIGN KEY (device_id) REFERENCES devices(id)
      telemetry FOREIGN KEY (plant_id) REFERENCES plants(id)
      """;

  private static final String INDEXES =
      """
      alerts USING btree (plant_id, sent_at DESC)
      devices USING btree (plant_id)
      devices USING btree (status)
      telemetry USING btree (device_id, "time" DESC)
      telemetry USING btree (plant_id, "time" DESC)
      """;
}
