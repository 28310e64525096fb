package dev.rubicon.stack;

import dev.rubicon.stack.process.Ports;
import dev.rubicon.stack.process.Programs;
import dev.rubicon.stack.process.WatchedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * A private PostgreSQL cluster, run from a folder of binaries (the system's, or zonky's), listening
 * on loopback only. It ends with this JVM, even if that is killed. PostgreSQL refuses to run as
 * root, so root starts it as the user {@code postgres} (or {@code nobody}).
 */
public final class LocalPostgres implements PostgresServer {
  private static final Duration START = Duration.ofSeconds(60);

  private final Path bin;
  private final Path data;
  private final Path log;
  private final int port;
  private final Options options;
  private WatchedProcess process;

  private LocalPostgres(Path bin, Path data, Path log, int port, Options options) {
    this.bin = bin;
    this.data = data;
    this.log = log;
    this.port = port;
    this.options = options;
  }

  /**
   * How to run a cluster.
   *
   * @param folder of the caller: data, log and unpacked binaries go below it
   * @param port 0: a free one
   * @param password the superuser's; must be the same again when the folder already holds a cluster
   * @param settings added to postgresql.conf
   * @param binaries empty: looked up, see {@link PostgresBinaries}
   * @param durable false: no fsync, and passwords whose check costs next to nothing, for tests and
   *     demos that may lose a power failure
   */
  public record Options(
      Path folder,
      int port,
      String password,
      Map<String, String> settings,
      Optional<Path> binaries,
      boolean durable) {
    public Options {
      settings = Map.copyOf(settings);
    }

    public static Options in(Path folder) {
      return new Options(
          folder, 0, "rubicon-" + UUID.randomUUID(), Map.of(), Optional.empty(), false);
    }

    public Options port(int value) {
      return new Options(folder, value, password, settings, binaries, durable);
    }

    public Options password(String value) {
      return new Options(folder, port, value, settings, binaries, durable);
    }

    public Options settings(Map<String, String> value) {
      return new Options(folder, port, password, value, binaries, durable);
    }

    public Options binaries(Path bin) {
      return new Options(folder, port, password, settings, Optional.of(bin), durable);
    }

    public Options durable(boolean value) {
      return new Options(folder, port, password, settings, binaries, value);
    }
  }

  /** Creates a cluster under the folder and starts it on a free port. */
  public static LocalPostgres start(Path folder, Map<String, String> settings) {
    return start(Options.in(folder).settings(settings));
  }

  /** Starts the cluster of that folder; creates it the first time. */
  public static LocalPostgres start(Options options) {
    try {
      Path folder = Files.createDirectories(options.folder()).toAbsolutePath();
      ServerUser.letPass(folder);
      Path home = ServerUser.reachable(folder);
      Path bin = options.binaries().orElseGet(() -> PostgresBinaries.find(home));
      Path data = home.resolve("pgdata");
      if (!Files.exists(data.resolve("PG_VERSION"))) {
        create(bin, home, data, options);
      }
      Path log = home.resolve("postgres.log");
      int port = options.port() == 0 ? Ports.free() : options.port();
      configure(data, port, options);
      var server = new LocalPostgres(bin, data, log, port, options);
      server.launch();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void create(Path bin, Path home, Path data, Options options) throws IOException {
    Files.createDirectories(data);
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    Path password =
        Files.createTempFile(
            home,
            "pw",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(password, options.password());
    try {
      ServerUser.own(data);
      ServerUser.own(password);
      var command = new ArrayList<String>(ServerUser.prefix());
      command.add(bin.resolve("initdb").toString());
      command.addAll(List.of("-D", data.toString(), "-U", "postgres", "--pwfile=" + password));
      command.addAll(List.of("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"));
      // SCRAM makes a client compute for 15 ms, at each connection. initdb sets password_encryption
      // to match.
      command.addAll(List.of("-A", options.durable() ? "scram-sha-256" : "md5"));
      Programs.run(command);
    } finally {
      Files.delete(password);
    }
  }

  /**
   * Kept apart from initdb's file, and written anew at each start: ports and settings may change.
   */
  private static void configure(Path data, int port, Options options) throws IOException {
    var conf = new StringBuilder("# written at every start\n");
    conf.append("listen_addresses = '127.0.0.1'\n");
    conf.append("unix_socket_directories = ''\n");
    conf.append("port = ").append(port).append('\n');
    conf.append("max_connections = 200\n");
    if (!options.durable()) {
      conf.append("fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n");
    }
    options
        .settings()
        .forEach(
            (k, v) -> conf.append(k).append(" = '").append(v.replace("'", "''")).append("'\n"));
    Path ours = data.resolve("rubicon.conf");
    Files.writeString(ours, conf);
    ServerUser.own(ours);
    Path main = data.resolve("postgresql.conf");
    String text = Files.readString(main);
    if (!text.contains("rubicon.conf")) {
      Files.writeString(main, text + "\ninclude 'rubicon.conf'\n");
    }
  }

  /**
   * Starts and waits until a connection is answered. The process of an earlier, killed owner may
   * still be going down and hold the lock file: then it is tried again.
   */
  private void launch() {
    Instant deadline = Instant.now().plus(START);
    var command = new ArrayList<String>(ServerUser.prefix());
    command.addAll(List.of(bin.resolve("postgres").toString(), "-D", data.toString()));
    process = WatchedProcess.start(command, "QUIT", log, Map.of());
    while (!answers()) {
      if (!process.running()) {
        process.end("QUIT");
        String why = WatchedProcess.tail(log);
        if (!why.contains("already exists") || Instant.now().isAfter(deadline.minusSeconds(45))) {
          throw new IllegalStateException("PostgreSQL did not start:\n" + why);
        }
        process = WatchedProcess.start(command, "QUIT", log, Map.of());
      } else if (Instant.now().isAfter(deadline)) {
        process.end("QUIT");
        throw new IllegalStateException(
            "PostgreSQL does not answer on port " + port + ":\n" + WatchedProcess.tail(log));
      }
      Programs.pause();
    }
  }

  private boolean answers() {
    var properties = new Properties();
    properties.setProperty("user", superuser());
    properties.setProperty("password", password());
    properties.setProperty("loginTimeout", "5");
    try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"), properties)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("28")) {
        process.end("INT");
        throw new IllegalStateException(
            "the cluster in " + data + " was created with another password", e);
      }
      return false;
    }
  }

  /** Of the postmaster. */
  public long pid() {
    return process.pid();
  }

  /** The server's log. */
  public Path log() {
    return log;
  }

  /** The cluster's data folder. */
  public Path data() {
    return data;
  }

  @Override
  public String host() {
    return "127.0.0.1";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String superuser() {
    return "postgres";
  }

  @Override
  public String password() {
    return options.password();
  }

  /** How it is run, and by which binaries: for another one that must be like it. */
  Options options() {
    return options.binaries(bin);
  }

  @Override
  public void crashAndRestart() {
    process.end("QUIT");
    launch();
  }

  /** Stops without a checkpoint and stays down until {@link #restart}. */
  public void crash() {
    process.end("QUIT");
  }

  /** Starts again after {@link #crash}. */
  public void restart() {
    launch();
  }

  @Override
  public void close() {
    process.end("INT");
  }

  /**
   * Ends it and removes its data: a cluster that is not used again need not write what it holds in
   * memory.
   */
  public void discard() {
    crash();
    try (var files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
