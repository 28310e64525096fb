package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.stack.SharedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code rubicon verify} on two relations, without a rollout, a ledger or a worker. */
@Timeout(120)
final class CompareCommandTest {
  private static final String PEOPLE =
      "CREATE TABLE people AS SELECT g AS id, 'user ' || g AS name FROM generate_series(1, 100) g";

  @TempDir private Path folder;
  private String old;
  private String next;

  @BeforeEach
  void databases() throws SQLException {
    old = SharedPostgres.freshDatabase("old");
    next = SharedPostgres.freshDatabase("next");
    run(old, PEOPLE, "ALTER TABLE people ADD PRIMARY KEY (id)");
    run(next, PEOPLE, "ALTER TABLE people RENAME name TO label");
  }

  @Test
  void twoDatabasesThatHoldTheSameAgree() throws IOException {
    Answer json = rubicon("-o", "json");
    assertThat(json.exit()).as(json.err()).isZero();
    assertThat(json.json().path("agrees").asBoolean()).isTrue();
    assertThat(json.json().path("complete").asBoolean()).isTrue();
    assertThat(json.json().path("oneSnapshot").asBoolean()).isFalse();
    assertThat(json.json().path("left").path("rows").asLong()).isEqualTo(100);

    Answer text = rubicon();
    assertThat(text.out()).contains("old:public.people   100", "paired by id", "hold the same");
  }

  @Test
  void whatDiffersIsNamedAndValuesAreShownOnlyToWhoAsks() throws IOException, SQLException {
    run(
        next,
        "UPDATE people SET label = 'user 7 ' WHERE id = 7",
        "DELETE FROM people WHERE id = 8");

    Answer json = rubicon("-o", "json");
    assertThat(json.exit()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    JsonNode found = json.json();
    assertThat(found.path("missing").asLong()).isEqualTo(1);
    assertThat(found.path("mismatches").path("name").asLong()).isEqualTo(1);
    assertThat(json.out() + json.err()).doesNotContain("user 7");

    assertThat(rubicon().out())
        .contains("differs id = 7: name", "missing id = 8", "they differ")
        .doesNotContain("user 7");
    assertThat(rubicon("--show-values").out()).contains("name: 'user 7' | 'user 7 '");
    Answer few = rubicon("--max-mismatches", "1");
    assertThat(few.out()).contains("… and 1 more");
    assertThat(rubicon("--where", "id > 8").exit()).isZero();
    assertThat(rubicon("--columns", "id", "--where", "id <> 8").exit()).isZero();
  }

  @Test
  void aWrongQuestionIsRefusedWithTheNextCommand() throws IOException {
    refused(ErrorCode.USAGE, "go together", "--left", "old:public.people");
    refused(ErrorCode.USAGE, "--jobs is 0", both("--jobs", "0"));
    refused(ErrorCode.USAGE, "which target?", "--left", "public.people", "--right", "x.y");
    refused(ErrorCode.TARGET_UNKNOWN, "'gone'", "--left", "gone:a.b", "--right", "old:a.b");
    refused(
        ErrorCode.RELATION_UNKNOWN,
        "no_such",
        "--left",
        "old:public.no_such",
        "--right",
        "old:a.b");
    refused(
        ErrorCode.COLUMNS_NOT_COMPARABLE,
        "next:public.people lacks name and has label",
        "--left",
        "old:public.people",
        "--right",
        "next:public.people");
  }

  private void refused(ErrorCode code, String cause, String... arguments) throws IOException {
    Answer answer = verify(arguments);
    assertThat(answer.error().path("code").asText()).as(answer.err()).isEqualTo(code.name());
    assertThat(answer.error().path("cause").asText()).contains(cause);
    assertThat(answer.error().path("next").asText()).isNotBlank();
    assertThat(answer.exit()).isEqualTo(code.exit());
  }

  private static String[] both(String... more) {
    var arguments =
        new ArrayList<>(List.of("--left", "old:public.people", "--right", "next:public.people"));
    arguments.addAll(List.of("--map", "name=label"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private Answer rubicon(String... more) throws IOException {
    Path config = config();
    var arguments = new ArrayList<>(List.of("verify"));
    arguments.addAll(List.of(both(more)));
    return Answer.as(
        Map.of("PASSWORD", SharedPostgres.server().password()),
        config,
        arguments.toArray(String[]::new));
  }

  private Answer verify(String... arguments) throws IOException {
    var all = new ArrayList<>(List.of("verify", "-o", "json"));
    all.addAll(List.of(arguments));
    return Answer.as(
        Map.of("PASSWORD", SharedPostgres.server().password()),
        config(),
        all.toArray(String[]::new));
  }

  private Path config() throws IOException {
    Path file = folder.resolve("rubicon.yaml");
    Files.writeString(
        file,
        """
        targets:
          old: %s
          next: %s
        staging: %s
        ledger: %s
        object-store: {bucket: none}
        """
            .formatted(database(old), database(next), database("postgres"), database("postgres")));
    return file;
  }

  private static String database(String name) {
    var server = SharedPostgres.server();
    return "{url: \"%s\", user: %s, password: \"${PASSWORD}\"}"
        .formatted(server.jdbcUrl(name), server.superuser());
  }

  private static void run(String database, String... statements) throws SQLException {
    var server = SharedPostgres.server();
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl(database), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
