package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code rubicon document}: a database alone, without ledger, worker or Temporal. */
@Timeout(120)
final class DocumentCommandTest {
  @TempDir private Path folder;

  @Test
  void aDatabaseThatHasSeenNoRolloutIsDocumented() throws Exception {
    String database = SharedPostgres.freshDatabase("document");
    run(
        database,
        """
        CREATE TABLE public.plants (id int PRIMARY KEY, name text NOT NULL);
        CREATE SCHEMA "Shop";
        CREATE TABLE "Shop".orders (id int PRIMARY KEY, plant int REFERENCES public.plants);
        """);
    Path out = folder.resolve("made/docs");
    Answer answer =
        document(database, "--schema", "public", "--schema", "Shop", "--out", out.toString());
    assertThat(answer.exit()).as(answer.out() + answer.err()).isZero();
    assertThat(answer.out()).contains("5 files, begin with README.md");
    assertThat(Files.readString(out.resolve("dictionary.md")))
        .contains("## `Shop.orders`", "| `plant` | `integer` | yes |  | FK → public.plants |  |");
    assertThat(out.resolve("diagrams/01-orders.mmd")).isNotEmptyFile();
    assertThat(out.resolve("diagrams/01-orders.svg")).isNotEmptyFile();
    assertThat(out.resolve("diagrams/01-orders.png")).isNotEmptyFile();
  }

  @Test
  void aSchemaThatIsNotThereAndAFolderThatCannotBeAreRefused() throws Exception {
    String database = SharedPostgres.freshDatabase("document");
    Answer schema =
        document(database, "--schema", "nowhere", "--out", folder.resolve("a").toString());
    assertThat(schema.exit()).isEqualTo(ErrorCode.USAGE.exit());
    assertThat(schema.err()).contains("there is no schema 'nowhere'");
    Path file = Files.writeString(folder.resolve("file"), "");
    Answer refused = document(database, "--out", file.resolve("docs").toString());
    assertThat(refused.exit()).isEqualTo(ErrorCode.USAGE.exit());
    assertThat(refused.err()).contains("cannot be written into");
  }

  private Answer document(String database, String... more) throws IOException {
    Path file = folder.resolve("rubicon.yaml");
    Files.writeString(
        file,
        """
        targets:
          prod: %s
        staging: %s
        ledger: %s
        object-store: {bucket: none}
        """
            .formatted(at(database), at("nobody"), at("nobody")));
    var arguments = new ArrayList<>(List.of("document"));
    arguments.addAll(List.of(more));
    return Answer.as(
        Map.of("PASSWORD", SharedPostgres.server().password()),
        file,
        arguments.toArray(String[]::new));
  }

  private static String at(String database) {
    var server = SharedPostgres.server();
    return "{url: \"%s\", user: %s, password: \"${PASSWORD}\"}"
        .formatted(server.jdbcUrl(database), server.superuser());
  }

  private static void run(String database, String sql) throws SQLException {
    var server = SharedPostgres.server();
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl(database), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
