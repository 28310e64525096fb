package dev.rubicon.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What failover tests rest on: what a standby has, and what it has not. */
class StandbyTest {
  @TempDir Path folder;
  private LocalPostgres primary;

  @Test
  void whatIsCommittedWhileItIsCutOffIsLostWhenItIsPromoted() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    primary = LocalPostgres.start(folder.resolve("primary"), Map.of());
    try (var address = TcpGate.before(primary.port());
        var standby = Standby.of(primary, folder.resolve("standby"), Map.of())) {
      int there = standby.server().port();
      write(address.port(), "CREATE TABLE t AS SELECT 1 AS n");
      standby.awaitReplayed();
      assertThat(read(there)).isEqualTo("1");
      assertThatThrownBy(() -> write(there, "INSERT INTO t VALUES (0)"))
          .hasMessageContaining("read-only");

      standby.synchronous(true);
      write(address.port(), "INSERT INTO t VALUES (2)");
      standby.synchronous(false);
      standby.pauseReplay();
      write(address.port(), "INSERT INTO t VALUES (3)");
      assertThat(read(there)).as("shows less than was written").doesNotContain("3");
      standby.resumeReplay();
      standby.awaitReplayed();

      standby.cutOff();
      write(address.port(), "INSERT INTO t VALUES (4)");
      primary.crash();
      standby.promote();
      address.leadTo(there);
      write(address.port(), "INSERT INTO t VALUES (5)");
      assertThat(read(address.port())).isEqualTo("1 2 3 5");
    } finally {
      primary.discard();
    }
  }

  private void write(int port, String sql) throws SQLException {
    try (Connection connection = connect(port);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String read(int port) throws SQLException {
    try (Connection connection = connect(port);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT string_agg(n::text, ' ' ORDER BY n) FROM t")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private Connection connect(int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
        primary.superuser(),
        primary.password());
  }
}
