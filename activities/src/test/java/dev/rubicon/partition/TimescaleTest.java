package dev.rubicon.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.bundle.RunbookText;
import dev.rubicon.runbook.Partitions.TimeSeries;
import dev.rubicon.stack.suite.Turn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the runbook plant-schema does where TimescaleDB is, on TimescaleDB: its migrations, its
 * invariant, its undo. PostgreSQL 17 in a process of node's ({@code .ci/tools} installs it, by the
 * hash in its lock file); where it is not, this is listed as not run.
 */
@Turn(4)
@Tag("slow")
@Timeout(300)
class TimescaleTest {
  @TempDir Path folder;

  private List<JsonNode> run(List<String> steps) throws Exception {
    String installed = System.getenv("RUBICON_TIMESCALE");
    assumeTrue(installed != null, "not run: TimescaleDB is not installed (RUBICON_TIMESCALE)");
    var json = new ObjectMapper();
    Path file = Files.writeString(folder.resolve("steps.json"), json.writeValueAsString(steps));
    Process node =
        new ProcessBuilder("node", Path.of(installed, "run.mjs").toString(), file.toString())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    String out = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor()).as(Files.readString(folder.resolve("errors"))).isZero();
    var answers = new ArrayList<JsonNode>();
    json.readTree(out).forEach(answers::add);
    assertThat(answers).hasSameSizeAs(steps);
    return answers;
  }

  private static String text(Map<String, byte[]> migrations, String name) {
    return new String(migrations.get(name), StandardCharsets.UTF_8);
  }

  /** One migration, the three forms, and what {@code auto} asks for. */
  @Test
  void eachFormOfTimeseries() throws Exception {
    var steps = new ArrayList<String>();
    steps.add(TimeSeriesTest.CREATED);
    steps.add(TimeSeriesTest.INSTALLED);
    for (TimeSeries form :
        List.of(TimeSeries.HYPERTABLE, TimeSeries.PARTITIONS, TimeSeries.PLAIN)) {
      steps.add("SET rubicon.timeseries = '" + form.name().toLowerCase(Locale.ROOT) + "'");
      steps.add(TimeSeriesTest.READINGS);
      steps.add(
          "INSERT INTO public.readings SELECT now() - i * interval '1 day', 1, i"
              + " FROM generate_series(1, 30) i");
      steps.add(
          "SELECT c.relkind::text || ' ' || (SELECT count(*) FROM"
              + " timescaledb_information.hypertables) || ' ' || (SELECT count(*) FROM"
              + " public.readings) AS is FROM pg_class c WHERE oid = 'public.readings'::regclass");
      steps.add("DROP TABLE public.readings");
    }
    steps.add(TimeSeriesTest.CREATED);
    List<JsonNode> answers = run(steps);
    assertThat(answers.getFirst().toString()).contains("false");
    assertThat(answers.get(1).toString()).contains("true");
    assertThat(answers.get(5).toString()).contains("r 1 30");
    assertThat(answers.get(10).toString()).contains("p 0 30");
    assertThat(answers.get(15).toString()).contains("r 0 30");
    assertThat(answers.getLast().toString()).contains("true");
  }

  @Test
  void theHypertableBranchOfPlantSchema() throws Exception {
    Bundle bundle = RunbookReader.read(Path.of("../runbooks/plant-schema"));
    Map<String, byte[]> migrations = bundle.migrations();
    var steps = new ArrayList<String>();
    steps.add("CREATE EXTENSION timescaledb");
    for (String name :
        List.of(
            "V001__create_plants.sql", "V002__create_devices.sql", "V003__create_telemetry.sql")) {
      steps.add(text(migrations, name));
    }
    int invariants = steps.size();
    bundle.runbook().verify().invariants().forEach(invariant -> steps.add(invariant.sql()));
    int after = steps.size();
    steps.add(
        "SELECT hypertable_name FROM timescaledb_information.hypertables UNION ALL SELECT indexname"
            + " FROM pg_indexes WHERE tablename = 'telemetry' ORDER BY 1");
    steps.add(
        "INSERT INTO devices (id, mqtt_password_hash) VALUES ('d', 'x');"
            + " INSERT INTO telemetry (time, device_id)"
            + " SELECT now() - i * interval '1 day', 'd' FROM generate_series(1, 30) i");
    steps.add(
        "SELECT count(*) > 1, (SELECT count(*)::int FROM telemetry)"
            + " FROM timescaledb_information.chunks");
    steps.add("INSERT INTO telemetry (time, device_id) VALUES (now(), 'nobody')");
    steps.add(text(migrations, "U003__create_telemetry.sql"));
    steps.add("SELECT count(*)::int FROM timescaledb_information.hypertables");

    List<JsonNode> answers = run(steps);

    for (int i = 0; i < answers.size(); i++) {
      boolean refused = i == after + 3;
      assertThat(answers.get(i).path("state").asText())
          .as(steps.get(i) + ": " + answers.get(i))
          .isEqualTo(refused ? "23503" : "");
    }
    assertThat(after).as("the runbook asks whether it is a hypertable").isGreaterThan(invariants);
    for (int i = invariants; i < after; i++) {
      assertThat(answers.get(i).path("rows")).isEmpty();
    }
    assertThat(answers.get(after).path("rows").toString())
        .isEqualTo(
            "[[\"idx_telemetry_device_time\"],[\"idx_telemetry_plant_time\"],[\"telemetry\"]]");
    assertThat(answers.get(after + 2).path("rows").toString()).isEqualTo("[[true,30]]");
    assertThat(answers.getLast().path("rows").toString()).isEqualTo("[[0]]");
  }

  /** A table that stays PostgreSQL's own, beside the extension. */
  @Test
  void partitionsByFunctionsBesideTheExtension() throws Exception {
    String functions =
        PartitionFunctions.createOrReplace(
            RunbookText.read(
                    "backup: {external: none}\nclone: {none: test}\npartitions: [{relation:"
                        + " public.events, every: month, keep: 1 month}]\n",
                    Map.of())
                .partitions());
    List<JsonNode> answers =
        run(
            List.of(
                "CREATE EXTENSION timescaledb",
                "CREATE TABLE public.events (id bigint GENERATED ALWAYS AS IDENTITY, at date)"
                    + " PARTITION BY RANGE (at)",
                functions,
                "SELECT public.events_ensure_partitions('2026-01-15', '1 month')",
                "SELECT public.events_detach_older_than('1 month', '2026-03-01')"));
    assertThat(answers.get(2).path("message").asText()).isEmpty();
    assertThat(answers.get(3).path("rows").toString())
        .isEqualTo("[[\"public.events_2026_01\"],[\"public.events_2026_02\"]]");
    assertThat(answers.get(4).path("rows").toString()).isEqualTo("[[\"public.events_2026_01\"]]");
  }
}
