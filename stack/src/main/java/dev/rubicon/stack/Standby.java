package dev.rubicon.stack;

import dev.rubicon.stack.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A streaming standby of a {@link LocalPostgres}. Its replication goes through a gate that can be
 * shut; asynchronous at first. The primary keeps what a standby that is cut off has not got yet.
 */
public final class Standby implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NAME = "standby";

  private final LocalPostgres primary;
  private final LocalPostgres server;
  private final TcpGate replication;

  private Standby(LocalPostgres primary, LocalPostgres server, TcpGate replication) {
    this.primary = primary;
    this.server = server;
    this.replication = replication;
  }

  /**
   * Copies the primary, which it stops for that moment, and lets the copy follow it.
   *
   * @param folder for the copy
   * @param settings added to the standby's postgresql.conf
   */
  public static Standby of(LocalPostgres primary, Path folder, Map<String, String> settings) {
    primary.close();
    var replication = TcpGate.before(primary.port());
    try {
      copy(primary, folder);
    } finally {
      primary.restart();
    }
    ask(primary, "SELECT pg_create_physical_replication_slot('" + NAME + "')");
    var all = new HashMap<>(primary.options().settings());
    all.put(
        "primary_conninfo",
        "host=127.0.0.1 port=%d user=%s password=%s application_name=%s"
            .formatted(replication.port(), primary.superuser(), primary.password(), NAME));
    all.put("primary_slot_name", NAME);
    all.putAll(settings);
    LocalPostgres server =
        LocalPostgres.start(
            new LocalPostgres.Options(
                folder,
                0,
                primary.password(),
                all,
                primary.options().binaries(),
                primary.options().durable()));
    var standby = new Standby(primary, server, replication);
    standby.await("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')");
    return standby;
  }

  private static void copy(LocalPostgres primary, Path folder) {
    try {
      ServerUser.letPass(Files.createDirectories(folder));
      Path data = ServerUser.reachable(folder.toAbsolutePath()).resolve("pgdata");
      Programs.run(List.of("cp", "-a", primary.data().toString(), data.toString()));
      Path signal = Files.createFile(data.resolve("standby.signal"));
      ServerUser.own(signal);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The standby itself: it can be read, and written once it is promoted. */
  public LocalPostgres server() {
    return server;
  }

  /** Whether a commit on the primary waits, unless its session says otherwise, until it is here. */
  public void synchronous(boolean wanted) {
    for (var setting :
        Map.of("synchronous_standby_names", NAME, "synchronous_commit", "on").entrySet()) {
      execute(
          primary,
          "ALTER SYSTEM SET "
              + setting.getKey()
              + " = "
              + (wanted ? "'" + setting.getValue() + "'" : "DEFAULT"));
    }
    ask(primary, "SELECT pg_reload_conf()");
    await(
        "SELECT "
            + (wanted ? "" : "NOT ")
            + "EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')");
  }

  /** From now on nothing reaches the standby. */
  public void cutOff() {
    replication.deny();
    await("SELECT NOT EXISTS (SELECT FROM pg_stat_replication)");
  }

  /** It follows again. */
  public void reconnect() {
    replication.allow();
  }

  /** Receives on, and shows nothing of it: a replica that lags. */
  public void pauseReplay() {
    ask(server, "SELECT pg_wal_replay_pause()");
  }

  /** Catches up. */
  public void resumeReplay() {
    ask(server, "SELECT pg_wal_replay_resume()");
  }

  /** Waits until everything that the primary has written until now can be seen here. */
  public void awaitReplayed() {
    String until = ask(primary, "SELECT pg_current_wal_insert_lsn()");
    await(server, "SELECT pg_last_wal_replay_lsn() >= '" + until + "'");
  }

  /** Ends recovery; the primary is the caller's to kill before. */
  public void promote() {
    ask(server, "SELECT pg_promote(true, 60)");
    await(server, "SELECT NOT pg_is_in_recovery()");
  }

  /** Ends the standby and removes its data; the primary stays. */
  @Override
  public void close() {
    server.discard();
    replication.close();
  }

  private void await(String condition) {
    await(primary, condition);
  }

  private static void await(LocalPostgres where, String condition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!ask(where, condition).equals("t")) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("never came true: " + condition);
      }
      Programs.pause();
    }
  }

  private static void execute(LocalPostgres where, String sql) {
    try (var connection =
            DriverManager.getConnection(
                where.jdbcUrl("postgres"), where.superuser(), where.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static String ask(LocalPostgres where, String sql) {
    try (var connection =
            DriverManager.getConnection(
                where.jdbcUrl("postgres"), where.superuser(), where.password());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
