package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A key of several columns becomes one that stands in another table, (zone, metric) a sensor's
 * number: canonical keeps what the old key was, unique, beside the number that a function looks up.
 */
@Tag("slow")
class KeysByLookupTest {
  private static Bench bench() {
    var bench =
        new Bench(
            "CREATE TABLE telemetry_last (zone_id int, metric text, value numeric, at timestamptz,"
                + " PRIMARY KEY (zone_id, metric))",
            "CREATE TABLE sensors (id int PRIMARY KEY, zone_id int NOT NULL, metric text NOT NULL,"
                + " UNIQUE (zone_id, metric))",
            "INSERT INTO sensors SELECT 1000 + z * 3 + m, z, (ARRAY['ph', 'ec', 'temp'])[m + 1]"
                + " FROM generate_series(1, 100) z, generate_series(0, 2) m",
            "INSERT INTO telemetry_last SELECT zone_id, metric, id, now() FROM sensors WHERE"
                + " metric <> 'temp'");
    bench.migration(
        "V1__last.sql",
        "CREATE FUNCTION public.sensor_of(zone int, metric text) RETURNS int LANGUAGE sql STABLE"
            + " SET search_path = pg_catalog, pg_temp AS $$SELECT s.id FROM public.sensors s"
            + " WHERE s.zone_id = $1 AND s.metric = $2$$;"
            // Clients of canonical name the sensor; what legacy's key was follows from it.
            + " CREATE FUNCTION public.telemetry_last_key() RETURNS trigger LANGUAGE plpgsql SET"
            + " search_path = pg_catalog, pg_temp AS $$BEGIN SELECT s.zone_id, s.metric INTO"
            + " NEW.zone_id, NEW.metric FROM public.sensors s WHERE s.id = NEW.sensor_id; RETURN"
            + " NEW; END$$; CREATE TABLE public.telemetry_last_next (sensor_id int PRIMARY KEY"
            + " REFERENCES public.sensors, zone_id int NOT NULL, metric text NOT NULL, value"
            + " numeric, at timestamptz, UNIQUE (zone_id, metric)); CREATE TRIGGER"
            + " telemetry_last_key BEFORE INSERT OR UPDATE OF sensor_id ON"
            + " public.telemetry_last_next FOR EACH ROW EXECUTE FUNCTION"
            + " public.telemetry_last_key();");
    bench.migration(
        "U1__last.sql",
        "DROP TABLE public.telemetry_last_next; DROP FUNCTION public.sensor_of(int, text);"
            + " DROP FUNCTION public.telemetry_last_key();");
    return bench.shadow(
        "public.telemetry_last",
        new Shadow(
            "public.telemetry_last",
            Optional.of("public.telemetry_last_next"),
            LegacyName.HIDE,
            List.of()),
        new ColumnMapping(
            "sensor_id",
            "",
            Optional.of("public.sensor_of(zone_id, metric)"),
            Map.of(),
            Optional.of("zone_id and metric say it"),
            Optional.empty(),
            true,
            Optional.empty(),
            Optional.empty()));
  }

  @Test
  void eachRowGoesToItsSensorAndBack() {
    Bench bench = bench();
    bench.install();
    bench.run("UPDATE telemetry_last SET value = 7 WHERE zone_id = 1 AND metric = 'ph'");
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
    bench.run(
        "INSERT INTO telemetry_last VALUES (2, 'temp', 5, now())",
        "DELETE FROM telemetry_last WHERE zone_id = 3 AND metric = 'ec'",
        "INSERT INTO telemetry_last VALUES (4, 'ph', 9, now()) ON CONFLICT (zone_id, metric) DO"
            + " UPDATE SET value = excluded.value");
    assertThat(
            bench.rows(
                "SELECT sensor_id, value FROM telemetry_last_next WHERE sensor_id IN (1003, 1008,"
                    + " 1010, 1012) ORDER BY 1"))
        .containsExactly("1003|7", "1008|5", "1012|9");
    // A row whose sensor is not there has no place in canonical.
    assertThatThrownBy(() -> bench.run("INSERT INTO telemetry_last VALUES (777, 'ph', 1, now())"))
        .hasMessageContaining("sensor_id");
    bench.verify();
    bench.cutover();
    bench.run(
        "UPDATE telemetry_last SET value = 11 WHERE sensor_id = 1003",
        "INSERT INTO telemetry_last (sensor_id, value) VALUES (1011, 12)",
        "DELETE FROM telemetry_last WHERE sensor_id = 1012");
    bench.rollback();
    assertThat(
            bench.rows(
                "SELECT zone_id, metric, value FROM telemetry_last WHERE zone_id IN (1, 3, 4) AND"
                    + " metric IN ('ph', 'temp') ORDER BY 1, 2"))
        .containsExactly("1|ph|11", "3|ph|1009", "3|temp|12");
  }
}
