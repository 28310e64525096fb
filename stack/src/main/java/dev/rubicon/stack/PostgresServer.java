package dev.rubicon.stack;

/** A running PostgreSQL server that this process started. */
public interface PostgresServer extends AutoCloseable {

  String host();

  int port();

  /** A superuser's name. */
  String superuser();

  /** Its password. */
  String password();

  default String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
  }

  /**
   * Stops without a checkpoint and starts again, as a crash would ({@code pg_ctl -m immediate}).
   */
  void crashAndRestart();

  @Override
  void close();
}
