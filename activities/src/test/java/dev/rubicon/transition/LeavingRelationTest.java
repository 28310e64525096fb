package dev.rubicon.transition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.leaving.LeavingUse;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A relation that goes without a successor: {@code contract.legacy-relations}. */
@Turn
class LeavingRelationTest {
  private static final String RUNS_ALONE =
      "SELECT id FROM instances i WHERE NOT EXISTS (SELECT FROM cycles c WHERE c.zone = i.zone)";

  /** A key, a view and a number of other tables' hang on it; contract's SQL takes them away. */
  private static Bench bench(LegacyColumn.Action action, LegacyRelation.Reads reads) {
    Bench bench =
        new Bench(
            "CREATE TABLE zones (id int PRIMARY KEY)",
            "INSERT INTO zones VALUES (1), (2)",
            "CREATE TABLE instances (id serial PRIMARY KEY, zone int REFERENCES zones (id))",
            "INSERT INTO instances (zone) VALUES (1), (2)",
            "CREATE TABLE cycles (id int PRIMARY KEY DEFAULT nextval('instances_id_seq'), zone int,"
                + " instance int CONSTRAINT cycles_instance REFERENCES instances (id))",
            "INSERT INTO cycles (zone, instance) VALUES (1, 1)",
            "CREATE VIEW running AS SELECT zone FROM instances");
    bench.legacy(
        new LegacyRelation(
            "public.instances",
            action,
            Optional.empty(),
            List.of(new Runbook.Invariant("no-zone-runs-by-it-alone", RUNS_ALONE)),
            reads));
    return bench;
  }

  private static Bench cleared(LegacyColumn.Action action, LegacyRelation.Reads reads) {
    return bench(action, reads)
        .contractSql(
            "contract/instances.sql",
            "DROP VIEW running; ALTER TABLE cycles DROP COLUMN instance, ALTER COLUMN id DROP"
                + " DEFAULT;");
  }

  private static void crossed(Bench bench) {
    bench.toVerified();
    bench.cutover();
  }

  private static void refused(Bench bench, ErrorCode code, String... words) {
    assertThatThrownBy(bench::contract)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
              assertThat(e.getMessage()).contains(words);
            });
    // Not a count of its rows: that would be a reader.
    assertThat(bench.one("SELECT to_regclass('instances')")).isEqualTo("instances");
  }

  @ParameterizedTest
  @EnumSource(
      value = LegacyColumn.Action.class,
      names = {"DROP", "ARCHIVE"})
  void itGoesOnceItsRowsAreAccountedFor(LegacyColumn.Action action) {
    Bench bench = cleared(action, LegacyRelation.Reads.NOTE);
    crossed(bench);
    refused(
        bench,
        ErrorCode.CONTRACT_NOT_DUE,
        "public.instances: no-zone-runs-by-it-alone=1",
        "goes without a successor");
    bench.run("INSERT INTO cycles (zone) VALUES (2)");
    assertThat(bench.contract().actions())
        .containsExactly("public.instances=" + action.name().toLowerCase(java.util.Locale.ROOT));
    assertThat(bench.one("SELECT to_regclass('public.instances'), to_regnamespace('rubicon')"))
        .isEqualTo("~|~");
    if (action == LegacyColumn.Action.ARCHIVE) {
      assertThat(bench.rows("SELECT id, zone FROM rubicon_archive.instances ORDER BY 1"))
          .containsExactly("1|1", "2|2");
      // Its numbers went with it; it holds no zone back, and nobody counts its writes any more.
      assertThat(bench.one("SELECT pg_get_serial_sequence('rubicon_archive.instances', 'id')"))
          .isEqualTo("rubicon_archive.instances_id_seq");
      bench.run("DELETE FROM zones WHERE id = 2", "DELETE FROM rubicon_archive.instances");
    }
  }

  @Test
  void whoWritesItStopsContractByName() throws Exception {
    Bench bench = cleared(LegacyColumn.Action.DROP, LegacyRelation.Reads.NOTE);
    bench.quietPeriod = "1h";
    bench.toVerified();
    bench.run("INSERT INTO instances (zone) VALUES (1)");
    bench.cutover();
    assertThat(bench.one("SELECT count(*) FROM rubicon.legacy_write")).isEqualTo("0");
    try (Connection old = bench.connect("old-scheduler");
        var statement = old.createStatement()) {
      for (int i = 0; i < 3; i++) {
        statement.execute("UPDATE instances SET zone = 1 WHERE id = 1");
      }
    }
    assertThat(bench.rows("SELECT relation, application_name FROM rubicon.legacy_write"))
        .containsExactly("public.instances|old-scheduler");
    refused(bench, ErrorCode.LEGACY_STILL_WRITTEN, "old-scheduler", "public.instances");
  }

  @Test
  void whoReadsItStopsContractUntilNobodyDoesForAQuietPeriod() throws Exception {
    Bench bench = cleared(LegacyColumn.Action.DROP, LegacyRelation.Reads.STOP);
    bench.quietPeriod = "3s";
    bench.run("INSERT INTO cycles (zone) VALUES (2)");
    crossed(bench);
    String since = "SELECT since FROM rubicon.leaving_read";
    String scans = "SELECT pg_stat_get_numscans('instances'::regclass)";
    String before = bench.one(scans);
    try (Connection report = bench.connect("weekly-report");
        var statement = report.createStatement()) {
      statement.execute("SELECT * FROM running");
    }
    String crossed = bench.one(since);
    Bench.until(() -> !bench.one(scans).equals(before));
    Bench.until(() -> old(bench));
    refused(bench, ErrorCode.LEGACY_STILL_READ, "public.instances (", "scans since");
    assertThat(bench.evidence.get(Phase.CONTRACT, LeavingUse.LEAVING_READS).getFirst().scans())
        .isPositive();
    assertThat(bench.one(since)).isNotEqualTo(crossed);
    assertThatThrownBy(bench::contract).hasMessageContaining("less than the quiet period");
    Bench.until(() -> old(bench));
    assertThat(bench.contract().actions()).containsExactly("public.instances=drop");
  }

  private static boolean old(Bench bench) {
    return bench
        .one("SELECT since < clock_timestamp() - interval '3 s' FROM rubicon.leaving_read")
        .equals("t");
  }

  @ParameterizedTest
  @EnumSource(
      value = LegacyColumn.Action.class,
      names = {"DROP", "ARCHIVE"})
  void whatHangsOnItIsNamedAndNothingIsTaken(LegacyColumn.Action action) {
    Bench bench = bench(action, LegacyRelation.Reads.NOTE);
    bench.run("INSERT INTO cycles (zone) VALUES (2)");
    crossed(bench);
    refused(
        bench,
        ErrorCode.TARGET_CHANGED,
        "foreign key cycles_instance of cycles",
        "view running",
        "default of cycles, which draws from instances_id_seq");
    assertThat(bench.one("SELECT count(*) FROM running")).isEqualTo("2");
    bench.run(
        "DROP VIEW running",
        "ALTER TABLE cycles DROP COLUMN instance, ALTER COLUMN id DROP DEFAULT");
    bench.contract();
    assertThat(bench.one("SELECT to_regclass('public.instances')")).isEqualTo("~");
  }

  @Test
  void theWayBackStaysOpenUntilContractAndAnAbortLeavesNoTrace() {
    Bench bench = cleared(LegacyColumn.Action.DROP, LegacyRelation.Reads.NOTE);
    String before = bench.fingerprint();
    crossed(bench);
    bench.run("INSERT INTO instances (zone) VALUES (1)");
    bench.rollback();
    assertThat(bench.one("SELECT count(*) FROM running")).isEqualTo("3");
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")).isEqualTo("0");
  }
}
