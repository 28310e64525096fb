package dev.rubicon.ledger;

import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.SharedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;

/** A ledger's database, still empty, with its owner and the role that workers have. */
public record WorkersLedger(Target owner, Target worker) {

  public static WorkersLedger create() throws SQLException {
    var server = SharedPostgres.server();
    var owner =
        new Target(
            "ledger",
            server.jdbcUrl(SharedPostgres.freshDatabase("ledger")),
            server.superuser(),
            new Secret(server.password()),
            Map.of());
    return new WorkersLedger(owner, role(owner, "worker_of_" + owner.database()));
  }

  /** Another role that may log in there. */
  public static Target role(Target superuser, String name) throws SQLException {
    try (var connection = open(superuser);
        var statement = connection.createStatement()) {
      statement.execute("CREATE ROLE \"" + name + "\" LOGIN PASSWORD 'word'");
    }
    return new Target("ledger", superuser.url(), name, new Secret("word"), Map.of());
  }

  public static Connection open(Target as) throws SQLException {
    return DriverManager.getConnection(as.url(), as.user(), as.password().reveal());
  }
}
