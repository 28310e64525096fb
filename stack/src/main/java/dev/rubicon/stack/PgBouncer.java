package dev.rubicon.stack;

import dev.rubicon.stack.process.Ports;
import dev.rubicon.stack.process.Programs;
import dev.rubicon.stack.process.WatchedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The real PgBouncer in front of a server on loopback; ends with this JVM. */
public final class PgBouncer implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  private final WatchedProcess process;
  private final int port;

  private PgBouncer(WatchedProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** When a client's server connection goes back to the pool. */
  public enum Mode {
    SESSION,
    TRANSACTION
  }

  /** Where it is; empty on a machine that has none. */
  public static Optional<Path> program() {
    return Programs.find("pgbouncer", Path.of("/usr/sbin"));
  }

  /**
   * @param users who may log in, with their passwords
   */
  public static PgBouncer start(
      Path folder, PostgresServer server, Mode mode, Map<String, String> users) {
    try {
      Path home = Files.createDirectories(folder);
      ServerUser.letPass(home);
      home = ServerUser.reachable(home.toAbsolutePath());
      int port = Ports.free();
      Path list = home.resolve("users.txt");
      Files.writeString(
          list,
          users.entrySet().stream()
              .map(user -> "\"%s\" \"%s\"\n".formatted(user.getKey(), user.getValue()))
              .collect(Collectors.joining()));
      Path settings = home.resolve("pgbouncer.ini");
      Files.writeString(
          settings,
          """
          [databases]
          * = host=%s port=%d
          [pgbouncer]
          listen_addr = 127.0.0.1
          listen_port = %d
          unix_socket_dir =
          auth_type = scram-sha-256
          auth_file = %s
          pool_mode = %s
          default_pool_size = 50
          """
              .formatted(
                  server.host(), server.port(), port, list, mode.name().toLowerCase(Locale.ROOT)));
      ServerUser.own(list);
      ServerUser.own(settings);
      Path log = home.resolve("pgbouncer.log");
      var command = new ArrayList<String>(ServerUser.prefix());
      command.add(program().orElseThrow().toString());
      command.add(settings.toString());
      var bouncer = new PgBouncer(WatchedProcess.start(command, "TERM", log, Map.of()), port);
      bouncer.awaitListening(log);
      return bouncer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitListening(Path log) {
    Instant deadline = Instant.now().plus(START);
    while (!listens()) {
      if (!process.running() || Instant.now().isAfter(deadline)) {
        close();
        throw new IllegalStateException("PgBouncer did not start:\n" + WatchedProcess.tail(log));
      }
      Programs.pause();
    }
  }

  private boolean listens() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException nobody) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.end("INT");
  }
}
