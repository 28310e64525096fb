package dev.rubicon.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.utility.DockerImageName;

/** Only in a run on containers: elsewhere there may be no Docker. */
class ContainerPostgresTest {
  @BeforeAll
  static void onContainers() {
    String reason = "not run: ContainerPostgresTest: this run is not on containers";
    boolean containers = Stack.Kind.chosen() == Stack.Kind.CONTAINERS;
    if (!containers) {
      System.out.println(reason);
    }
    assumeTrue(containers, reason);
  }

  @Test
  void itIsSetAsALocalClusterIsAndKeepsItsDataInACrash() throws SQLException {
    try (var server = ContainerPostgres.start()) {
      try (var connection = connect(server)) {
        assertThat(ask(connection, "SHOW max_connections")).isEqualTo("200");
        assertThat(ask(connection, "SHOW server_encoding")).isEqualTo("UTF8");
        assertThat(
                ask(connection, "SELECT datcollate FROM pg_database WHERE datname = 'template1'"))
            .isEqualTo("C.UTF-8");
        try (var statement = connection.createStatement()) {
          statement.execute("CREATE TABLE kept AS SELECT 7 AS n");
          statement.execute("CHECKPOINT");
        }
      }
      server.crashAndRestart();
      try (var connection = connect(server)) {
        assertThat(ask(connection, "SELECT n FROM kept")).isEqualTo("7");
      }
    }
  }

  @Test
  void onThisMachineItListensOnLoopbackOnly() {
    try (var server = ContainerPostgres.start()) {
      assertThat(server.host()).isEqualTo("127.0.0.1");
      assertThat(server.publishedOn()).containsOnly("127.0.0.1");
    }
  }

  @Test
  void anImageThatNobodyHasIsRefusedWithTheVariableToSet() {
    var nowhere = DockerImageName.parse("rubicon/there-is-no-such-image:0");
    assertThatThrownBy(() -> ContainerImage.fetched(ContainerPostgres.IMAGE, nowhere))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "the Docker engine has no image 'rubicon/there-is-no-such-image:0' and could not fetch"
                + " it: set RUBICON_TEST_POSTGRES_IMAGE to one that it has");
  }

  private static Connection connect(PostgresServer server) throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl("postgres"), server.superuser(), server.password());
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
