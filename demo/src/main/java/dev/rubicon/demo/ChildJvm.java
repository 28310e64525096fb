package dev.rubicon.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Java process of this program's own classes. It reads a pipe that only the parent holds open,
 * and ends when the pipe does: not even a SIGKILL of the parent leaves it behind.
 */
final class ChildJvm implements AutoCloseable {
  private static final String ARCHIVE = "-XX:SharedArchiveFile=";
  private static final Duration START = Duration.ofSeconds(90);

  private final Process process;
  private final OutputStream pipe;
  private final Path log;

  private ChildJvm(Process process, Path log) {
    this.process = process;
    this.pipe = process.getOutputStream();
    this.log = log;
  }

  /**
   * @param log takes stdout and stderr
   * @param ready text in the log that says that it is up
   */
  static ChildJvm start(
      Path log, String ready, Map<String, String> environment, Class<?> main, String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags(main.getSimpleName() + ".jsa"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    try {
      Files.deleteIfExists(log);
      var builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      var child = new ChildJvm(builder.start(), log);
      child.await(ready);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** This JVM's flags, but for what belongs to one process only. */
  private static List<String> flags(String archive) {
    var flags = new ArrayList<String>();
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith(ARCHIVE)) {
        // Other classes than the parent's, hence an archive of its own.
        flags.add(ARCHIVE + Path.of(flag.substring(ARCHIVE.length())).resolveSibling(archive));
      } else if (!flag.startsWith("-agentlib")) {
        flags.add(flag);
      }
    }
    flags.add("--enable-native-access=ALL-UNNAMED");
    return flags;
  }

  private void await(String ready) throws IOException {
    Instant deadline = Instant.now().plus(START);
    while (!Files.readString(log, StandardCharsets.UTF_8).contains(ready)) {
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        kill();
        throw DemoFailure.because("a child process did not start", "read " + log);
      }
      Pause.millis(50);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** SIGKILL: it gets no chance to say goodbye. */
  void kill() {
    process.destroyForcibly();
    join();
  }

  /** An orderly end; forced when it takes too long. */
  @Override
  public void close() {
    try {
      pipe.close();
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (IOException alreadyGone) {
      kill();
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }

  private void join() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
