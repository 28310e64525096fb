package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.stack.SharedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code rubicon inventory} and {@code rubicon migrations}, as they are typed. */
@Timeout(120)
final class InventoryCommandsTest {
  @TempDir private Path folder;

  @Test
  void theInventoryIsTheSameTwiceAndSaysWhatIsNotInForce() throws Exception {
    String database = SharedPostgres.freshDatabase("inventory");
    var server = SharedPostgres.server();
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl(database), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE public.items (id serial PRIMARY KEY, n int);
          ALTER TABLE public.items ADD CONSTRAINT small CHECK (n < 9) NOT VALID;
          INSERT INTO public.items (id) VALUES (7);
          """);
    }
    Answer text = run(database, "inventory");
    assertThat(text.exit()).as(text.err()).isZero();
    assertThat(text.out())
        .containsPattern("structure +[0-9a-f]{64} ")
        .containsPattern("constraint:public.items.small +NOT VALID")
        .containsPattern("public.items_id_seq +1 +yes");
    JsonNode json = run(database, "inventory", "-o", "json").json();
    assertThat(json.path("structure").path("fingerprint").asText()).hasSize(64);
    assertThat(json.path("validity").path("entries")).hasSize(1);
    assertThat(json.path("values").path("entries").path(0).path("free").asInt()).isEqualTo(8);
    assertThat(run(database, "inventory", "-o", "json").json()).isEqualTo(json);
  }

  @Test
  void migrationsThatDisagreeNeedADecisionWhichARunbookRecords() throws Exception {
    Path migrations = Files.createDirectory(folder.resolve("migrations"));
    Files.writeString(migrations.resolve("001_a.sql"), "CREATE TABLE zones (id int, gh int);");
    Files.writeString(migrations.resolve("002_b.sql"), "ALTER TABLE zones DROP gh;");
    Answer open = run("postgres", "migrations", "--dir", migrations.toString());
    assertThat(open.exit()).as(open.out() + open.err()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    assertThat(open.out())
        .containsPattern("DECIDE +hazard:migrations-disagree:column:public.zones.gh")
        .contains("2 migrations (plain), 1 tables", "1 to decide");

    Files.writeString(folder.resolve("canonical.sql"), "CREATE TABLE public.zones (id int);");
    Files.writeString(
        folder.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: zones
        title: Zones
        canonical: {sql: [canonical.sql]}
        hazards:
          - {hazard: "hazard:migrations-disagree:column:public.zones.gh", reason: "gh went with the old houses"}
        """);
    Answer decided =
        run(
            "postgres",
            "migrations",
            "--dir",
            migrations.toString(),
            "--runbook",
            folder.toString());
    assertThat(decided.exit()).as(decided.out() + decided.err()).isZero();
    assertThat(decided.out()).contains("gh went with the old houses", "nothing to decide");

    Answer none = run("postgres", "migrations", "--dir", folder.resolve("none").toString());
    assertThat(none.exit()).isEqualTo(ErrorCode.Exit.USAGE);
  }

  private Answer run(String database, String... arguments) throws IOException {
    Path file = folder.resolve(".rubicon.yaml");
    Files.writeString(
        file,
        """
        targets:
          prod: %s
        staging: %s
        ledger: %s
        object-store: {bucket: none}
        """
            .formatted(at(database), at("postgres"), at("postgres")));
    return Answer.as(Map.of("PASSWORD", SharedPostgres.server().password()), file, arguments);
  }

  private static String at(String name) {
    var server = SharedPostgres.server();
    return "{url: \"%s\", user: %s, password: \"${PASSWORD}\"}"
        .formatted(server.jdbcUrl(name), server.superuser());
  }
}
