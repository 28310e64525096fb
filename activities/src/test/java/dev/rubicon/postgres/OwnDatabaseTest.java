package dev.rubicon.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.postgres.server.OwnDatabase;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As a role that may create databases and is no superuser: what staging has. */
@Turn(4)
@Tag("slow")
class OwnDatabaseTest {
  private static final String ROLE = "own_database_maker";

  @BeforeAll
  static void vacuumOften() throws SQLException {
    superuser("CREATE ROLE " + ROLE + " LOGIN CREATEDB PASSWORD 'maker'");
    superuser("ALTER SYSTEM SET autovacuum_naptime = '1s'");
    superuser("SELECT pg_reload_conf()");
  }

  @AfterAll
  static void vacuumAsUsual() throws SQLException {
    superuser("ALTER SYSTEM RESET autovacuum_naptime");
    superuser("SELECT pg_reload_conf()");
    superuser("DROP ROLE " + ROLE);
  }

  @Test
  void autovacuumInADatabaseDoesNotKeepItFromBeingDropped() throws SQLException {
    try (PgSession admin = open("postgres")) {
      admin.execute("CREATE DATABASE own_vacuumed");
      try (PgSession session = open("own_vacuumed")) {
        // A vacuum of it takes minutes.
        session.execute(
            """
            CREATE TABLE public.t WITH (autovacuum_vacuum_threshold = 1,
                autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100,
                autovacuum_vacuum_cost_limit = 1) AS
            SELECT i, repeat('x', 500) AS filler FROM generate_series(1, 20000) i;
            DELETE FROM public.t
            """);
        Instant deadline = Instant.now().plusSeconds(60);
        while (!admin.value(VACUUMED).equals("1")) {
          assertThat(Instant.now()).as("autovacuum comes").isBefore(deadline);
        }
      }
      OwnDatabase.drop(admin, "own_vacuumed");
      assertThat(exists(admin, "own_vacuumed")).isFalse();
    }
  }

  private static final String VACUUMED =
      "SELECT count(*) FROM pg_stat_progress_vacuum WHERE datname = 'own_vacuumed'";

  @Test
  void whoeverOfOursIsInItIsEnded() throws SQLException {
    try (PgSession admin = open("postgres")) {
      admin.execute("CREATE DATABASE own_visited");
      try (PgSession visitor = open("own_visited")) {
        OwnDatabase.drop(admin, "own_visited");
        assertThatThrownBy(() -> visitor.execute("SELECT 1")).hasMessageContaining("57P01");
        assertThat(exists(admin, "own_visited")).isFalse();
      }
      OwnDatabase.drop(admin, "own_visited");
    }
  }

  private static boolean exists(PgSession admin, String database) {
    return admin
        .first("SELECT 1 FROM pg_database WHERE datname = ?", row -> 1, database)
        .isPresent();
  }

  private static PgSession open(String database) {
    var target =
        new Target(
            "staging",
            SharedPostgres.server().jdbcUrl(database),
            ROLE,
            new Secret("maker"),
            Map.of());
    return PgSession.open(target, new SessionTag("test", Phase.CLONE), SessionLimits.SCAN);
  }

  private static void superuser(String sql) throws SQLException {
    var server = SharedPostgres.server();
    try (Connection connection =
            DriverManager.getConnection(
                server.jdbcUrl("postgres"), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
