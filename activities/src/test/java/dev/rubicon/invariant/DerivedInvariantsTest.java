package dev.rubicon.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.RunbookText;
import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Bench;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is derived from catalogs, and how far it is asked. */
@Tag("slow")
class DerivedInvariantsTest {

  private static PgSession open(Bench bench) {
    return PgSession.open(
        bench.target(), bench.context(Phase.PREFLIGHT).tag(), SessionLimits.SHORT);
  }

  private static Runbook runbook(String yaml) {
    return RunbookText.read("backup: {external: none}\nclone: {none: test}\n" + yaml, Map.of());
  }

  /** Each that is broken, with its number. */
  private static List<String> broken(Bench target, Bench copy, Runbook runbook) {
    try (PgSession live = open(target);
        PgSession tried = open(copy)) {
      List<AskedInvariant> asked =
          new InvariantRun(live, runbook, Progress.NONE)
              .ask(DerivedInvariants.of(runbook, live, tried));
      assertThat(asked).allSatisfy(one -> assertThat(one.unasked()).isEmpty());
      return asked.stream()
          .filter(AskedInvariant::broken)
          .map(one -> one.invariant().id() + " " + one.count())
          .toList();
    }
  }

  private static int major(Bench bench) {
    return Integer.parseInt(bench.one("SHOW server_version_num")) / 10_000;
  }

  @Test
  void whatAnIndexTakesForEqualIsWhatIsCounted() {
    String table = "CREATE TABLE t (id int PRIMARY KEY, a text, b int, c int, d int)";
    String blind =
        "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic ="
            + " false)";
    var target =
        new Bench(
            table,
            blind,
            "INSERT INTO t VALUES (1, 'x', 1, 1, 5), (2, 'X', 1, NULL, 5), (3, 'y', NULL, 2, 6),"
                + " (4, 'z', NULL, 2, 5)");
    var copy = new Bench(table, blind);
    boolean nulls = major(copy) >= 15;
    copy.run(
        "CREATE UNIQUE INDEX u_plain ON t (a)",
        "CREATE UNIQUE INDEX u_blind ON t (a COLLATE blind)",
        "CREATE UNIQUE INDEX u_nulls ON t (b)",
        "CREATE UNIQUE INDEX u_two ON t (b, c)",
        "CREATE UNIQUE INDEX u_where ON t (d) INCLUDE (a) WHERE c IS NOT NULL",
        "ALTER TABLE t ADD CONSTRAINT later CHECK (d > 5) NOT VALID");
    if (nulls) {
      copy.run("CREATE UNIQUE INDEX u_nulls_equal ON t (b) NULLS NOT DISTINCT");
    }
    List<String> broken = broken(target, copy, runbook(""));
    assertThat(broken)
        .containsExactlyInAnyOrderElementsOf(
            nulls
                ? List.of(
                    "unique:public.t.u_blind 1",
                    "unique:public.t.u_nulls 1",
                    "unique:public.t.u_nulls_equal 2",
                    "unique:public.t.u_where 1")
                : List.of(
                    "unique:public.t.u_blind 1",
                    "unique:public.t.u_nulls 1",
                    "unique:public.t.u_where 1"));
    // A unique index over fewer rows is held by one over all; the other way round it is not.
    target.run("DELETE FROM t WHERE id > 1", "CREATE UNIQUE INDEX all_d ON t (d)");
    try (PgSession live = open(target);
        PgSession tried = open(copy)) {
      assertThat(DerivedInvariants.of(runbook(""), live, tried))
          .extracting(DataInvariant::id)
          .doesNotContain("unique:public.t.u_where", "primary:public.t.t_pkey")
          .contains("unique:public.t.u_plain");
    }
  }

  @Test
  void aPartitionedTableIsAskedOnceAndSeveralTablesThatAreMergedTogether() {
    String parts =
        """
        CREATE TABLE p (id int, k int%s) PARTITION BY LIST (k);
        CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);
        CREATE TABLE p_2 PARTITION OF p DEFAULT;
        """;
    String two =
        "CREATE TABLE a (id int PRIMARY KEY, n text); CREATE TABLE b (id int PRIMARY KEY, n text);";
    var target =
        new Bench(
            parts.formatted(""),
            two,
            "INSERT INTO p VALUES (1, 1), (1, 1), (NULL, 2)",
            "INSERT INTO a VALUES (1, 'x'), (2, 'y')",
            "INSERT INTO b VALUES (2, 'z'), (3, 'x')");
    var copy =
        new Bench(
            parts.formatted(", PRIMARY KEY (id, k)"),
            two,
            "CREATE TABLE ab (id int PRIMARY KEY, n text UNIQUE, of text)");
    Runbook merge =
        runbook(
            """
            transitions:
              - {relation: public.a, kind: shadow, to: public.ab, canonical-rows: of = 'a', columns: [{name: of, up: "'a'", irreversible: none}]}
              - {relation: public.b, kind: shadow, to: public.ab, canonical-rows: of = 'b', columns: [{name: of, up: "'b'", irreversible: none}]}
            """);
    assertThat(broken(target, copy, merge))
        .containsExactlyInAnyOrder(
            "not-null:public.p.id 1",
            "primary:public.p.p_pkey 1",
            "primary:public.ab.ab_pkey 1",
            "unique:public.ab.ab_n_key 1");
  }

  @Test
  void aCountEndsSomewhereAndWhatTakesTooLongLeavesTheRestAsked() {
    Runbook runbook =
        runbook(
            """
            invariants:
              - {name: many, sql: 'SELECT FROM generate_series(1, 200000)'}
              - {name: slow, sql: 'SELECT pg_sleep(60)'}
              - {name: writes, sql: "SELECT nextval('s')"}
              - {name: fine, sql: SELECT 1 WHERE false}
            """);
    var target = new Bench("CREATE SEQUENCE s");
    try (PgSession session = open(target)) {
      List<AskedInvariant> asked =
          new InvariantRun(session, runbook, Progress.NONE, Duration.ofMillis(700))
              .ask(runbook.invariants().stream().map(DataInvariant::named).toList());
      assertThat(asked)
          .extracting(one -> one.invariant().id() + ": " + one.count() + " " + one.broken())
          .containsExactly(
              "many: at least 100000 true",
              "slow: at least 0 false",
              "writes: at least 0 false",
              "fine: 0 false");
      assertThat(asked.get(1).unasked()).contains("longer than");
      assertThat(asked.get(2).unasked()).contains("read-only transaction");
    }
    assertThat(target.one("SELECT is_called FROM s")).isEqualTo("f");
  }
}
