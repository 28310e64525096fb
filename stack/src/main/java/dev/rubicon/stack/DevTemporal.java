package dev.rubicon.stack;

import dev.rubicon.stack.process.Ports;
import dev.rubicon.stack.process.Programs;
import dev.rubicon.stack.process.WatchedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A real Temporal server with its user interface: the {@code temporal} program on a database file,
 * so that histories survive its restart. Ends with this JVM.
 */
public final class DevTemporal implements TemporalServer {
  private static final Duration START = Duration.ofSeconds(60);
  private static final int STARTS = 3;

  private final List<String> command;
  private final Path log;
  private final int port;
  private final int uiPort;
  private WatchedProcess process;

  private DevTemporal(List<String> command, Path log, int port, int uiPort) {
    this.command = List.copyOf(command);
    this.log = log;
    this.port = port;
    this.uiPort = uiPort;
  }

  /** The program, if this machine has it: on the PATH, or where Go installs. */
  public static Optional<Path> program() {
    return Programs.find("temporal", Path.of(System.getProperty("user.home"), "go", "bin"));
  }

  /**
   * @param file the database; created unless it is there
   * @param port 0: a free one
   * @param uiPort 0: a free one
   * @param keywords names of search attributes to register, all of type Keyword
   */
  public static DevTemporal start(Path file, int port, int uiPort, List<String> keywords) {
    Path program =
        program().orElseThrow(() -> new IllegalStateException("no 'temporal' program on the PATH"));
    int grpc = port == 0 ? Ports.free() : port;
    int ui = uiPort == 0 ? Ports.free() : uiPort;
    var command = new ArrayList<String>();
    command.addAll(List.of(program.toString(), "server", "start-dev", "--log-level", "warn"));
    command.addAll(List.of("--db-filename", file.toAbsolutePath().toString()));
    command.addAll(List.of("--ip", "127.0.0.1", "--port", String.valueOf(grpc)));
    command.addAll(List.of("--ui-ip", "127.0.0.1", "--ui-port", String.valueOf(ui)));
    // Without these it takes ports of its own choice.
    command.addAll(List.of("--http-port", String.valueOf(Ports.free())));
    command.addAll(List.of("--metrics-port", String.valueOf(Ports.free())));
    keywords.forEach(name -> command.addAll(List.of("--search-attribute", name + "=Keyword")));
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var server =
        new DevTemporal(command, file.resolveSibling(file.getFileName() + ".log"), grpc, ui);
    server.restart();
    return server;
  }

  /** SIGKILL: nothing is flushed. */
  public void kill() {
    process.end("KILL");
  }

  /** An orderly end; {@link #restart} starts it again on the same file and ports. */
  public void stop() {
    process.end("TERM");
  }

  /**
   * Starts it, on the same file and ports, and waits until the namespace is served. Besides its
   * given ports it takes some of its own choice, and may find one taken a moment later: then again.
   */
  public void restart() {
    int tries = STARTS;
    while (!started()) {
      process.end("KILL");
      String end = WatchedProcess.tail(log);
      if (--tries == 0 || !end.contains("address already in use")) {
        throw new IllegalStateException("the Temporal server did not start:\n" + end);
      }
    }
  }

  private boolean started() {
    Instant deadline = Instant.now().plus(START);
    process = WatchedProcess.start(command, "TERM", log, Map.of());
    while (!TemporalProbe.answers(address(), namespace())) {
      if (!process.running() || Instant.now().isAfter(deadline)) {
        return false;
      }
      Programs.pause();
    }
    return true;
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public Optional<String> uiUrl() {
    return Optional.of("http://127.0.0.1:" + uiPort);
  }

  @Override
  public boolean durable() {
    return true;
  }

  @Override
  public void close() {
    stop();
  }
}
