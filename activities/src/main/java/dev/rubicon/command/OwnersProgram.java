package dev.rubicon.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rubicon.engine.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program on this machine: no shell, none of Rubicon's environment but what finds programs and
 * spells text (it holds Rubicon's secrets), an end to its time, and of its output at most the last
 * of what fits.
 */
public final class OwnersProgram {
  private static final List<String> KEPT =
      List.of("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR");

  /** How long its output may take to end once it is dead. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private OwnersProgram() {}

  /** What came of it. */
  public sealed interface Ended {
    /** It is not there, or is no program. */
    record NotStarted() implements Ended {}

    /** Its time was over; it is dead. */
    record TimedOut(String output) implements Ended {}

    /**
     * @param output the last of what it said; empty where that was not asked for
     */
    record Exited(int status, String output) implements Ended {}
  }

  /**
   * @param folder in which it runs; empty: this process's own
   * @param environment what it has besides
   * @param kept how many bytes of its output are kept, the last ones; 0: none, it may hold values
   */
  public static Ended run(
      List<String> argv,
      Optional<Path> folder,
      Map<String, String> environment,
      Duration timeout,
      int kept,
      Progress progress) {
    var builder = new ProcessBuilder(argv).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> !KEPT.contains(name));
    builder.environment().putAll(environment);
    folder.ifPresent(path -> builder.directory(path.toFile()));
    if (kept == 0) {
      builder.redirectOutput(Redirect.DISCARD);
    }
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      // The message quotes the arguments, which may carry a variable's value.
      return new Ended.NotStarted();
    }
    var tail = new Tail(kept);
    Thread reader = Thread.ofPlatform().daemon().start(() -> tail.read(process.getInputStream()));
    try (var _ = progress.cancelsWith(() -> kill(process))) {
      boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
      progress.checkCancelled();
      if (!ended) {
        kill(process);
      }
      // What it left running may hold its output open.
      reader.join(LAST_WORDS);
      return ended
          ? new Ended.Exited(process.exitValue(), tail.text())
          : new Ended.TimedOut(tail.text());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted while a command ran");
    } finally {
      kill(process);
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** The last bytes of a stream, however long it is. */
  private static final class Tail {
    private final byte[] ring;
    private long seen;

    Tail(int size) {
      ring = new byte[size];
    }

    void read(InputStream output) {
      var chunk = new byte[8192];
      try (output) {
        for (int got = output.read(chunk); got >= 0; got = output.read(chunk)) {
          keep(chunk, got);
        }
      } catch (IOException e) {
        // It ended; what was read is what there is.
        return;
      }
    }

    private synchronized void keep(byte[] chunk, int length) {
      for (int i = 0; i < length && ring.length > 0; i++) {
        ring[(int) (seen++ % ring.length)] = chunk[i];
      }
    }

    synchronized String text() {
      int length = (int) Math.min(seen, ring.length);
      var last = new byte[length];
      for (int i = 0; i < length; i++) {
        last[i] = ring[(int) ((seen - length + i) % ring.length)];
      }
      return new String(last, UTF_8).strip();
    }
  }
}
