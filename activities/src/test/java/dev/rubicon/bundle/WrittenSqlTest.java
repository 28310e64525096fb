package dev.rubicon.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.statement.WrittenSql;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL of a runbook's fields is one thing, and read by one function. */
class WrittenSqlTest {
  /**
   * Text that is no PostgreSQL, by its key. DuckDB's query is DuckDB's; names and words are quoted,
   * or compared with what there is.
   */
  private static final Set<String> NO_SQL =
      Set.of(
          "rubicon",
          "name",
          "title",
          "description",
          "external",
          "staging",
          "none",
          "without",
          "method",
          "url",
          "body",
          "timeout",
          "duration",
          "every",
          "kind",
          "relation",
          "to",
          "built-as",
          "legacy-name",
          "part-of",
          "irreversible",
          "comment",
          "reason",
          "action",
          "column",
          "quiet-period",
          "batch-target",
          "max-replication-lag",
          "from",
          "zone",
          "read-only",
          "lock-timeout",
          "budget",
          "terminate-blockers-after",
          "tool",
          "table",
          "version",
          "folder",
          "on-smoke-failure",
          "id",
          "owner",
          "blocks",
          "match",
          "disposition",
          "until",
          "hazard",
          "severity",
          "change-log",
          "fix",
          "keep",
          "drop-after",
          "ahead",
          "migrations",
          "columns",
          "names",
          "rename",
          "command",
          "headers",
          "local-sql",
          "set",
          "versions",
          "values",
          "parameters",
          "expect",
          "json",
          "capture",
          "canonical.sql",
          "contract.sql",
          "duckdb.query");

  /** Keys that are SQL in one place and a file, or DuckDB's, in another. */
  private static final Set<String> AMBIGUOUS = Set.of("sql", "query");

  @Test
  void everyFieldIsSqlThatOneFunctionReadsOrIsSaidToBeNone() throws IOException {
    JsonNode schema = new ObjectMapper().readTree(RunbookReader.schema());
    var unsaid = new TreeSet<String>();
    var sql = new TreeSet<String>();
    fields(schema, "", "", sql, unsaid);
    assertThat(unsaid).as("say of each new text whether it is SQL").isEmpty();
    assertThat(sql)
        .contains(
            "up",
            "down",
            "default",
            "check",
            "rows",
            "canonical-rows",
            "type",
            "sql",
            "query",
            "export",
            "local");
  }

  /**
   * @param within the key around it
   */
  private static void fields(
      JsonNode node, String within, String field, Set<String> sql, Set<String> unsaid) {
    if (node.path("type").asText().equals("string") && !node.has("enum") && !node.has("const")) {
      String name = AMBIGUOUS.contains(field) ? within + "." + field : field;
      boolean free = !node.has("pattern") || node.path("pattern").asText().equals("\\S");
      if (node.path("contentMediaType").asText().equals("application/sql")) {
        sql.add(field);
      } else if (free && !NO_SQL.contains(name)) {
        unsaid.add(name);
      }
    }
    node.properties()
        .forEach(
            child -> {
              JsonNode value = child.getValue();
              if (child.getKey().equals("properties") || child.getKey().equals("$defs")) {
                value
                    .properties()
                    .forEach(p -> fields(p.getValue(), field, p.getKey(), sql, unsaid));
              } else if (value.isObject()) {
                fields(value, within, field, sql, unsaid);
              } else if (value.isArray()) {
                value.forEach(element -> fields(element, within, field, sql, unsaid));
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "full_name",
        "a || ';' || \"b;c\" /* ; */ -- ;\n || c",
        "CASE WHEN a = 'x)' THEN $$it's)$$ ELSE coalesce(b, E'\\')') END",
        "(SELECT max(x.a) FROM x WHERE x.id = y)",
        "a::timestamp with time zone AT TIME ZONE 'UTC'",
        "extract(epoch from a)",
        "a IS DISTINCT FROM b",
        "ARRAY[a, b][1]",
        "ROW(a, b) = (1, 2)",
        "x OPERATOR(pg_catalog.+) 1",
        "a->>'k' ? 'b'",
        "mapped(a, b)"
      })
  void whatIsOneExpression(String sql) {
    assertThat(WrittenSql.EXPRESSION.problem(sql)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1;",
        "SELECT ';' -- ;\n",
        "(SELECT 1) UNION (SELECT 2)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "VALUES (1), (2)",
        "TABLE t",
        "SELECT 1 FROM t WHERE \"update\" IS NULL AND delete_at > now()"
      })
  void whatIsOneQuery(String sql) {
    assertThat(WrittenSql.QUERY.problem(sql)).isEmpty();
  }

  /** A read-only transaction of PostgreSQL before 16 lets them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT lo_create(0)",
        "SELECT pg_catalog.LO_UNLINK(1)",
        "SELECT \"lo_put\"(1, 0, 'x')",
        "WITH w AS (SELECT lo_from_bytea(0, 'x') AS o) SELECT o FROM w"
      })
  void noQueryWritesLargeObjects(String sql) {
    assertThat(WrittenSql.QUERY.problem(sql))
        .hasValueSatisfying(w -> assertThat(w).contains("writes"));
  }
}
