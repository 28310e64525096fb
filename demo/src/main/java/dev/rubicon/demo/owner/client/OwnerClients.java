package dev.rubicon.demo.owner.client;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.client.Journal;
import dev.rubicon.demo.app.client.Side;
import java.net.URI;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Clients of the old and of the new version, and a user of the API, until they are stopped. */
public final class OwnerClients implements AutoCloseable {
  private static final int WRITERS = 3;

  private final OwnerTraffic traffic;
  private final List<OwnerWriter> writers = new ArrayList<>();
  private final OwnerHttpWriter http;
  private final List<Thread> threads = new ArrayList<>();

  private OwnerClients(OwnerTraffic traffic, URI app, double oldPerSecond, double newPerSecond) {
    this.traffic = traffic;
    for (int i = 0; i < WRITERS; i++) {
      if (oldPerSecond > 0) {
        writers.add(new OwnerWriter(traffic, Side.OLD, oldPerSecond / WRITERS));
      }
      if (newPerSecond > 0) {
        writers.add(new OwnerWriter(traffic, Side.NEW, newPerSecond / WRITERS));
      }
    }
    http = new OwnerHttpWriter(traffic, app, 10);
    writers.forEach(this::begin);
    begin(http);
  }

  /** Both versions write. */
  public static OwnerClients ofBoth(Database database, URI app) throws SQLException {
    return new OwnerClients(new OwnerTraffic(database), app, 60, 60);
  }

  /** The new version alone. */
  public static OwnerClients ofNew(Database database, URI app) throws SQLException {
    return new OwnerClients(new OwnerTraffic(database), app, 0, 60);
  }

  private void begin(Runnable writer) {
    threads.add(Thread.ofPlatform().daemon().name("owner-client-" + threads.size()).start(writer));
  }

  public Journal journal() {
    return traffic.journal;
  }

  /** Ends all writing; what is under way is still acknowledged. */
  public void stop() {
    writers.forEach(OwnerWriter::stop);
    http.stop();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Reads the database and proves what was acknowledged; call {@link #stop} first. */
  public OwnerProof prove() throws SQLException {
    return OwnerProof.of(traffic);
  }

  /** The same while they write: all are held between two operations, and then go on. */
  public OwnerProof proveInBetween() throws SQLException {
    try (var _ = traffic.intermission.everyone()) {
      return OwnerProof.of(traffic);
    }
  }

  @Override
  public void close() {
    stop();
    traffic.journal.close();
  }
}
