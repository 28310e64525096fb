package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client's temporary objects and search path do not change what our functions mean. */
class ClientsOwnNamesTest {
  @Test
  void temporaryObjectsNamedAsTypesShadowNone() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id bigint, p int, legacy text, n int, PRIMARY KEY (id, p))"
                    + " PARTITION BY LIST (p)",
                "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)",
                "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2)",
                "CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW;"
                    + " END $$",
                "CREATE TRIGGER same BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION"
                    + " same()",
                "INSERT INTO t SELECT g, 1, 'v' || g, g FROM generate_series(1, 5) g")
            .transition("public.t", map("c", "text", "trim(legacy)", Map.of("legacy", "upper(c)")));
    bench.install();
    String[] writes = {
      "CREATE TEMP TABLE record (a int)",
      "CREATE TEMP TABLE text (a int)",
      "CREATE TEMP TABLE int8 (a int)",
      "CREATE TEMP TABLE bool (a int)",
      "SET search_path = ''",
      "INSERT INTO public.t (id, p, c) VALUES (10, 1, 'New')",
      "UPDATE public.t SET c = 'Mixed' WHERE id = 1",
      "UPDATE public.t SET c = 'Moved', p = 2 WHERE id = 2",
      "UPDATE public.t SET legacy = 'old' WHERE id = 3",
      "BEGIN; UPDATE public.t SET c = DEFAULT WHERE id = 5; COMMIT",
    };
    bench.run(writes);
    assertThat(bench.rows("SELECT id, p, legacy, c FROM t ORDER BY id"))
        .containsExactly(
            "1|1|MIXED|Mixed",
            "2|2|MOVED|Moved",
            "3|1|old|old",
            "4|1|v4|~",
            "5|1|v5|v5",
            "10|1|NEW|New");
    bench.backfill();
    bench.verify();
    bench.cutover();
    bench.run(
        "CREATE TEMP TABLE record (a int)",
        "CREATE TEMP TABLE text (a int)",
        "SET search_path = ''",
        "UPDATE public.t SET legacy = 'ONE', c = 'One' WHERE id = 1",
        "UPDATE public.t SET legacy = 'x', c = 'Two' WHERE id = 2",
        "UPDATE public.t SET legacy = 'three' WHERE id = 3");
    assertThat(bench.rows("SELECT legacy, c FROM t WHERE id < 4 ORDER BY id"))
        .containsExactly("ONE|One", "TWO|Two", "three|three");
  }

  /** Each would stop the statement, if it ran. */
  private static final String OPERATORS =
      """
      DO $do$
      DECLARE t text; o text;
      BEGIN
        CREATE SCHEMA evil;
        FOREACH t IN ARRAY ARRAY['pg_catalog.text', 'pg_catalog.int8', 'pg_catalog.int4',
                                 'pg_catalog.date', 'pg_catalog.oid', 'pg_catalog.name'] LOOP
          FOREACH o IN ARRAY ARRAY['=', '<>', '<', '>', '~~', '!~~', '*<>', '*='] LOOP
            EXECUTE format('CREATE OR REPLACE FUNCTION evil.yes(%1$s, %1$s) RETURNS boolean LANGUAGE plpgsql AS '
              '$f$ BEGIN RAISE EXCEPTION ''evil''; END $f$', t);
            EXECUTE format('CREATE OPERATOR evil.%s (leftarg = %2$s, rightarg = %2$s, function = evil.yes)', o, t);
          END LOOP;
          FOREACH o IN ARRAY ARRAY['||', '&', '|', '+', '-', '/', '%'] LOOP
            EXECUTE format('CREATE OR REPLACE FUNCTION evil.same(%1$s, %1$s) RETURNS %1$s LANGUAGE plpgsql AS '
              '$f$ BEGIN RAISE EXCEPTION ''evil''; END $f$', t);
            EXECUTE format('CREATE OPERATOR evil.%s (leftarg = %2$s, rightarg = %2$s, function = evil.same)', o, t);
          END LOOP;
          EXECUTE format('CREATE OR REPLACE FUNCTION evil.one(%1$s) RETURNS %1$s LANGUAGE plpgsql AS '
            '$f$ BEGIN RAISE EXCEPTION ''evil''; END $f$', t);
          EXECUTE format('CREATE OPERATOR evil.~ (rightarg = %1$s, function = evil.one)', t);
        END LOOP;
        FOREACH o IN ARRAY ARRAY['=', '<>', '<', '>'] LOOP
          CREATE OR REPLACE FUNCTION evil.yes(bigint, int) RETURNS boolean LANGUAGE plpgsql AS
            $f$ BEGIN RAISE EXCEPTION 'evil'; END $f$;
          EXECUTE format('CREATE OPERATOR evil.%s (leftarg = bigint, rightarg = int, function = evil.yes)', o);
        END LOOP;
        CREATE FUNCTION evil.chr(int) RETURNS text LANGUAGE plpgsql AS
          $f$ BEGIN RAISE EXCEPTION 'evil'; END $f$;
      END $do$
      """;

  private static final String EVIL_FIRST = "SET search_path = evil, pg_catalog";

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noOperatorOfAClientRunsInsideTheFunctions(boolean everything) {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id bigint, p int, legacy text DEFAULT 'd', n int, PRIMARY KEY (id,"
                    + " p))"
                    + (everything ? " PARTITION BY LIST (p)" : ""),
                everything ? "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)" : "SELECT 1",
                everything ? "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2)" : "SELECT 1",
                "CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW;"
                    + " END $$",
                everything
                    ? "CREATE TRIGGER same BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE"
                        + " FUNCTION same()"
                    : "SELECT 1",
                "INSERT INTO t SELECT g, 1, 'v' || g, g FROM generate_series(1, 6) g")
            .transition(
                "public.t",
                map("c", "text", "trim(legacy)", Map.of("legacy", "upper(c)")),
                map("m", "int", "n", Map.of("n", "m")));
    bench.install();
    String[] writes = {
      OPERATORS,
      EVIL_FIRST,
      "INSERT INTO public.t (id, p, c) VALUES (10, 1, 'New'), (11, 1, 'Two')",
      "INSERT INTO public.t (id, p, legacy, n) VALUES (12, 1, 'Old', 3)",
      "INSERT INTO public.t SELECT 13, 1, r.legacy, r.n, r.c, r.m, r._rubicon FROM public.t r"
          + " WHERE id OPERATOR(pg_catalog.=) 1",
      "UPDATE public.t SET c = 'Mixed' WHERE id OPERATOR(pg_catalog.=) 1",
      "UPDATE public.t SET c = NULL, m = 7 WHERE id OPERATOR(pg_catalog.=) 6",
      "UPDATE public.t SET legacy = 'old' WHERE id OPERATOR(pg_catalog.=) 3",
      "BEGIN",
      "UPDATE public.t SET c = DEFAULT, n = 8 WHERE id OPERATOR(pg_catalog.=) 5",
      "UPDATE public.t SET legacy = DEFAULT WHERE id OPERATOR(pg_catalog.=) 5",
      "COMMIT",
    };
    bench.run(writes);
    if (everything) {
      bench.run(
          EVIL_FIRST, "UPDATE public.t SET c = 'Moved', p = 2 WHERE id OPERATOR(pg_catalog.=) 2");
    }
    bench.backfill();
    bench.verify();
    bench.cutover();
    bench.run(
        EVIL_FIRST,
        "UPDATE public.t SET legacy = 'x', c = 'Two' WHERE id OPERATOR(pg_catalog.=) 4",
        "UPDATE public.t SET legacy = 'three' WHERE id OPERATOR(pg_catalog.=) 3",
        "INSERT INTO public.t (id, p, legacy, c) VALUES (14, 1, 'Y', 'y'), (15, 1, 'n', 'y')");
    assertThat(
            bench.rows("SELECT id, legacy, c FROM t WHERE id IN (1, 3, 4, 10, 14, 15) ORDER BY 1"))
        .containsExactly(
            "1|MIXED|Mixed", "3|three|three", "4|TWO|Two", "10|NEW|New", "14|Y|y", "15|Y|y");
  }

  /** These run with Rubicon's rights. */
  @Test
  void noOperatorOfAClientRunsInsideTheFunctionsOfAPartitionedShadow() {
    String table =
        "CREATE TABLE %1$s (id bigint, p int, %2$s text, PRIMARY KEY (id, p)) PARTITION BY LIST"
            + " (p);CREATE TABLE %1$s_1 PARTITION OF %1$s FOR VALUES IN (1);CREATE TABLE %1$s_2"
            + " PARTITION OF %1$s FOR VALUES IN (2);";
    Bench bench =
        new Bench(
                table.formatted("t", "v"),
                "INSERT INTO t SELECT g, 1, 'v' || g FROM generate_series(1, 9) g")
            .migration("V1__u.sql", table.formatted("u", "w"))
            .migration("U1__u.sql", "DROP TABLE u;")
            .shadow(
                "public.t",
                new Shadow("public.u", Optional.empty(), LegacyName.VIEW, List.of()),
                map("w", "", "upper(v)", Map.of("v", "lower(w)")));
    bench.toVerified();
    bench.run(OPERATORS);
    String[] writes = {
      EVIL_FIRST,
      "INSERT INTO public.%s VALUES (%d1, 1, 'a')",
      "UPDATE public.%s SET p = 2, id = %d2 WHERE id OPERATOR(pg_catalog.=) %1$d1",
      "UPDATE public.%s SET p = 1 WHERE id OPERATOR(pg_catalog.=) %d2",
      "DELETE FROM public.%s WHERE id OPERATOR(pg_catalog.=) %d",
      "TRUNCATE public.%s_2",
      "BEGIN ISOLATION LEVEL REPEATABLE READ",
      "UPDATE public.%s SET id = %d3 WHERE id OPERATOR(pg_catalog.=) %1$d2",
      "DELETE FROM public.%s WHERE id OPERATOR(pg_catalog.=) 9",
      "COMMIT",
    };
    for (String side : List.of("t", "u")) {
      int mine = side.equals("t") ? 3 : 4;
      bench.run(
          Arrays.stream(writes)
              .map(sql -> sql.replace("%s", side).replaceAll("%(1\\$)?d", Integer.toString(mine)))
              .toArray(String[]::new));
    }
    assertThat(bench.rows("SELECT id, p, v FROM t ORDER BY 1"))
        .containsExactly(
            "1|1|v1", "2|1|v2", "5|1|v5", "6|1|v6", "7|1|v7", "8|1|v8", "33|1|a", "43|1|a");
    bench.verify();
    bench.cutover();
    bench.run(
        EVIL_FIRST,
        "UPDATE public.t SET v = 'view' WHERE id OPERATOR(pg_catalog.=) 1",
        "TRUNCATE public.u");
    assertThat(bench.rows("SELECT id FROM t")).isEmpty();
  }

  @Test
  void aTypeOfTheOwnersNeedsNoSearchPathOfTheClients() {
    Bench bench =
        new Bench(
                "CREATE TYPE mood AS ENUM ('sad', 'glad')",
                "CREATE TABLE t (id bigint PRIMARY KEY, legacy text DEFAULT 'sad')",
                "INSERT INTO t VALUES (1, 'glad')")
            .transition("public.t", map("c", "mood", "legacy::mood", Map.of("legacy", "c::text")));
    bench.toVerified();
    bench.cutover();
    bench.run(
        "SET search_path = ''",
        "UPDATE public.t SET legacy = 'sad', c = 'sad' WHERE id = 1",
        "INSERT INTO public.t (id, legacy, c) VALUES (2, 'sad', 'glad')");
    assertThat(bench.rows("SELECT legacy, c FROM t ORDER BY id"))
        .containsExactly("sad|sad", "glad|glad");
  }
}
