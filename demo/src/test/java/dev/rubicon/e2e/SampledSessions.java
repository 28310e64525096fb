package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Rubicon's sessions on a database, counted from outside as long as it is open. */
final class SampledSessions implements AutoCloseable {
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final TestSite site;
  private final Thread thread;
  private volatile boolean stopped;

  private SampledSessions(TestSite site, String database) {
    this.site = site;
    this.thread = Thread.ofPlatform().daemon().start(() -> sample(database));
  }

  static SampledSessions of(TestSite site, String database) {
    return new SampledSessions(site, database);
  }

  private void sample(String database) {
    try (Connection connection = site.superuser("postgres");
        var count =
            connection.prepareStatement(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = ? AND application_name LIKE"
                    + " 'rubicon%'")) {
      count.setString(1, database);
      while (!stopped) {
        try (var row = count.executeQuery()) {
          row.next();
          most.accumulateAndGet(row.getInt(1), Math::max);
        }
        TestSite.pause();
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  /**
   * That there were some, never more than so many, and that this is how long a statement may run.
   */
  void stayed(int atMost, String statementTimeout) {
    assertThat(failure.get()).isNull();
    assertThat(most.get()).isBetween(1, atMost);
    assertThat(site.statementTimeout()).isEqualTo(statementTimeout);
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
