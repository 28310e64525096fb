package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Anybody may put a trigger on a table of theirs that calls a function of the engine's, which has
 * Rubicon's rights; and may have triggers of theirs wait for the end of a transaction.
 */
@Turn
class ForeignTriggersTest {
  private static final String STRANGER =
      "DO $$ BEGIN CREATE ROLE stranger; EXCEPTION WHEN duplicate_object THEN NULL; END $$";

  /** As a row of the relation that waits to be deleted. */
  private static final String FORGED = "{1,maybe,5,\"(5,v5)\"}";

  private static Bench bench(String partitions) {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, v text)" + partitions,
                partitions.isEmpty()
                    ? "SELECT"
                    : "CREATE TABLE t_all PARTITION OF t FOR VALUES FROM (0) TO (1000)",
                "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 9) g",
                STRANGER)
            .migration("V1__next.sql", "CREATE TABLE u (id int PRIMARY KEY, w text)")
            .migration("U1__next.sql", "DROP TABLE u")
            .shadow(
                "public.t",
                new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
                Bench.map("w", "", "v", Map.of("v", "w")));
    bench.toVerified();
    return bench;
  }

  private static List<String> functions(Bench bench) {
    return bench.rows(
        "SELECT p.oid::regproc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            + " WHERE n.nspname = 'rubicon' AND p.prosecdef AND p.prorettype = 'trigger'::regtype"
            + " ORDER BY 1");
  }

  private static void attack(Bench bench) {
    List<String> before = bench.rows("TABLE t UNION ALL TABLE u ORDER BY 1, 2");
    List<String> functions = functions(bench);
    assertThat(functions).hasSizeGreaterThan(3);
    for (String function : functions) {
      for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
        attempt(bench, function, event + " ON mine FOR EACH ROW");
      }
      attempt(bench, function, "TRUNCATE ON mine FOR EACH STATEMENT");
    }
    assertThat(bench.rows("TABLE t UNION ALL TABLE u ORDER BY 1, 2")).isEqualTo(before);
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** It fails or does nothing. */
  private static void attempt(Bench bench, String function, String on) {
    try {
      bench.run(
          "SET ROLE stranger",
          "CREATE TEMP TABLE mine (id int, v text, w text)",
          "INSERT INTO mine VALUES (1, 'x', 'x')",
          "CREATE TRIGGER a AFTER " + on + " EXECUTE FUNCTION " + function + "()",
          "INSERT INTO mine VALUES (2, 'y', 'y')",
          "UPDATE mine SET v = 'z', w = 'z'",
          "DELETE FROM mine",
          "TRUNCATE mine");
    } catch (IllegalStateException refused) {
      assertThat(refused).rootCause().isInstanceOf(java.sql.SQLException.class);
    }
  }

  @Test
  void aTriggerOnATableOfTheirsWritesNothing() {
    attack(bench(""));
  }

  @Test
  void norWhereARelationIsPartitioned() {
    attack(bench(" PARTITION BY RANGE (id)"));
  }

  @Test
  void aDeleteThatWaitsIsNobodysToCarryOut() {
    Bench bench = bench(" PARTITION BY RANGE (id)");
    String carry =
        bench.one(
            "SELECT p.oid::regproc FROM pg_proc p WHERE p.proname LIKE '%carry_out_delete_up'");
    assertThatThrownBy(() -> bench.run("SET ROLE stranger", "SELECT " + carry + "(1)"))
        .rootCause()
        .hasMessageContaining("permission denied for function");
  }

  /** Transitions in place need PUBLIC to run what is theirs, and nothing of a shadow's. */
  @Test
  void norOnceATransitionInPlaceIsInstalledToo() {
    Bench bench =
        new Bench(
                "CREATE TABLE a (id int PRIMARY KEY, v text)",
                "CREATE TABLE z (id int PRIMARY KEY, v text)",
                "CREATE TABLE t (id serial PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE t_all PARTITION OF t FOR VALUES FROM (0) TO (1000)",
                STRANGER,
                "GRANT ALL ON a, z TO stranger",
                "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
            .migration("V1__next.sql", "CREATE TABLE u (id serial PRIMARY KEY, w text)")
            .migration("U1__next.sql", "DROP TABLE u")
            .transition("public.a", Bench.map("w", "text", "upper(v)", Map.of("v", "lower(w)")))
            .shadow(
                "public.t",
                new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
                Bench.map("w", "", "v", Map.of("v", "w")))
            .transition("public.z", Bench.map("w", "text", "upper(v)", Map.of("v", "lower(w)")));
    bench.install();
    assertThat(
            bench.rows(
                "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'rubicon'::regnamespace"
                    + " AND p.proname ~ 'carry_out|next_number'"
                    + " AND has_function_privilege('stranger', p.oid, 'EXECUTE')"))
        .singleElement()
        .asString()
        .as("what numbers canonical's rows, and nothing that carries out writes")
        .endsWith("next_number");
    bench.run(
        "SET ROLE stranger", "INSERT INTO a VALUES (1, 'x')", "INSERT INTO z VALUES (1, 'x')");
    assertThat(bench.rows("SELECT w FROM a UNION ALL SELECT w FROM z")).containsExactly("X", "X");
  }

  /** An owner's GRANT ON ALL FUNCTIONS, and settings that anybody may forge. */
  @Test
  void whoMayCallEveryFunctionStillWritesNothing() {
    Bench bench = bench(" PARTITION BY RANGE (id)");
    bench.cutover();
    List<String> before = bench.rows("TABLE t UNION ALL TABLE u ORDER BY 1, 2");
    bench.run("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA rubicon TO stranger");
    String plan =
        bench.one(
            "SELECT replace(proname, '_carry_out_delete_up', '') FROM pg_proc"
                + " WHERE proname LIKE '%carry_out_delete_up'");
    List<String> calls =
        bench.rows(
            """
            SELECT format('SELECT rubicon.%I(%s)', p.proname,
                     (SELECT string_agg(format('%L::%s', CASE a.t WHEN 'text'::regtype THEN 'public.t'
                        WHEN 'bigint[]'::regtype THEN '{1}' ELSE '1' END, a.t::regtype), ', ' ORDER BY a.n)
                      FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n)))
            FROM pg_proc p WHERE p.pronamespace = 'rubicon'::regnamespace
              AND p.prorettype <> 'trigger'::regtype ORDER BY 1
            """);
    assertThat(calls)
        .anyMatch(c -> c.contains("carry_out"))
        .anyMatch(c -> c.contains("note_legacy"));
    String settings =
        bench
            .rows(
                "SELECT DISTINCT m[1] FROM pg_proc p, regexp_matches(prosrc,"
                    + " '''(rubicon\\.[a-z_0-9]+)''', 'g') m WHERE p.pronamespace ="
                    + " 'rubicon'::regnamespace")
            .stream()
            .map(s -> "SELECT set_config('%s', '%s', false)".formatted(s, FORGED))
            .collect(java.util.stream.Collectors.joining("; "));
    assertThat(settings).contains("guard_key");
    assertThat(plan).isNotEmpty();
    for (String call : calls) {
      try {
        bench.run("SET ROLE stranger", settings, call);
      } catch (IllegalStateException refused) {
        assertThat(refused).rootCause().isInstanceOf(java.sql.SQLException.class);
      }
    }
    assertThat(bench.rows("TABLE t UNION ALL TABLE u ORDER BY 1, 2")).isEqualTo(before);
    assertThat(bench.one("SELECT count(*) FROM rubicon.legacy_write"))
        .as("contract is nobody's to hold up")
        .isEqualTo("0");
  }

  /** What waits is checked with the rights of who has written it. */
  @Test
  void whatWaitsForTheEndHasTheClientsRights() {
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY, boss int REFERENCES emp, name text)",
                STRANGER,
                "GRANT ALL ON emp TO stranger",
                "GRANT CREATE ON SCHEMA public TO stranger",
                "CREATE TABLE seen (who text)",
                "GRANT ALL ON seen TO stranger")
            .migration(
                "V1__n.sql", "CREATE TABLE emp_next (id int PRIMARY KEY, boss int, name text)")
            .migration("U1__n.sql", "DROP TABLE emp_next")
            .shadow(
                "public.emp",
                new Shadow(
                    "public.emp_next",
                    Optional.empty(),
                    LegacyName.KEEP,
                    List.of(
                        new dev.rubicon.runbook.ForeignKey(
                            "emp_next_boss",
                            "FOREIGN KEY (boss) REFERENCES public.emp_next (id)"))));
    bench.toVerified();
    bench.run(
        "SET ROLE stranger",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION who() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO seen VALUES (current_user); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER emp_next_boss AFTER INSERT ON mine"
            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION who()",
        "BEGIN; INSERT INTO mine VALUES (1); INSERT INTO emp VALUES (1, 2, 'c'), (2, NULL, 'p');"
            + " TRUNCATE emp; COMMIT");
    assertThat(bench.rows("SELECT DISTINCT who FROM seen")).containsExactly("stranger");
  }
}
