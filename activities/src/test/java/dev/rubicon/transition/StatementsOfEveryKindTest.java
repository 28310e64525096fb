package dev.rubicon.transition;

import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client's statement answers as it does without a rollout ({@link SameAnswers}). */
@Turn
@Tag("slow")
class StatementsOfEveryKindTest {
  private static final String ROWS =
      " SELECT r * 100 + g, r * 100 + g, 'v' || g, 1.50, -0.0, 'infinity', 'ab', '{\"a\": 1.0}',"
          + " '{[1,3),[5,7)}', '{1,2}', ARRAY[(1,'x')::comp]"
          + " FROM generate_series(1, 5) r, generate_series(1, 30) g";

  private static final List<String> COLUMNS =
      List.of(
          "v text",
          "n numeric",
          "f float8",
          "tz timestamptz",
          "ch char(10)",
          "j jsonb",
          "mr int4multirange",
          "d dom",
          "cp comp[]");

  private static final List<String> STATEMENTS =
      List.of(
          "MERGE INTO t@ x USING (VALUES (#01, 'm'), (#90, 'new'), (#02, 'del')) s (id, v) ON x.id"
              + " = s.id WHEN MATCHED AND s.v = 'del' THEN DELETE WHEN MATCHED THEN UPDATE SET v^ ="
              + " s.v WHEN NOT MATCHED THEN INSERT (id, v^) VALUES (s.id, s.v)",
          "INSERT INTO t@ (id, k, v^) VALUES (#03, 9, 'c'), (#91, #91, 'd')"
              + " ON CONFLICT (id) DO UPDATE SET v^ = excluded.v^ || t@.v^ RETURNING id",
          "INSERT INTO t@ (id, k, v^) VALUES (#03, 9, 'c'), (#92, #92, 'd') ON CONFLICT (id) DO"
              + " NOTHING",
          "BEGIN; UPDATE t@ SET v^ = 's0' WHERE id = #04; SAVEPOINT a; UPDATE t@ SET v^ = 's1', n^"
              + " = 2 WHERE id = #04; DELETE FROM t@ WHERE id = #05; INSERT INTO t@ (id, v^) VALUES"
              + " (#93, 's'); ROLLBACK TO a; INSERT INTO t@ (id, v^) VALUES (#93, 's2'); UPDATE t@"
              + " SET id = #94 WHERE id = #93; SAVEPOINT b; DELETE FROM t@ WHERE id = #94; ROLLBACK"
              + " TO b; COMMIT",
          "DO $x$ BEGIN BEGIN UPDATE t@ SET v^ = 'e' WHERE id = #06; INSERT INTO t@ (id, v^) VALUES"
              + " (#07, 'twice'); EXCEPTION WHEN unique_violation THEN NULL; END; UPDATE t@ SET n^"
              + " = n^ + 1 WHERE id = #06; FOR i IN 1..4 LOOP BEGIN UPDATE t@ SET v^ = v^ || i, x ="
              + " 1 / (i % 2) WHERE id = #07; EXCEPTION WHEN division_by_zero THEN UPDATE t@ SET v^"
              + " = v^ || 'z' WHERE id = #07; END; END LOOP; END $x$",
          "BEGIN; SET CONSTRAINTS ALL DEFERRED; UPDATE t@ SET k = k + 1 WHERE id IN (#08, #09);"
              + " UPDATE t@ SET k = #31 WHERE id = #10; UPDATE t@ SET k = #32 WHERE id = #09; SET"
              + " CONSTRAINTS ALL IMMEDIATE; UPDATE t@ SET v^ = 'im' WHERE id = #08; COMMIT",
          "BEGIN; SET CONSTRAINTS ALL DEFERRED; UPDATE t@ SET k = #12 WHERE id = #11; SET"
              + " CONSTRAINTS ALL IMMEDIATE; COMMIT",
          "WITH q AS (SELECT id FROM t@ WHERE id BETWEEN #13 AND #15 ORDER BY id FOR UPDATE SKIP"
              + " LOCKED LIMIT 1) UPDATE t@ SET v^ = 'taken' FROM q WHERE t@.id = q.id RETURNING"
              + " t@.id",
          "BEGIN; DECLARE c CURSOR FOR SELECT id FROM t@ WHERE id BETWEEN #16 AND #18 ORDER BY id"
              + " FOR UPDATE; FETCH 1 FROM c; UPDATE t@ SET v^ = 'cur' WHERE CURRENT OF c; FETCH 1"
              + " FROM c; DELETE FROM t@ WHERE CURRENT OF c; COMMIT",
          "COPY t@ (id, v^) FROM PROGRAM 'printf \"#96\\tcp\\n#97\\tno\\n\"' WHERE v^ <> 'no'",
          "UPDATE t@ SET v^ = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 40000)"
              + " i) WHERE id = #21",
          "UPDATE t@ SET x = 1 WHERE id = #21",
          "UPDATE t@ SET v^ = v^ || 'z' WHERE id = #21",
          "UPDATE t@ SET j^ = '{\"a\": 1.00}', f^ = 0.0, n^ = 1.5 WHERE id = #22",
          "UPDATE t@ SET f^ = '-0.0', n^ = 'NaN', tz^ = '-infinity' WHERE id = #22",
          "UPDATE t@ SET f^ = 'NaN', n^ = '-Infinity', tz^ = NULL WHERE id = #22",
          "UPDATE t@ SET ch^ = 'ab   ' WHERE id = #23",
          "UPDATE t@ SET mr^ = '{}', cp^ = ARRAY[(NULL,NULL)::comp, NULL], d^ = '{}' WHERE id ="
              + " #24",
          "UPDATE t@ SET mr^ = '{(,5]}', cp^[1].b = 'q', d^[2] = 9 WHERE id = #24",
          "UPDATE t@ SET d^ = '{1,2,3,4,5}' WHERE id = #24",
          "SET ROLE every_client; UPDATE t@ SET v^ = 'role' WHERE id = #25",
          "CREATE OR REPLACE FUNCTION f.w(i int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS"
              + " $x$ BEGIN UPDATE t@ SET v^ = 'definer' WHERE id = i; BEGIN DELETE FROM t@ WHERE"
              + " id = i; RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END;"
              + " END $x$; SET ROLE every_client; SELECT f.w(#26)",
          "CREATE TEMP TABLE t@ AS SELECT * FROM public.t@ LIMIT 0; UPDATE public.t@ SET v^ ="
              + " 'temp' WHERE id = #27; INSERT INTO t@ (id) VALUES (1); DROP TABLE pg_temp.t@",
          "SET session_replication_role = replica; UPDATE t@ SET v^ = 'replica' WHERE id = #28;"
              + " DELETE FROM t@ WHERE id = #29",
          "UPDATE p@_1 SET v^ = 'leaf' WHERE id = #01",
          "MERGE INTO p@_1 x USING (VALUES (#02, 'm'), (#80, 'new'), (#03, 'del')) s (id, v) ON"
              + " x.id = s.id WHEN MATCHED AND s.v = 'del' THEN DELETE WHEN MATCHED THEN UPDATE SET"
              + " v^ = s.v WHEN NOT MATCHED THEN INSERT (id, p, v^) VALUES (s.id, 1, s.v)",
          "INSERT INTO p@_1 (id, p, v^) VALUES (#04, 1, 'c'), (#81, 2, 'n')"
              + " ON CONFLICT (id, p) DO UPDATE SET v^ = excluded.v^ || p@_1.v^",
          "MERGE INTO p@ x USING (VALUES (#05, 'move'), (#82, 'new')) s (id, v) ON x.id = s.id AND"
              + " x.p = 1 WHEN MATCHED THEN UPDATE SET p = 11, v^ = s.v WHEN NOT MATCHED THEN"
              + " INSERT (id, p, v^) VALUES (s.id, 12, s.v)",
          "BEGIN; TRUNCATE p@_1; COPY p@_1 (id, p, v^) FROM PROGRAM 'printf \"#83\\t1\\tfr\\n"
              + "\"' WITH (FREEZE); COMMIT",
          "BEGIN; TRUNCATE p@; INSERT INTO p@ (id, p, v^) SELECT r * 100 + g, 1, 'v' || g FROM"
              + " generate_series(1, 5) r, generate_series(1, 9) g; COMMIT");

  private static final List<String> READ =
      List.of(
          "SELECT id, k, md5(v^), n^, f^, tz^, ch^, md5(j^::text), mr^, d^, cp^, x FROM public.t@"
              + " WHERE id BETWEEN #00 AND #99 ORDER BY id",
          "SELECT id, p, v^ FROM p@ ORDER BY id, p");

  private static final String TABLES =
      "CREATE TABLE t@ (id int PRIMARY KEY, k int UNIQUE DEFERRABLE, x int, "
          + String.join(", ", COLUMNS)
          + "); CREATE TABLE p@ (id int, p int, v text, PRIMARY KEY (id, p)) PARTITION BY RANGE"
          + " (p); CREATE TABLE p@_1 PARTITION OF p@ FOR VALUES FROM (0) TO (10); CREATE TABLE p@_2"
          + " PARTITION OF p@ DEFAULT;";

  private static final String[] SETUP = {
    "DO $$ BEGIN CREATE ROLE every_client; EXCEPTION WHEN duplicate_object OR unique_violation THEN"
        + " NULL; END $$",
    "CREATE SCHEMA f",
    "GRANT USAGE ON SCHEMA f TO every_client",
    "CREATE TYPE comp AS (a int, b text)",
    "CREATE DOMAIN dom AS int[] CHECK (array_length(VALUE, 1) < 5)",
    TABLES.replace("@", ""),
    "GRANT ALL ON t TO every_client",
    "INSERT INTO t (id, k, v, n, f, tz, ch, j, mr, d, cp)" + ROWS,
    "INSERT INTO p SELECT r * 100 + g, 1, 'v' || g FROM generate_series(1, 5) r, generate_series(1,"
        + " 9) g"
  };

  private static Bench bench(boolean inPlace) {
    var bench = new Bench(SETUP);
    if (inPlace) {
      return bench
          .transition(
              "public.t",
              COLUMNS.stream().map(StatementsOfEveryKindTest::twin).toArray(ColumnMapping[]::new))
          .transition("public.p", twin("v text"));
    }
    return bench
        .migration("V1__2.sql", TABLES.replace("@", "2"))
        .migration("U1__2.sql", "DROP TABLE t2, p2;")
        .shadow("public.t", to("t2"))
        .shadow("public.p", to("p2"));
  }

  private static Shadow to(String canonical) {
    return new Shadow("public." + canonical, Optional.empty(), LegacyName.KEEP, List.of());
  }

  private static ColumnMapping twin(String column) {
    String name = column.substring(0, column.indexOf(' '));
    String type = column.substring(column.indexOf(' ') + 1);
    return Bench.map(name + "2", type, name, Map.of(name, name + "2"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itAnswersAsWithoutARolloutAndIsOnBothSides(boolean inPlace) throws SQLException {
    new SameAnswers(inPlace, LegacyName.KEEP, STATEMENTS, READ)
        .refused("SET k = #12", "{1,2,3,4,5}")
        .throughARollout(new Bench(SETUP), bench(inPlace));
  }
}
