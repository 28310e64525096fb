package dev.rubicon.compare;

import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code public.a} on the left and {@code public.b} on the right, in one database or in two. */
final class TwoRelations {
  final String leftDatabase = SharedPostgres.freshDatabase("left");
  final String rightDatabase;

  List<String> key = List.of();
  boolean unkeyed;
  List<String> columns = List.of();
  Map<String, String> mapped = Map.of();
  Map<String, String> casts = Map.of();
  Optional<String> where = Optional.empty();
  boolean values;
  long blocks = 1;

  TwoRelations(boolean oneDatabase) {
    rightDatabase = oneDatabase ? leftDatabase : SharedPostgres.freshDatabase("right");
  }

  TwoRelations left(String... sql) {
    run(leftDatabase, sql);
    return this;
  }

  TwoRelations right(String... sql) {
    run(rightDatabase, sql);
    return this;
  }

  Differences compare() {
    return Compare.run(
        new Question(
            side("old", leftDatabase, "a"),
            side("new", rightDatabase, "b"),
            key,
            unkeyed,
            columns,
            mapped,
            casts,
            where,
            2,
            20,
            values),
        new SessionTag("test", Phase.VERIFY),
        Progress.NONE,
        blocks);
  }

  private static Question.Side side(String target, String database, String relation) {
    var server = SharedPostgres.server();
    return new Question.Side(
        new Target(
            target,
            server.jdbcUrl(database),
            server.superuser(),
            new Secret(server.password()),
            Map.of()),
        new RelationName("public", relation));
  }

  static Connection connect(String database) throws SQLException {
    var server = SharedPostgres.server();
    return DriverManager.getConnection(
        server.jdbcUrl(database), server.superuser(), server.password());
  }

  private static void run(String database, String... statements) {
    try (var connection = connect(database);
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
