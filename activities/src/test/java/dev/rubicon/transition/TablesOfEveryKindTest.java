package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys, types, triggers and partitions that real tables have. */
@Turn
@Tag("slow")
class TablesOfEveryKindTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a int, b text, PRIMARY KEY (a, b);a, b;g % 7, g::text",
        "a text PRIMARY KEY;a;'k\"\\,{' || g",
        "a uuid PRIMARY KEY;a;gen_random_uuid()",
        "a timestamptz PRIMARY KEY;a;now() + g * interval '1 microsecond'",
        "a numeric(20,5) UNIQUE NOT NULL;a;g / 3.0",
        "a int;a;g",
      })
  void theBackfillWalksEveryKindOfKey(String definition, String columns, String values) {
    var bench =
        new Bench(
                "CREATE TABLE k (" + definition + ", old text)",
                "INSERT INTO k ("
                    + columns
                    + ", old) SELECT "
                    + values
                    + ", 'v' || g FROM generate_series(1, 3000) g")
            .transition("public.k", map("new", "text", "old", Map.of("old", "new")));
    bench.install();
    assertThat(bench.backfill().rows()).containsEntry("public.k", 3000L);
    assertThat(bench.one("SELECT count(*) FROM k WHERE new = old")).isEqualTo("3000");
    assertThat(
            bench.one(
                "SELECT sum(rows), count(*) > 1, bool_and(wal_bytes > 0 OR rows = 0) FROM"
                    + " rubicon.backfill_batch"))
        .isEqualTo("3000|t|t");
    bench.verify();
  }

  @Test
  void typesWithoutEqualityArraysEnumsAndScalesKeepTheirImage() {
    var bench =
        new Bench(
                "CREATE TYPE mood AS ENUM ('sad', 'ok')",
                """
                CREATE TABLE v (id int PRIMARY KEY, j json, n numeric, m mood, a text[], at timestamptz,
                  twice int GENERATED ALWAYS AS (id * 2) STORED)
                """,
                "INSERT INTO v VALUES (1, '{\"b\": 1, \"a\":2}', 1.0, 'sad', '{x,NULL}',"
                    + " '2020-01-01 00:00Z')")
            .transition(
                "public.v",
                map("j2", "jsonb", "j::jsonb", Map.of("j", "j2::json")),
                map("n2", "numeric(12,4)", "n * 2", Map.of("n", "n2 / 2")),
                map("m2", "mood[]", "ARRAY[m]", Map.of("m", "m2[1]")),
                map("a2", "varchar(5)[]", "a", Map.of("a", "a2")),
                map("at_text", "text", "at::text", Map.of("at", "at_text::timestamptz")));
    bench.install();
    bench.backfill();
    bench.run(
        "INSERT INTO v (id, n) VALUES (2, 1.0)",
        "UPDATE v SET n = 1.00 WHERE id = 2",
        "SET TimeZone = 'Asia/Tokyo'",
        "SET DateStyle = 'ISO, DMY'",
        "INSERT INTO v (id, j, at, m) VALUES (3, '[1]', '2021-06-01 12:00Z', 'ok')",
        "INSERT INTO v (id, n2, a2, m2) VALUES (4, 3, '{q}', '{ok}')",
        "UPDATE v SET at_text = '2022-02-02 02:02:02+00' WHERE id = 1");
    bench.verify();
    assertThat(bench.one("SELECT at_text FROM v WHERE id = 3")).isEqualTo("2021-06-01 12:00:00+00");
    assertThat(bench.one("SELECT n, a, m, twice FROM v WHERE id = 4"))
        .isEqualTo("1.5000000000000000|{q}|ok|8");
  }

  @Test
  void usersTriggersDoNotMoveUpdatedAtInTheBackfillAndSeeClientsWrites() {
    var bench =
        new Bench(
                "CREATE TABLE u (id int PRIMARY KEY, old text, updated_at timestamptz)",
                "INSERT INTO u SELECT g, 'v' || g, '2000-01-01' FROM generate_series(1, 200) g",
                """
                CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.updated_at := now(); NEW.old := trim(NEW.old); RETURN NEW; END'
                """,
                "CREATE TRIGGER bump BEFORE UPDATE OR INSERT ON u FOR EACH ROW EXECUTE FUNCTION"
                    + " bump()",
                """
                CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RETURN CASE WHEN NEW.old = ''skip'' THEN NULL ELSE NEW END; END'
                """,
                "CREATE TRIGGER a_skip BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION skip()")
            .transition("public.u", map("new", "text", "old", Map.of("old", "new")));
    bench.install();
    bench.backfill();
    assertThat(bench.one("SELECT count(*) FROM u WHERE updated_at = '2000-01-01' AND new = old"))
        .isEqualTo("200");
    bench.run(
        "INSERT INTO u (id, old) VALUES (300, '  x ')", "UPDATE u SET old = ' y ' WHERE id = 1");
    assertThat(
            bench.rows(
                "SELECT old, new, updated_at > '2001-01-01' FROM u WHERE id IN (1, 300) ORDER BY"
                    + " id"))
        .containsExactly("y|y|t", "x|x|t");
    // A row that a trigger drops leaves no flag for the next one.
    bench.run("BEGIN", "INSERT INTO u (id, old) VALUES (400, 'skip')");
    bench.run(
        "BEGIN; INSERT INTO u (id, old) VALUES (400, 'skip'); INSERT INTO u (id, old, new) VALUES"
            + " (401, 'both', NULL); COMMIT");
    assertThat(bench.one("SELECT old, new, _rubicon FROM u WHERE id = 401")).isEqualTo("both|~|5");
    bench.verify();
  }

  @Test
  void partitionedTablesMoveRowsWithTheirMarker() {
    var bench =
        new Bench(
                "CREATE TABLE pt (id int, region text, old text, PRIMARY KEY (id, region))"
                    + " PARTITION BY LIST (region)",
                "CREATE TABLE pt_a PARTITION OF pt FOR VALUES IN ('a')",
                "CREATE TABLE pt_b PARTITION OF pt FOR VALUES IN ('b')",
                "INSERT INTO pt SELECT g, CASE g % 2 WHEN 0 THEN 'a' ELSE 'b' END, 'v' || g FROM"
                    + " generate_series(1, 500) g")
            .transition("public.pt", map("new", "text", "old", Map.of("old", "new || '!'")));
    bench.install();
    bench.run(
        "UPDATE pt SET new = 'canon' WHERE id = 2", "UPDATE pt SET region = 'b' WHERE id = 2");
    bench.run("INSERT INTO pt_a (id, region, old) VALUES (900, 'a', 'direct')");
    bench.backfill();
    bench.verify();
    assertThat(bench.one("SELECT tableoid::regclass, old, new, _rubicon FROM pt WHERE id = 2"))
        .isEqualTo("pt_b|canon!|canon|3");
    assertThat(bench.one("SELECT new FROM pt WHERE id = 900")).isEqualTo("direct");
    bench.cutover();
    bench.rollback();
    bench.abort();
  }

  @Test
  void aGroupOfSeveralColumnsIsFilledBeforeOneOfThemIsWritten() {
    var bench =
        new Bench(
                "CREATE TABLE d (id int PRIMARY KEY, diagnostics jsonb)",
                "INSERT INTO d VALUES (1, '{\"counts\": {\"a\": 1}, \"gate_ok\": true}'), (2,"
                    + " '{\"counts\": {}}')")
            .transition(
                "public.d",
                map(
                    "counts",
                    "jsonb",
                    "diagnostics->'counts'",
                    Map.of(
                        "diagnostics", "jsonb_build_object('counts', counts, 'gate_ok', gate_ok)")),
                map("gate_ok", "boolean", "(diagnostics->>'gate_ok')::boolean", Map.of()));
    bench.install();
    bench.run("UPDATE d SET gate_ok = false WHERE id = 1");
    assertThat(bench.one("SELECT diagnostics, counts, gate_ok FROM d WHERE id = 1"))
        .isEqualTo("{\"counts\": {\"a\": 1}, \"gate_ok\": false}|{\"a\": 1}|f");
    bench.run("SET rubicon.side = 'canonical'", "UPDATE d SET gate_ok = NULL WHERE id = 2");
    assertThat(bench.one("SELECT diagnostics, counts, gate_ok FROM d WHERE id = 2"))
        .isEqualTo("{\"counts\": {}, \"gate_ok\": null}|{}|~");
    bench.backfill();
    bench.verify();
  }

  @Test
  void aCanonicalDefaultServesCanonicalInsertsAndLegacyOnesKeepTheirValue() {
    var bench =
        new Bench("CREATE TABLE c (id int PRIMARY KEY, old text NOT NULL, other text)")
            .transition(
                "public.c",
                with(map("new", "text", "old", Map.of("old", "new")), "'dflt'", false, null),
                map("other_new", "text", "other", Map.of("other", "other_new")));
    bench.install();
    assertThat(bench.one("INSERT INTO c (id, other_new) VALUES (1, 'x') RETURNING old, new, other"))
        .isEqualTo("dflt|dflt|x");
    assertThat(bench.one("INSERT INTO c (id, old) VALUES (2, 'v') RETURNING old, new"))
        .isEqualTo("v|v");
    bench.toVerifiedAgain();
    bench.cutover();
    assertThat(bench.one("INSERT INTO c (id, old) VALUES (3, 'legacy late') RETURNING new"))
        .isEqualTo("legacy late");
    assertThat(bench.one("INSERT INTO c (id, other_new) VALUES (4, 'x') RETURNING old, new"))
        .isEqualTo("dflt|dflt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "random()::text;old;calls random",
        "old || now();old;calls now",
        "old || current_user;old;CURRENT_USER",
        "(SELECT max(old) FROM r);old;refuses",
        "nope;old;refuses",
        "gen::text;old;generated column gen",
        "mine(old);old;calls mine",
        "old;'x';reads no canonical column",
      })
  void expressionsThatCannotBeKeptInStepAreRefusedBeforeAnythingIsTouched(
      String up, String ignored, String message) {
    String down = message.startsWith("reads no") ? "'x'" : "new";
    var bench =
        new Bench(
                "CREATE TABLE r (id int PRIMARY KEY, old text, gen int GENERATED ALWAYS AS (id)"
                    + " STORED)",
                "CREATE FUNCTION mine(t text) RETURNS text LANGUAGE sql AS 'SELECT t'")
            .transition("public.r", map("new", "text", up, Map.of("old", down)));
    assertThatThrownBy(bench::expand)
        .hasMessageContaining(message)
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
    assertThat(bench.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'rubicon'")).isEmpty();
  }

  /** Stable expressions are no generated columns, which would have told. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "date_trunc('day', at);boolean;of type boolean|to boolean",
        "to_char(at, 'YYYY');integer;of type integer",
        "to_char(at, 'YYYY');nope;nope",
      })
  void stableExpressionsOfAnotherTypeAreRefusedBeforeAnythingIsTouched(
      String up, String type, String message) {
    var bench =
        new Bench("CREATE TABLE r (id int PRIMARY KEY, old text, at timestamptz)")
            .transition("public.r", map("new", type, up, Map.of("old", "new::text")));
    assertThatThrownBy(bench::expand)
        .hasMessageContaining("public.r.new")
        .hasMessageContaining("PostgreSQL refuses it")
        .hasMessageMatching("(?s).*(" + message + ").*")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
    assertThat(bench.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'rubicon'")).isEmpty();
  }

  @Test
  void aTriggerThatWouldRunAfterOursIsRefused() {
    var bench =
        new Bench(
                "CREATE TABLE r (id int PRIMARY KEY, old text)",
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TRIGGER \"éa\" BEFORE UPDATE ON r FOR EACH ROW EXECUTE FUNCTION f()")
            .transition("public.r", map("new", "text", "old", Map.of("old", "new")));
    assertThatThrownBy(bench::expand).hasMessageContaining("éa");
  }

  @Test
  void anOrdinaryClientWithoutPrivilegesOnOurSchemaWrites() {
    var bench =
        new Bench(
                "CREATE TABLE r (id int PRIMARY KEY, old text)",
                "DROP ROLE IF EXISTS app",
                "CREATE ROLE app",
                "GRANT SELECT, INSERT, UPDATE ON r TO app")
            .transition("public.r", map("new", "text", "upper(old)", Map.of("old", "lower(new)")));
    bench.toVerified();
    bench.cutover();
    bench.run(
        "SET ROLE app",
        "SET search_path = ''",
        "INSERT INTO public.r (id, old) VALUES (1, 'a')",
        "UPDATE public.r SET new = 'B'",
        "UPDATE public.r SET old = 'c'");
    assertThat(bench.one("SELECT old, new FROM r")).isEqualTo("c|C");
    assertThat(bench.one("SELECT count(*) FROM rubicon.legacy_write")).isEqualTo("1");
  }

  @Test
  void aTableOfACompositeTypeIsRefused() {
    var bench =
        new Bench(
                "CREATE TYPE kind AS (id int, old text)",
                "CREATE TABLE k OF kind (PRIMARY KEY (id))")
            .transition("public.k", map("new", "text", "old", Map.of("old", "new")));
    assertThatThrownBy(bench::install)
        .hasMessageContaining("public.k is a table of a composite type")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~rubicon%'"))
        .isEqualTo("0");
  }

  /** PostgreSQL has no key over foreign partitions, so none can come in the middle either. */
  @Test
  void aForeignTableAsAPartitionIsRefused() {
    String[] setup = {
      "CREATE FOREIGN DATA WRAPPER away",
      "CREATE SERVER away FOREIGN DATA WRAPPER away",
      "CREATE TABLE p (id int NOT NULL, k int NOT NULL, old text) PARTITION BY LIST (k)",
      "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1)",
      "CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (id)",
      "CREATE FOREIGN TABLE \"p_far\" PARTITION OF p_2 FOR VALUES IN (3) SERVER away"
    };
    var inPlace =
        new Bench(setup).transition("public.p", map("new", "text", "old", Map.of("old", "new")));
    var shadow =
        new Bench(setup)
            .migration("V1__q.sql", "CREATE TABLE q (id int, k int, old text, PRIMARY KEY (id));")
            .migration("U1__q.sql", "DROP TABLE q;")
            .shadow(
                "public.p", new Shadow("public.q", Optional.empty(), LegacyName.KEEP, List.of()));
    for (Bench bench : List.of(inPlace, shadow)) {
      assertThatThrownBy(bench::install)
          .hasMessageContaining("public.p_far, a partition of public.p, is a foreign table")
          .asInstanceOf(InstanceOfAssertFactories.type(RubiconException.class))
          .satisfies(
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
                assertThat(e.next()).contains("DETACH PARTITION public.p_far");
              });
      assertThatThrownBy(() -> bench.run("ALTER TABLE p ADD PRIMARY KEY (id, k)"))
          .hasStackTraceContaining("foreign");
    }
    inPlace.run(
        "ALTER TABLE p_2 DETACH PARTITION p_far",
        "ALTER TABLE p ADD PRIMARY KEY (id, k)",
        "INSERT INTO p VALUES (1, 1, 'a')");
    inPlace.toVerified();
    assertThatThrownBy(
            () ->
                inPlace.run(
                    "CREATE FOREIGN TABLE p_more PARTITION OF p FOR VALUES IN (9) SERVER away"))
        .hasStackTraceContaining("cannot create foreign partition");
    assertThat(inPlace.one("SELECT new FROM p")).isEqualTo("a");
  }
}
