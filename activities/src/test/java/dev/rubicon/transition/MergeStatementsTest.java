package dev.rubicon.transition;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every form of MERGE, from PostgreSQL 17 on also those with RETURNING, with BY SOURCE and through
 * views, answers as it does without a rollout ({@link SameAnswers}).
 */
@Turn
@Tag("slow")
class MergeStatementsTest {
  private static final String INSERT = " WHEN NOT MATCHED THEN INSERT (id, p, v^) VALUES";

  private static final List<String> SINCE_15 =
      List.of(
          "MERGE INTO ?@ x USING (VALUES (#01, 'm'), (#90, 'new'), (#02, 'del'), (#03, 'no')) s"
              + " (id, v) ON x.id = s.id WHEN MATCHED AND s.v = 'del' THEN DELETE WHEN MATCHED AND"
              + " s.v = 'no' THEN DO NOTHING WHEN MATCHED THEN UPDATE SET v^ = s.v"
              + INSERT
              + " (s.id, 1, s.v)",
          "MERGE INTO ?@ x USING (VALUES (#04, 'move'), (#91, 'far')) s (id, v) ON x.id = s.id WHEN"
              + " MATCHED THEN UPDATE SET p = 15, v^ = s.v"
              + INSERT
              + " (s.id, 16, s.v)",
          "MERGE INTO ?@ x USING (VALUES (#05), (#06)) s (id) ON x.id = s.id WHEN MATCHED THEN"
              + " UPDATE SET id = x.id + 50, v^ = x.v^ || '+'",
          "MERGE INTO ?@ x USING ?@ s ON x.id = s.id + 1 AND s.id BETWEEN #10 AND #13 AND x.p = 1"
              + " WHEN MATCHED AND x.id = #12 THEN DELETE WHEN MATCHED THEN UPDATE SET v^ = s.v^"
              + " WHEN NOT MATCHED AND s.id = #13 THEN INSERT (id, p) VALUES (#95, DEFAULT)",
          "MERGE INTO ?@ x USING (VALUES (#14), (#14)) s (id) ON x.id = s.id WHEN MATCHED THEN"
              + " UPDATE SET v^ = 'twice'",
          "BEGIN; SAVEPOINT a; MERGE INTO ?@ x USING (VALUES (#15)) s (id) ON x.id = s.id WHEN"
              + " MATCHED THEN DELETE; ROLLBACK TO a; MERGE INTO ?@ x USING (VALUES (#15)) s (id)"
              + " ON x.id = s.id WHEN MATCHED THEN UPDATE SET v^ = 'kept'; COMMIT",
          "BEGIN ISOLATION LEVEL SERIALIZABLE; MERGE INTO ?@ x USING (VALUES (#16)) s (id) ON x.id"
              + " = s.id WHEN MATCHED THEN UPDATE SET p = 12, v^ = 'ser'; COMMIT",
          "SET ROLE merge_client; MERGE INTO ?@ x USING (VALUES (#17), (#96)) s (id) ON x.id = s.id"
              + " WHEN MATCHED THEN UPDATE SET v^ = 'role'"
              + INSERT
              + " (s.id, 2, 'role')");

  private static final List<String> SINCE_17 =
      List.of(
          "MERGE INTO ?@ x USING (VALUES (#20, 'm'), (#80, 'new'), (#21, 'del')) s (id, v) ON x.id"
              + " = s.id WHEN MATCHED AND s.v = 'del' THEN DELETE WHEN MATCHED THEN UPDATE SET v^ ="
              + " s.v"
              + INSERT
              + " (s.id, 1, s.v) RETURNING merge_action(), s.id, x.id, x.v^, x.p",
          "MERGE INTO ?@ x USING (VALUES (#22)) s (id) ON x.id = s.id WHEN NOT MATCHED BY SOURCE"
              + " AND x.id BETWEEN #23 AND #24 THEN DELETE WHEN NOT MATCHED BY SOURCE AND x.id ="
              + " #25 THEN UPDATE SET v^ = 'bare', p = 13 WHEN MATCHED THEN UPDATE SET v^ = 'here'"
              + " RETURNING merge_action(), x.id, x.v^",
          "MERGE INTO ?@ x USING (VALUES (#26), (#81)) s (id) ON x.id = s.id WHEN NOT MATCHED BY"
              + " SOURCE AND x.id = #27 THEN DELETE WHEN NOT MATCHED BY TARGET THEN INSERT (id, p,"
              + " v^) VALUES (s.id, 2, 'target')",
          "WITH m AS (MERGE INTO ?@ x USING (VALUES (#28), (#82)) s (id) ON x.id = s.id WHEN"
              + " MATCHED THEN DELETE"
              + INSERT
              + " (s.id, 17, 'cte') RETURNING merge_action() AS a, x.id) SELECT * FROM m ORDER BY"
              + " id",
          "COPY (MERGE INTO ?@ x USING (VALUES (#29)) s (id) ON x.id = s.id WHEN MATCHED THEN"
              + " UPDATE SET v^ = 'copied' RETURNING x.id) TO PROGRAM 'cat > /dev/null'");

  private static final String TABLES =
      "CREATE TABLE t@ (id int PRIMARY KEY, p int DEFAULT 3, v text); CREATE TABLE p@ (id int, p"
          + " int DEFAULT 3, v text, PRIMARY KEY (id, p)) PARTITION BY RANGE (p); CREATE TABLE p@_1"
          + " PARTITION OF p@ FOR VALUES FROM (0) TO (10); CREATE TABLE p@_2 PARTITION OF p@"
          + " DEFAULT; GRANT ALL ON t@, p@ TO merge_client;";

  private static final String[] SETUP = {
    "DO $$ BEGIN CREATE ROLE merge_client; EXCEPTION WHEN duplicate_object OR unique_violation THEN"
        + " NULL; END $$",
    TABLES.replace("@", ""),
    "INSERT INTO t SELECT r * 100 + g, 1, 'v' || g FROM generate_series(1, 5) r, generate_series(1,"
        + " 30) g",
    "INSERT INTO p SELECT * FROM t"
  };

  private static Bench bench(boolean inPlace, LegacyName name) {
    var bench = new Bench(SETUP);
    if (inPlace) {
      for (String table : List.of("public.t", "public.p")) {
        bench.transition(table, Bench.map("v2", "text", "v", Map.of("v", "v2")));
      }
      return bench;
    }
    bench.migration("V1__2.sql", TABLES.replace("@", "2"));
    bench.migration("U1__2.sql", "DROP TABLE t2, p2;");
    for (String table : List.of("public.t", "public.p")) {
      bench.shadow(table, new Shadow(table + "2", Optional.empty(), name, List.of()));
    }
    return bench;
  }

  @ParameterizedTest
  @CsvSource({"true, KEEP", "false, KEEP", "false, VIEW", "false, HIDE"})
  void everyFormOfMerge(boolean inPlace, LegacyName name) throws SQLException {
    int version = Integer.parseInt(new Bench().one("SHOW server_version_num"));
    assumeTrue(version >= 150_000, "MERGE is there from PostgreSQL 15 on");
    var forms = new ArrayList<>(SINCE_15);
    if (version >= 170_000) {
      forms.addAll(SINCE_17);
    }
    var statements = new ArrayList<String>();
    for (String table : List.of("t", "p")) {
      forms.forEach(form -> statements.add(form.replace("?", table)));
    }
    var answers =
        new SameAnswers(
                inPlace,
                name,
                statements,
                List.of(
                    "SELECT id, p, v^ FROM t@ ORDER BY id", "SELECT id, p, v^ FROM p@ ORDER BY id"))
            .refused("'twice'");
    (version < 170_000 ? answers.notOfAView("MERGE") : answers)
        .throughARollout(new Bench(SETUP), bench(inPlace, name));
  }
}
