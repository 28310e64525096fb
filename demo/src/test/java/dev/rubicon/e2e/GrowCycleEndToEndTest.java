package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.cli.Answer;
import dev.rubicon.demo.grow.client.GrowClients;
import dev.rubicon.demo.grow.client.GrowProof;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole rollout of grow-cycle under live traffic, and what its folder brings besides: undo that
 * leads back, scripts for partitions and retention, and checks for CI.
 */
@Turn
@Timeout(900)
final class GrowCycleEndToEndTest {
  private static final String DATABASE = TestSite.Subject.GROW.database();
  private static final Path FOLDER = Path.of("../runbooks/grow-cycle").toAbsolutePath().normalize();
  private static final Duration LONG = Duration.ofMinutes(4);

  @Tag("rollout")
  @Test
  void aGreenhouseComesToTheGrowCycleModelUnderLiveTraffic() throws Exception {
    try (var site = TestSite.start(TestSite.Subject.GROW, 2_000, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, false);
        var clients = GrowClients.ofBoth(site.database, 40)) {
      // Nobody wrote this column into the runbook.
      run(site, "ALTER TABLE public.commands ADD COLUMN priority smallint NOT NULL DEFAULT 5");
      long commands =
          number(site, "SELECT count(*) FROM public.commands WHERE cmd_id LIKE 'cmd-%'");
      Path runbook = site.quick("grow-cycle", "4s");
      thePlanListsOffendersFirst(site, runbook);
      Path checks = theChecksForCiFailBefore(site, runbook);

      site.launch(runbook);
      site.signOff(List.of("zones-and-nodes-decided"));
      site.approve(Runbook.Gate.EXPAND);
      site.approve(Runbook.Gate.CUTOVER);
      site.await("watch", LONG, s -> s.phase() == Phase.WATCH);
      site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
      site.awaitGate(Runbook.Gate.CUTOVER);
      holds(clients.proveInBetween());
      assertThat(number(site, "SELECT count(*) FROM public.migrations")).isEqualTo(6);

      site.approve(Runbook.Gate.CUTOVER);
      site.await("completion", LONG, s -> s.state() == RolloutStatus.State.COMPLETED);
      clients.stop();
      GrowProof proof = clients.prove();
      holds(proof);
      assertThat(proof.acknowledged()).isGreaterThan(300);
      // Only ingesters whose build was not the one of the moment were refused.
      assertThat(proof.refusals().keySet()).isSubsetOf("42703", "42P10", "0A000");

      assertThat(psql(site, checks)).contains("ok      one-active-cycle-per-zone");

      contract(site);
      assertThat(
              number(
                  site,
                  "SELECT count(*) FROM public.commands WHERE cmd_id LIKE 'cmd-%' AND priority ="
                      + " 5"))
          .isEqualTo(commands);
      theModelHolds(site);
      // The column that no file names is this test's own.
      run(site, "ALTER TABLE public.commands DROP COLUMN priority");
      site.planShowsNoDifference(runbook);
      partitionsAndRetentionNeedNoRubicon(site);
      assertThat(worker.url()).isEmpty();
    }
  }

  private static void thePlanListsOffendersFirst(TestSite site, Path runbook) {
    Answer plan = Answer.of(site.configFile, "plan", "--runbook", runbook.toString());
    assertThat(plan.exit()).as(plan.out() + plan.err()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    assertThat(plan.out())
        .contains(
            "2 offenders against 'one-active-cycle-per-zone'",
            "1 offender against 'one-node-per-zone'",
            "public.zone_recipe_instances goes without a successor: contract has it archived")
        .doesNotContain("STOPS");
  }

  /** What they find broken before the rollout, expand repairs. */
  private static Path theChecksForCiFailBefore(TestSite site, Path runbook) throws Exception {
    Path script = site.folder.resolve("checks.sql");
    Answer export =
        Answer.of(
            site.configFile,
            "export-checks",
            "--runbook",
            runbook.toString(),
            "--out",
            script.toString());
    assertThat(export.exit()).as(export.out() + export.err()).isZero();
    assertThat(tool(site, 3, "psql", "-X", "-f", script.toString()))
        .contains(
            "BROKEN  unique:public.nodes.nodes_zone_id_unique",
            "warning one-active-cycle-per-zone :  2 offenders");
    return script;
  }

  private static void theModelHolds(TestSite site) {
    assertThat(
            site.ask(
                DATABASE,
                """
                SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
                 WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace\
                """))
        .isEqualTo("commands telemetry_samples zone_events");
    assertThat(
            site.ask(
                DATABASE,
                """
                SELECT string_agg(table_name || '.' || column_name, ' ') FROM information_schema.columns
                 WHERE table_schema = 'public' AND table_name ~ '^telemetry' AND table_name <> 'telemetry_raw'
                   AND column_name IN ('zone_id', 'node_id', 'metric_type', 'channel')\
                """))
        .isEmpty();
    assertThat(
            number(
                site,
                """
                SELECT count(*) FROM public.grow_cycles c JOIN public.recipe_revisions r ON r.id = c.recipe_revision_id
                  LEFT JOIN public.phases p ON p.id = c.current_phase_id
                 WHERE p.recipe_revision_id IS DISTINCT FROM r.id\
                """))
        .isZero();
    // Zone 40 ran by an instance alone; the older of two active cycles was closed, and that is
    // written down.
    assertThat(
            site.ask(
                DATABASE,
                """
                SELECT string_agg(relation || ' ' || coalesce(was, '-') || ' ' || coalesce(became, '-'), ', ' ORDER BY relation, row_id)
                  FROM public.grow_cycle_repairs\
                """))
        .isEqualTo(
            "grow_cycles - RUNNING, grow_cycles.status PAUSED ABORTED, grow_cycles.status PAUSED"
                + " ABORTED, nodes.zone_id 7 -");
    assertThat(number(site, "SELECT count(*) FROM rubicon_archive.zone_recipe_instances"))
        .isGreaterThanOrEqualTo(40);
    assertThat(number(site, "SELECT count(*) FROM public.migrations WHERE batch = 5")).isEqualTo(4);
  }

  private static void partitionsAndRetentionNeedNoRubicon(TestSite site) throws Exception {
    assertThat(
            site.ask(
                DATABASE,
                """
                SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc
                 WHERE pronamespace = 'public'::regnamespace AND proname ~ 'partition|detach'\
                """))
        .as("the runbook's own section made them, and they outlive Rubicon")
        .isEqualTo(
            Stream.of("commands", "telemetry_samples", "zone_events")
                .flatMap(
                    t ->
                        Stream.of("_detach_older_than", "_detach_statements", "_ensure_partitions")
                            .map(f -> t + f))
                .collect(Collectors.joining(" ")));
    String partitions =
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'public.commands'::regclass";
    long before = number(site, partitions);
    psql(site, FOLDER.resolve("scripts/partitions.sql"), "-v", "months=6");
    assertThat(number(site, partitions)).isEqualTo(before + 3);
    assertThat(psql(site, FOLDER.resolve("scripts/partitions.sql"), "-v", "months=6"))
        .doesNotContain("commands_20");
    long rows = number(site, "SELECT count(*) FROM public.telemetry_samples");
    String detached = psql(site, FOLDER.resolve("scripts/retention.sql"), "-v", "keep=5 days");
    assertThat(detached).contains("telemetry_samples_20");
    long left = number(site, "SELECT count(*) FROM public.telemetry_samples");
    assertThat(left).isLessThan(rows).isPositive();
    String one =
        Pattern.compile("telemetry_samples_20\\d\\d_\\d\\d")
            .matcher(detached)
            .results()
            .findFirst()
            .orElseThrow()
            .group();
    assertThat(number(site, "SELECT count(*) FROM public." + one)).isPositive();
  }

  @Test
  void upDownAndUpAgainGiveTheSameSchema() throws Exception {
    try (var site = TestSite.start(TestSite.Subject.GROW, 1_000, TemporalChoice.IN_PROCESS)) {
      String found = schema(site);
      migrate(site, false);
      String up = schema(site);
      migrate(site, true);
      assertThat(schema(site)).isEqualTo(found);
      migrate(site, false);
      assertThat(schema(site)).isEqualTo(up).isNotEqualTo(found);
    }
  }

  /** In the order of their versions, each in a transaction; or all that undo them, backwards. */
  private static void migrate(TestSite site, boolean undo) throws IOException, SQLException {
    var files = new ArrayList<Path>();
    try (var all = Files.list(FOLDER.resolve("expand"))) {
      all.filter(f -> f.getFileName().toString().startsWith(undo ? "U" : "V")).forEach(files::add);
    }
    files.sort(Comparator.comparing(GrowCycleEndToEndTest::version));
    for (Path file : undo ? files.reversed() : files) {
      run(site, Files.readString(file));
    }
  }

  private static double version(Path file) {
    return Double.parseDouble(
        file.getFileName().toString().substring(1).replaceFirst("__.*", "").replace('_', '.'));
  }

  private static String schema(TestSite site) throws Exception {
    return tool(site, 0, "pg_dump", "-s")
        // Each dump has a key of its own.
        .replaceAll("(?m)^\\\\(un)?restrict .*$", "");
  }

  private static String psql(TestSite site, Path script, String... options) throws Exception {
    var arguments = new ArrayList<>(List.of("-X", "-f", script.toString()));
    arguments.addAll(List.of(options));
    return tool(site, 0, "psql", arguments.toArray(String[]::new));
  }

  private static String tool(TestSite site, int exit, String program, String... arguments)
      throws Exception {
    var server = site.stack.postgres();
    var command = new ArrayList<>(List.of(program, "-d", server.jdbcUrl(DATABASE).substring(5)));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGUSER", server.superuser());
    builder.environment().put("PGPASSWORD", server.password());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(out).isEqualTo(exit);
    return out;
  }

  private static void holds(GrowProof proof) {
    assertThat(proof.problems()).isEmpty();
    assertThat(proof.holds()).isTrue();
  }

  private static void contract(TestSite site) throws Exception {
    try (var clients = GrowClients.ofNew(site.database, 40);
        ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
      site.approve(Runbook.Gate.CONTRACT);
      site.await(
          "contract",
          LONG,
          s -> s.phase() == Phase.CONTRACT && s.state() == RolloutStatus.State.COMPLETED);
      clients.stop();
      holds(clients.prove());
    }
  }

  @Test
  void everyStepOfThePlanHasItsPlaceInTheReadme() throws Exception {
    String readme = Files.readString(FOLDER.resolve("README.md"));
    assertThat(
            Pattern.compile("(?m)^\\| \\*\\*(\\d+|Deliverable)\\..* \\| .+ \\| .+ \\|$")
                .matcher(readme)
                .results()
                .map(row -> row.group(1))
                .distinct())
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "Deliverable");
  }

  private static long number(TestSite site, String sql) {
    return Long.parseLong(site.ask(DATABASE, sql));
  }

  private static void run(TestSite site, String sql) throws SQLException {
    try (Connection connection = site.superuser(DATABASE);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
