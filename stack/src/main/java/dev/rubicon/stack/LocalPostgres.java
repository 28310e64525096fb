package dev.rubicon.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL cluster of our own, run from a folder of binaries (the system's, or zonky's),
 * listening on loopback only. PostgreSQL refuses to run as root, so root starts it as the user
 * {@code postgres} (or {@code nobody}).
 */
public final class LocalPostgres implements PostgresServer {
  private static final String PASSWORD = "rubicon-" + java.util.UUID.randomUUID();

  private final Path bin;
  private final Path data;
  private final int port;
  private final Map<String, String> settings;

  private LocalPostgres(Path bin, Path data, int port, Map<String, String> settings) {
    this.bin = bin;
    this.data = data;
    this.port = port;
    this.settings = settings;
  }

  /**
   * Creates a cluster under the folder and starts it on a free port.
   *
   * @param settings added to postgresql.conf
   */
  public static LocalPostgres start(Path folder, Map<String, String> settings) {
    Path bin = PostgresBinaries.find();
    try {
      Files.createDirectories(folder);
      Path data = folder.resolve("pgdata");
      Path password = folder.resolve("pw");
      Files.writeString(password, PASSWORD);
      Files.createDirectories(data);
      if (isRoot()) {
        openTo(folder);
        run(List.of("chown", "-R", serverUser(), folder.toString()));
      }
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
      var server = new LocalPostgres(bin, data, freePort(), Map.copyOf(settings));
      server.asServerUser(
          bin.resolve("initdb").toString(),
          "-D",
          data.toString(),
          "-U",
          "postgres",
          "--pwfile=" + password,
          "-A",
          "scram-sha-256",
          "-E",
          "UTF8",
          "--locale=C.UTF-8",
          "--no-sync");
      Files.delete(password);
      server.configure();
      server.control("start");
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void configure() throws IOException {
    var conf = new StringBuilder();
    conf.append("listen_addresses = '127.0.0.1'\n");
    conf.append("unix_socket_directories = ''\n");
    conf.append("port = ").append(port).append('\n');
    conf.append("max_connections = 200\n");
    conf.append("fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n");
    settings.forEach(
        (k, v) -> conf.append(k).append(" = '").append(v.replace("'", "''")).append("'\n"));
    Path file = data.resolve("postgresql.conf");
    Files.writeString(file, conf, StandardCharsets.UTF_8, java.nio.file.StandardOpenOption.APPEND);
  }

  private void control(String... words) {
    var command = new ArrayList<String>();
    command.add(bin.resolve("pg_ctl").toString());
    command.addAll(
        List.of(
            "-D",
            data.toString(),
            "-w",
            "-t",
            "60",
            "-s",
            "-l",
            data.resolve("server.log").toString()));
    command.addAll(List.of(words));
    asServerUser(command.toArray(String[]::new));
  }

  private void asServerUser(String... command) {
    var full = new ArrayList<String>();
    if (isRoot()) {
      full.addAll(
          List.of(
              "setpriv",
              "--reuid=" + serverUser(),
              "--regid=" + serverUser(),
              "--clear-groups",
              "--"));
    }
    full.addAll(List.of(command));
    run(full);
  }

  private static void run(List<String> command) {
    try {
      Path out = Files.createTempFile("rubicon-stack", ".out");
      var process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      process.getOutputStream().close();
      int rc = process.waitFor();
      String text = Files.readString(out);
      Files.delete(out);
      if (rc != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + " ended with " + rc + ": " + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static String serverUser() {
    try {
      return Files.readString(Path.of("/etc/passwd"))
              .lines()
              .anyMatch(l -> l.startsWith("postgres:"))
          ? "postgres"
          : "nobody";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the server's user pass through to the data folder. */
  private static void openTo(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
    return PASSWORD;
  }

  @Override
  public void crashAndRestart() {
    control("stop", "-m", "immediate");
    control("start");
  }

  @Override
  public void close() {
    control("stop", "-m", "immediate");
  }
}
