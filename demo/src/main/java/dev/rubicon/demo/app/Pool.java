package dev.rubicon.demo.app;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;

/** A small connection pool; a connection that failed is thrown away. */
public final class Pool implements AutoCloseable {
  private static final int SIZE = 8;

  private final Database database;
  private final String applicationName;
  private final Semaphore permits = new Semaphore(SIZE, true);
  private final LinkedBlockingDeque<Connection> idle = new LinkedBlockingDeque<>();
  private volatile boolean closed;

  public Pool(Database database, String applicationName) {
    this.database = database;
    this.applicationName = applicationName;
  }

  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /** Runs the work in one transaction. */
  public <T> T inTransaction(Work<T> work) throws SQLException {
    permits.acquireUninterruptibly();
    try {
      Connection connection = borrow();
      try {
        T result = work.run(connection);
        connection.commit();
        giveBack(connection);
        return result;
      } catch (SQLException | RuntimeException e) {
        discard(connection);
        throw e;
      }
    } finally {
      permits.release();
    }
  }

  private Connection borrow() throws SQLException {
    Connection connection = idle.pollFirst();
    while (connection != null && !connection.isValid(2)) {
      discard(connection);
      connection = idle.pollFirst();
    }
    if (connection == null) {
      connection = database.connect(applicationName);
      connection.setAutoCommit(false);
    } else {
      // isValid opened a transaction.
      connection.rollback();
    }
    return connection;
  }

  private void giveBack(Connection connection) {
    idle.addFirst(connection);
    if (closed) {
      close();
    }
  }

  private static void discard(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      System.err.println("closing a failed connection: " + e.getSQLState());
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Connection c = idle.pollFirst(); c != null; c = idle.pollFirst()) {
      discard(c);
    }
  }
}
