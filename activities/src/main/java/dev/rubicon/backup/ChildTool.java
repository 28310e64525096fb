package dev.rubicon.backup;

import dev.rubicon.command.ClientEnvironment;
import dev.rubicon.postgres.Allowance;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * pg_dump or pg_restore at work. Connection and password travel in the child's environment, never
 * in its arguments, which every user of the machine can read.
 */
public final class ChildTool implements AutoCloseable {
  private static final int KEPT_LINES = 20;
  private final Process process;
  private final Thread listener;
  private final Deque<String> lines = new ArrayDeque<>();
  private final String password;
  private final Allowance.Place place;
  private final AtomicBoolean placed = new AtomicBoolean(true);
  private boolean forgot;

  private ChildTool(Process process, String password, Allowance.Place place) {
    this.process = process;
    this.place = place;
    this.password = password;
    listener = Thread.ofPlatform().daemon().name("stderr of " + process.pid()).start(this::listen);
  }

  /** Starts it against the target's database. */
  public static ChildTool start(List<String> command, Target target, SessionTag tag)
      throws IOException {
    var builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    // Nothing of the worker's own PGHOST, PGSERVICE, … may mix with the target's URL.
    environment.keySet().removeIf(name -> name.startsWith("PG"));
    environment.putAll(ClientEnvironment.libpq(target));
    environment.put("PGAPPNAME", tag.applicationName());
    environment.put("LC_ALL", "C"); // its messages are read
    // Its session is one of those that the target allows us.
    Allowance.Place place = target.allowance().take(target);
    boolean started = false;
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      var child = new ChildTool(process, target.password().reveal(), place);
      started = true;
      return child;
    } finally {
      if (!started) {
        place.giveBack();
      }
    }
  }

  public InputStream output() {
    return process.getInputStream();
  }

  public long pid() {
    return process.pid();
  }

  /** Asks it to stop; safe from any thread, and more than once. */
  public void stop() {
    process.destroy();
  }

  /** Waits for its end; returns the exit code. */
  public int join() {
    try {
      int code = process.waitFor();
      listener.join();
      return code;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  /** What it complained about, without row values and secrets. */
  public String complaint() {
    List<String> all = complaints();
    return all.isEmpty() ? "it said nothing" : String.join("; ", all);
  }

  /** The same, message by message; the last ones where there were many. */
  public List<String> complaints() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** Whether it complained more often than is kept. */
  public boolean forgot() {
    synchronized (lines) {
      return forgot;
    }
  }

  private void listen() {
    try (BufferedReader reader = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (tells(line)) {
          keep(line);
        }
      }
    } catch (IOException e) {
      keep("its messages could not be read");
    }
  }

  /**
   * Messages begin with the program's name; what follows them, and most details, may quote rows or
   * statements.
   */
  private static boolean tells(String line) {
    if (!line.startsWith("pg_dump: ") && !line.startsWith("pg_restore: ")) {
      return false;
    }
    return line.contains(": detail: Error message from server: ")
        || !line.contains(": detail:") && !line.contains(": hint:");
  }

  private void keep(String line) {
    String clean = password.isEmpty() ? line : line.replace(password, "***");
    synchronized (lines) {
      lines.add(clean.length() > 300 ? clean.substring(0, 300) : clean);
      if (lines.size() > KEPT_LINES) {
        lines.removeFirst();
        forgot = true;
      }
    }
  }

  /** Ends it, hard if need be. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      if (placed.getAndSet(false)) {
        place.giveBack();
      }
    }
  }
}
