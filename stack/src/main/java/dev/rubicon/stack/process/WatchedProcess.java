package dev.rubicon.stack.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server process that cannot outlive this JVM, not even one that ends by SIGKILL: a small shell
 * stands between, and reads a pipe that only this JVM holds open. What it reads is the signal to
 * pass on; the end of the pipe means that the JVM is gone.
 *
 * <p>The shell leads a session of its own where {@code setsid} is there, so that a Ctrl-C on the
 * terminal reaches the JVM, which then stops the servers in order.
 */
public final class WatchedProcess {
  private static final String WATCH =
      """
      signal=$1; shift
      "$@" </dev/null >&2 &
      child=$!
      echo "$child"
      exec >/dev/null
      read -r asked && signal=$asked
      kill -s "$signal" "$child" 2>/dev/null
      wait "$child"
      """;

  private final Process shell;
  private final long pid;

  private WatchedProcess(Process shell, long pid) {
    this.shell = shell;
    this.pid = pid;
  }

  /**
   * @param ifOrphaned signal for the process once this JVM is gone, e.g. {@code QUIT}
   * @param log takes stdout and stderr of the process
   */
  public static WatchedProcess start(
      List<String> command, String ifOrphaned, Path log, Map<String, String> environment) {
    var full = new ArrayList<String>();
    if (Programs.find("setsid").isPresent()) {
      full.add("setsid");
    }
    full.addAll(List.of("sh", "-c", WATCH, "watch", ifOrphaned));
    full.addAll(command);
    try {
      var builder =
          new ProcessBuilder(full)
              .directory(Path.of("/").toFile())
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      var shell = builder.start();
      String line = shell.inputReader(StandardCharsets.UTF_8).readLine();
      if (line == null) {
        throw new IllegalStateException("cannot start " + command.getFirst() + ", see " + log);
      }
      return new WatchedProcess(shell, Long.parseLong(line.strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the program, not of the shell that watches it. */
  public long pid() {
    return pid;
  }

  /** Whether the program is still there. */
  public boolean running() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Sends the signal (a name without SIG) and waits until the process has ended. */
  public void end(String signal) {
    try {
      if (shell.isAlive()) {
        try (var pipe = shell.getOutputStream()) {
          pipe.write((signal + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
      if (!shell.waitFor(30, TimeUnit.SECONDS)) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        shell.waitFor();
      }
    } catch (IOException e) {
      // The shell is gone already; what it watched may not be.
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    } catch (InterruptedException e) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }

  /** The last lines of a log, for the message of a failed start. */
  public static String tail(Path log) {
    try {
      var lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return "(no log at " + log + ")";
    }
  }
}
