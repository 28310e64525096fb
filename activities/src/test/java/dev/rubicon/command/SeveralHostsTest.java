package dev.rubicon.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.config.ConfigReader;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.Standby;
import dev.rubicon.stack.suite.LocalServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One URL with several hosts leads the driver and libpq's programs to the same server. */
@LocalServer("it makes a standby of it, and promotes that")
class SeveralHostsTest {
  @TempDir Path folder;

  private Target target(LocalPostgres one, LocalPostgres other, String parameters)
      throws IOException {
    String database =
        "{url: \"jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/postgres%s\", user: %s, password: \"${P}\"}"
            .formatted(one.port(), other.port(), parameters, one.superuser());
    Path file = Files.createTempFile(folder, "rubicon", ".yaml");
    Files.writeString(
        file,
        """
        targets: {prod: %1$s}
        staging: %1$s
        ledger: %1$s
        object-store: {region: r, bucket: b}
        temporal: {address: "127.0.0.1:1"}
        """
            .formatted(database));
    return ConfigReader.read(file, Map.of("P", one.password())).target("prod");
  }

  private static String driver(Target target) {
    try (PgSession session =
        PgSession.open(target, new SessionTag("hosts", Phase.PREFLIGHT), SessionLimits.SHORT)) {
      return session.value("SELECT pg_is_in_recovery()");
    }
  }

  private static String psql(Map<String, String> environment, String... where)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("psql", "-X", "-A", "-t", "-c"));
    command.add("SELECT pg_is_in_recovery()");
    command.addAll(List.of(where));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }

  private static void leadsTo(String recovery, Target target)
      throws IOException, InterruptedException {
    assertThat(driver(target)).as("the driver").isEqualTo(recovery);
    assertThat(psql(ClientEnvironment.libpq(target))).as("libpq").isEqualTo(recovery);
    assertThat(psql(Map.of(), ClientEnvironment.tool(target).get("DATABASE_URL")))
        .as("DATABASE_URL")
        .isEqualTo(recovery);
  }

  @Test
  void theDriverAndLibpqGoToTheSameServerAlsoAfterAFailover() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    LocalPostgres primary = LocalPostgres.start(folder.resolve("primary"), Map.of());
    try (var standby = Standby.of(primary, folder.resolve("standby"), Map.of())) {
      LocalPostgres other = standby.server();
      // The standby first: whoever takes any server would stay there.
      Target both = target(other, primary, "");
      leadsTo("f", both);
      leadsTo("f", target(other, primary, "?targetServerType=primary"));
      leadsTo("f", target(other, primary, "?target_session_attrs=read-write"));
      leadsTo("t", target(primary, other, "?target_session_attrs=standby"));
      leadsTo("t", target(primary, other, "?targetServerType=secondary&sslmode=prefer"));
      leadsTo("t", target(other, primary, "?targetServerType=any"));

      primary.crash();
      standby.promote();

      leadsTo("f", both);
    } finally {
      primary.discard();
    }
  }
}
