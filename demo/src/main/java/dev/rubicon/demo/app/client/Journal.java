package dev.rubicon.demo.app.client;

import dev.rubicon.demo.app.MiniJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Everything that was acknowledged, failed, or stayed unknown: append-only, in memory and, on
 * request, as one JSON line each in a file.
 */
public final class Journal implements AutoCloseable {
  private final List<Attempt> attempts = new ArrayList<>();
  private final Map<String, Long> usage = new HashMap<>();
  private final Map<String, Long> usageUnknown = new HashMap<>();
  private final Set<String> unknownInserts = new HashSet<>();
  private final List<String> missing = new ArrayList<>();
  private final Optional<BufferedWriter> file;

  /**
   * @param file where to write as well; empty: in memory only
   */
  public Journal(Optional<Path> file) {
    try {
      this.file =
          file.isEmpty() ? Optional.empty() : Optional.of(Files.newBufferedWriter(file.get()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public synchronized void add(Attempt attempt) {
    attempts.add(attempt);
    if (attempt.result() == Attempt.Result.UNKNOWN && attempt.operation().equals("insert")) {
      unknownInserts.add(attempt.runId());
    }
    if (file.isPresent()) {
      write(file.get(), attempt);
    }
  }

  private static void write(BufferedWriter out, Attempt attempt) {
    var line = new LinkedHashMap<String, Object>();
    line.put("side", attempt.side());
    line.put("via", attempt.via());
    line.put("operation", attempt.operation());
    line.put("run_id", attempt.runId());
    line.put("issued", attempt.issued());
    line.put("ended", attempt.ended());
    line.put("result", attempt.result());
    line.put("error", attempt.error());
    try {
      out.write(MiniJson.write(line));
      out.newLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One check was counted for a user ({@code user:<id>}) or token ({@code anon:<token>}). */
  public synchronized void used(String who) {
    usage.merge(who, 1L, Long::sum);
  }

  public synchronized void maybeUsed(String who) {
    usageUnknown.merge(who, 1L, Long::sum);
  }

  /** A write acknowledged earlier was not there when the row was looked at again. */
  public synchronized void miss(String what) {
    missing.add(what);
  }

  public synchronized Map<String, Long> usage() {
    return new TreeMap<>(usage);
  }

  /** The table of anonymous usage was removed (an abort). */
  public synchronized void forgetAnonymous() {
    usage.keySet().removeIf(who -> who.startsWith("anon:"));
  }

  public synchronized long usageUnknown(String who) {
    return usageUnknown.getOrDefault(who, 0L);
  }

  public synchronized Set<String> unknownInserts() {
    return Set.copyOf(unknownInserts);
  }

  public synchronized List<String> missing() {
    return List.copyOf(missing);
  }

  /** A copy of everything so far. */
  public synchronized List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  public long acknowledged() {
    return count(a -> a.result() == Attempt.Result.ACKNOWLEDGED);
  }

  public long acknowledged(Side side) {
    return count(a -> a.result() == Attempt.Result.ACKNOWLEDGED && a.side() == side);
  }

  /** Acknowledged to the client within a span of time. */
  public long acknowledged(Instant from, Instant to) {
    return count(
        a ->
            a.result() == Attempt.Result.ACKNOWLEDGED
                && !a.ended().isBefore(from)
                && a.ended().isBefore(to));
  }

  /** What the server refused, by SQLSTATE or HTTP status. */
  public Map<String, Long> refusals() {
    return byError(a -> a.result() == Attempt.Result.FAILED);
  }

  public long unknown() {
    return count(a -> a.result() == Attempt.Result.UNKNOWN);
  }

  /** Whatever was not acknowledged, by SQLSTATE or HTTP status. */
  public Map<String, Long> failures() {
    return byError(a -> a.result() != Attempt.Result.ACKNOWLEDGED);
  }

  private synchronized Map<String, Long> byError(Predicate<Attempt> which) {
    var byError = new TreeMap<String, Long>();
    attempts.stream().filter(which).forEach(a -> byError.merge(a.error(), 1L, Long::sum));
    return byError;
  }

  /** The longest that any client waited for an answer, in milliseconds. */
  public long maxStallMillis() {
    return maxStallMillis(Instant.MIN, Instant.MAX);
  }

  /** The same among the writes that were under way at any moment of a span of time. */
  public synchronized long maxStallMillis(Instant from, Instant to) {
    long longest = 0;
    for (Attempt attempt : attempts) {
      if (attempt.issued().isBefore(to) && attempt.ended().isAfter(from)) {
        longest = Math.max(longest, attempt.millis());
      }
    }
    return longest;
  }

  private synchronized long count(Predicate<Attempt> which) {
    return attempts.stream().filter(which).count();
  }

  @Override
  public synchronized void close() {
    if (file.isPresent()) {
      try {
        file.get().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
