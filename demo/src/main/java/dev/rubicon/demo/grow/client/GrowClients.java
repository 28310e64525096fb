package dev.rubicon.demo.grow.client;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.client.Intermission;
import dev.rubicon.demo.app.client.Journal;
import dev.rubicon.demo.app.client.Side;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The greenhouse in its old and its new version: both write until they are stopped. */
public final class GrowClients implements AutoCloseable {
  private static final int CONNECTIONS = 2;

  private final Database database;
  private final Journal journal = new Journal(Optional.empty());
  private final Intermission intermission = new Intermission();
  private final AtomicLong values = new AtomicLong(System.currentTimeMillis() % 1_000_000_000);
  private final List<GrowWriter> writers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private GrowClients(Database database) {
    this.database = database;
  }

  /**
   * Starts both versions; the new one writes as soon as it can.
   *
   * @param perSecond writes of each version
   */
  public static GrowClients ofBoth(Database database, double perSecond) {
    return new GrowClients(database).start(Side.OLD, perSecond).start(Side.NEW, perSecond);
  }

  /** Starts the new version alone. */
  public static GrowClients ofNew(Database database, double perSecond) {
    return new GrowClients(database).start(Side.NEW, perSecond);
  }

  private GrowClients start(Side side, double perSecond) {
    for (int i = 0; i < CONNECTIONS; i++) {
      var writer = new GrowWriter(this, side, perSecond / CONNECTIONS);
      writers.add(writer);
      threads.add(Thread.ofPlatform().daemon().name("grow-" + side + "-" + i).start(writer));
    }
    return this;
  }

  Database database() {
    return database;
  }

  Intermission intermission() {
    return intermission;
  }

  /** Unique in this run, and an integer for PostgreSQL too. */
  String nextValue() {
    return Long.toString(values.incrementAndGet());
  }

  public Journal journal() {
    return journal;
  }

  /** Ends all writing; what is under way is still acknowledged. */
  public void stop() {
    writers.forEach(GrowWriter::stop);
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
  public GrowProof prove() throws SQLException {
    return GrowProof.of(this, writers.stream().flatMap(w -> w.written().stream()).toList());
  }

  /** The same while they write: all are held between two operations, and then go on. */
  public GrowProof proveInBetween() throws SQLException {
    try (var _ = intermission.everyone()) {
      return prove();
    }
  }

  @Override
  public void close() {
    stop();
    journal.close();
  }
}
