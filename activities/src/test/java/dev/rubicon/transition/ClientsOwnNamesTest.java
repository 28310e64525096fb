package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** In place, a client's temporary objects and search path do not change what our functions mean. */
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
