package dev.rubicon.transition;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Row security that binds the owner, too, security barriers, and collations for which texts are
 * equal that are not the same: a client's statement answers as it does without a rollout ({@link
 * SameAnswers}).
 */
@Turn
@Tag("slow")
class AnswersUnderRightsTest {
  private static String role(String name) {
    return "DO $$ BEGIN CREATE ROLE "
        + name
        + "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
  }

  /** A table {@code t}, whose text {@code v} gets a twin, or a shadow {@code t2} of the same. */
  private static Bench bench(boolean inPlace, LegacyName name, String[] setup, String next) {
    var bench = new Bench(setup).allow("hazard:*");
    String type = setup[0].contains("COLLATION") ? "text COLLATE ci" : "text";
    return inPlace
        ? bench.transition("public.t", Bench.map("v2", type, "v", Map.of("v", "v2")))
        : bench
            .migration("V1__2.sql", next)
            .migration("U1__2.sql", "DROP TABLE t2 CASCADE;")
            .shadow("public.t", new Shadow("public.t2", Optional.empty(), name, List.of()));
  }

  /** From PostgreSQL 17 on a view takes MERGE. */
  private static String[] notOfAView(String... parts) {
    return Stream.concat(Stream.of(parts), version() < 170_000 ? Stream.of("MERGE") : Stream.of())
        .toArray(String[]::new);
  }

  private static int version() {
    return Integer.parseInt(new Bench().one("SHOW server_version_num"));
  }

  /** PostgreSQL 14 has no MERGE. */
  private static List<String> known(List<String> statements) {
    return version() < 150_000
        ? statements.stream().filter(sql -> !sql.startsWith("MERGE")).toList()
        : statements;
  }

  private static List<String> as(List<String> roles, List<String> statements) {
    List<String> known = known(statements);
    return IntStream.range(0, roles.size())
        .boxed()
        .flatMap(
            i ->
                known.stream()
                    .map(
                        sql ->
                            "SET ROLE "
                                + roles.get(i)
                                + "; "
                                + sql.replace("~", String.valueOf(i))))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ',',
      value = {"true, KEEP", "false, KEEP", "false, VIEW", "false, HIDE"})
  void rowSecurityThatBindsTheOwner(boolean inPlace, LegacyName name) throws SQLException {
    assumeTrue(
        name != LegacyName.VIEW || version() >= 150_000,
        "before PostgreSQL 15 a view over row security is refused");
    String table =
        """
        CREATE TABLE t@ (id int PRIMARY KEY, v text, n int);
        ALTER TABLE t@ OWNER TO forced_owner;
        ALTER TABLE t@ ENABLE ROW LEVEL SECURITY;
        ALTER TABLE t@ FORCE ROW LEVEL SECURITY;
        CREATE POLICY p ON t@ USING (n < 2) WITH CHECK (n < 3);
        GRANT ALL ON t@ TO forced_app;
        """;
    String[] setup = {
      role("forced_owner"),
      role("forced_app"),
      "GRANT ALL ON SCHEMA public TO forced_owner",
      table.replace("@", ""),
      "INSERT INTO t SELECT r * 100 + g, 'v' || g, g % 3 FROM generate_series(1, 5) r,"
          + " generate_series(1, 60) g"
    };
    List<String> statements =
        as(
            List.of("forced_owner", "forced_app"),
            List.of(
                "UPDATE t@ SET v^ = 'b' WHERE id BETWEEN #~1 AND #~5",
                "UPDATE t@ SET n = 2 WHERE id BETWEEN #06 + 50 * ~ AND #08 + 50 * ~",
                "INSERT INTO t@ (id, v^, n) VALUES (9#~0, 'x', 2)",
                "INSERT INTO t@ (id, v^, n) VALUES (9#~1, 'x', 3)",
                "DELETE FROM t@ WHERE id BETWEEN #1~ AND #2~ RETURNING id",
                "UPDATE t@ SET id = 8#~0 WHERE id BETWEEN #31 AND #31 + ~",
                "INSERT INTO t@ (id, v^, n) VALUES (#40 + 2 * ~, 'x', 1) ON CONFLICT (id) DO UPDATE"
                    + " SET v^ = 'oc'",
                "INSERT INTO t@ (id, v^, n) VALUES (#41, 'hidden', 1) ON CONFLICT (id) DO UPDATE"
                    + " SET v^ = 'oc'",
                "INSERT INTO t@ (id, v^, n) VALUES (#5~, 'x', 1) ON CONFLICT DO NOTHING",
                "MERGE INTO t@ x USING (VALUES (#45 + ~, 'm'), (7#~5, 'ins')) s (id, v) ON x.id ="
                    + " s.id WHEN MATCHED THEN UPDATE SET v^ = s.v WHEN NOT MATCHED THEN INSERT"
                    + " (id, v^, n) VALUES (s.id, s.v, 1)",
                "SELECT count(*), min(n), max(n) FROM t@",
                "SELECT id FROM t@ WHERE id > #55 ORDER BY id FOR UPDATE",
                "SET row_security = off; SELECT count(*) FROM t@",
                "BEGIN; TRUNCATE t@; ROLLBACK"));
    new SameAnswers(inPlace, name, statements, List.of("SELECT id, v^, n FROM t@ ORDER BY id"))
        .refused("'x', 3)", "SET n = 2", "'hidden'", "row_security")
        .notOfAView(notOfAView("TRUNCATE"))
        .throughARollout(new Bench(setup), bench(inPlace, name, setup, table.replace("@", "2")));
  }

  @ParameterizedTest
  @CsvSource({"true, KEEP", "false, KEEP", "false, VIEW", "false, HIDE"})
  void viewsThatAreSecurityBarriers(boolean inPlace, LegacyName name) throws SQLException {
    String objects =
        """
        CREATE TABLE t@ (id int PRIMARY KEY, v text, n int);
        CREATE VIEW w@ WITH (security_barrier) AS SELECT id, v, n FROM t@ WHERE n < 2 WITH CASCADED CHECK OPTION;
        CREATE VIEW ww@ WITH (security_barrier) AS SELECT id, n FROM w@ WHERE n > 0 WITH LOCAL CHECK OPTION;
        GRANT ALL ON w@, ww@ TO barrier_app;
        """;
    String[] setup = {
      role("barrier_app"),
      objects.replace("@", ""),
      "INSERT INTO t SELECT r * 100 + g, 'v' || g, g % 3 FROM generate_series(1, 5) r,"
          + " generate_series(1, 60) g"
    };
    List<String> statements =
        as(
            List.of("barrier_app"),
            List.of(
                "UPDATE w@ SET v = 'b' WHERE id BETWEEN #01 AND #05",
                "INSERT INTO w@ VALUES (9#0, 'i', 5)",
                "INSERT INTO w@ VALUES (9#0, 'i', 1), (#06, 'x', 1)"
                    + " ON CONFLICT (id) DO UPDATE SET v = excluded.v",
                "UPDATE w@ SET n = n + 1 WHERE id = #07",
                "UPDATE w@ SET n = 1 WHERE id BETWEEN #12 AND #15 RETURNING id, v",
                "DELETE FROM w@ WHERE id BETWEEN #08 AND #10 RETURNING id",
                "UPDATE ww@ SET id = 8#0, n = 1 WHERE id = #16",
                "INSERT INTO ww@ VALUES (8#1, 1)",
                "INSERT INTO ww@ VALUES (8#2, 0)",
                "SELECT count(*), max(n) FROM w@",
                "SELECT id FROM ww@ WHERE id > #50 ORDER BY id FOR UPDATE",
                "DELETE FROM t@ WHERE id = #11"));
    // In place, and after the cutover, the owner's view reads the table that it was made of.
    List<String> written =
        inPlace ? statements.stream().map(s -> s.replace("w@", "w")).toList() : statements;
    new SameAnswers(inPlace, name, written, List.of("SELECT id, v^, n FROM t@ ORDER BY id"))
        .refused("'i', 5)", "n + 1", "(8#2, 0)", "DELETE FROM t@")
        .throughARollout(new Bench(setup), bench(inPlace, name, setup, objects.replace("@", "2")));
  }

  @ParameterizedTest
  @CsvSource({"true, KEEP", "false, KEEP", "false, VIEW", "false, HIDE"})
  void textsThatAreEqualAndNotTheSame(boolean inPlace, LegacyName name) throws SQLException {
    String table =
        "CREATE TABLE t@ (id text COLLATE ci PRIMARY KEY, v text COLLATE ci, ch char(5) UNIQUE, de"
            + " text COLLATE de);";
    String[] setup = {
      "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
      "CREATE COLLATION de (provider = icu, locale = 'de-u-co-phonebk')",
      table.replace("@", ""),
      "INSERT INTO t SELECT 'Key' || r * 100 + g, 'Val', (r * 100 + g)::text, 'Öl' || g FROM"
          + " generate_series(1, 5) r, generate_series(1, 30) g"
    };
    List<String> statements =
        List.of(
            "UPDATE t@ SET v^ = 'VAL' WHERE id = 'key#01'",
            "UPDATE t@ SET id = 'KEY#01' WHERE id = 'key#01'",
            "UPDATE t@ SET v^ = 'b', de = 'oel' WHERE id = 'Key#01'",
            "INSERT INTO t@ (id, v^) VALUES ('KEY#02', 'x')",
            "INSERT INTO t@ (id, v^) VALUES ('KEY#02', 'X') ON CONFLICT (id) DO UPDATE SET v^ ="
                + " excluded.v^, id = excluded.id",
            "DELETE FROM t@ WHERE id = 'kEY#03'",
            "INSERT INTO t@ (id, v^) VALUES ('KEY#03', 'z')",
            "UPDATE t@ SET id = CASE WHEN id = 'key#04' THEN 'n#04' ELSE 'N#05' END, v^ = 'W'"
                + " WHERE id IN ('Key#04', 'Key#05')",
            "UPDATE t@ SET id = CASE WHEN id = 'n#04' THEN 'X#' ELSE 'x#' END"
                + " WHERE id IN ('N#04', 'N#05')",
            "BEGIN; DELETE FROM t@ WHERE id = 'key#06'; INSERT INTO t@ (id, v^) VALUES ('kEy#06',"
                + " 'again'); UPDATE t@ SET id = 'KEY#06' WHERE id = 'key#06'; COMMIT",
            "MERGE INTO t@ x USING (VALUES ('KEY#07', 'm'), ('new#', 'ins')) s (id, v) ON x.id ="
                + " s.id COLLATE ci WHEN MATCHED THEN UPDATE SET v^ = s.v, id = s.id WHEN NOT"
                + " MATCHED THEN INSERT (id, v^) VALUES (s.id, s.v)",
            "SELECT id FROM t@ WHERE v^ = 'val' AND id > 'key#25' ORDER BY de, id");
    new SameAnswers(
            inPlace,
            name,
            known(statements),
            List.of("SELECT id, v^, ch, de FROM t@ ORDER BY id COLLATE \"C\""))
        .refused("('KEY#02', 'x')", "'X#'")
        .notOfAView(notOfAView())
        .throughARollout(new Bench(setup), bench(inPlace, name, setup, table.replace("@", "2")));
  }
}
