package dev.rubicon.demo.plant.client;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.client.Intermission;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Journal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The backend once its tables are there: it registers devices, and writes their telemetry, alerts,
 * care plans and settings, until it is stopped.
 */
public final class PlantClients implements AutoCloseable {
  /** Of the backend's pool of 2 to 10. */
  private static final int CONNECTIONS = 4;

  private final Database database;
  private final Journal journal = new Journal(Optional.empty());
  private final Intermission intermission = new Intermission();
  private final AtomicLong ids = new AtomicLong(System.currentTimeMillis());
  private final String home;
  private final List<PlantWriter> writers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private PlantClients(Database database) {
    this.database = database;
    this.home = nextId();
  }

  /**
   * Starts them, behind a plant and a device of their own.
   *
   * @param perSecond writes of all of them together
   */
  public static PlantClients start(Database database, double perSecond) throws SQLException {
    var clients = new PlantClients(database);
    try (Connection connection = database.connect("plant-backend")) {
      Jdbc.update(
          connection, "INSERT INTO public.plants (id, name) VALUES (?, 'home')", clients.home);
      Jdbc.update(
          connection,
          "INSERT INTO public.devices (id, mqtt_password_hash, plant_id) VALUES (?, 'fixture', ?)",
          clients.home,
          clients.home);
    }
    for (int i = 0; i < CONNECTIONS; i++) {
      var writer = new PlantWriter(clients, perSecond / CONNECTIONS);
      clients.writers.add(writer);
      clients.threads.add(Thread.ofPlatform().daemon().name("plant-client-" + i).start(writer));
    }
    return clients;
  }

  Database database() {
    return database;
  }

  Intermission intermission() {
    return intermission;
  }

  /** The plant and the device that all readings belong to. */
  String home() {
    return home;
  }

  /** Unique in this run; a number, and small enough for a double to hold it exactly. */
  String nextId() {
    return Long.toString(ids.incrementAndGet());
  }

  public Journal journal() {
    return journal;
  }

  /** Ends all writing; what is under way is still acknowledged. */
  public void stop() {
    writers.forEach(PlantWriter::stop);
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
  public PlantProof prove() throws SQLException {
    return PlantProof.of(this, writers.stream().flatMap(w -> w.written().stream()).toList());
  }

  /** The same while they write: all are held between two operations, and then go on. */
  public PlantProof proveInBetween() throws SQLException {
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
