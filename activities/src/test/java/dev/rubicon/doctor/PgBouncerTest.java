package dev.rubicon.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.PgBouncer;
import dev.rubicon.stack.SharedPostgres;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real one; {@link DoctorTest} has one of our own, for machines that lack it. */
class PgBouncerTest {
  @TempDir Path folder;

  @Test
  void oneThatPoolsTransactionsIsRefusedByName() {
    try (PgBouncer bouncer = start(PgBouncer.Mode.TRANSACTION)) {
      assertThatThrownBy(() -> Pooler.requireNone(behind(bouncer)))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.POOLER_IN_THE_WAY);
                assertThat(e.getMessage()).contains("'prod'", "pools transactions");
                assertThat(e.next()).contains("session mode");
              });
    }
  }

  @Test
  void oneThatPoolsSessionsIsNamedAndTaken() {
    try (PgBouncer bouncer = start(PgBouncer.Mode.SESSION)) {
      assertThat(Pooler.describe(behind(bouncer)))
          .isEqualTo("through a proxy that keeps sessions on their backends");
    }
  }

  private PgBouncer start(PgBouncer.Mode mode) {
    if (PgBouncer.program().isEmpty()) {
      String reason = "not run: PgBouncerTest, " + mode + ": there is no pgbouncer on the PATH";
      System.out.println(reason);
      assumeTrue(false, reason);
    }
    var server = SharedPostgres.server();
    return PgBouncer.start(folder, server, mode, Map.of(server.superuser(), server.password()));
  }

  private static Target behind(PgBouncer bouncer) {
    var server = SharedPostgres.server();
    return new Target(
        "prod",
        "jdbc:postgresql://127.0.0.1:" + bouncer.port() + "/postgres",
        server.superuser(),
        new Secret(server.password()),
        Map.of());
  }
}
