package dev.rubicon.bench;

import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Eight clients that together begin so many transactions a second, and how long each took. */
final class Traffic implements AutoCloseable {
  private static final int CLIENTS = 8;

  /** One statement: when it was sent and when it was answered. */
  record Answered(long began, long ended) {
    double milliseconds() {
      return (ended - began) / 1e6;
    }
  }

  private final ConcurrentLinkedQueue<Answered> answered = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private final int rows;

  Traffic(Bench bench, int rows, int perSecond, List<String> updates, String select) {
    this.rows = rows;
    long pause = CLIENTS * 1_000_000_000L / perSecond;
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      String update = updates.get(i % updates.size());
      threads.add(Thread.ofPlatform().start(() -> run(bench, client, pause, update, select)));
    }
  }

  private void run(Bench bench, int client, long pause, String update, String select) {
    var random = new Random(client);
    long due = System.nanoTime() + random.nextLong(pause);
    try (Connection connection = bench.connect("client" + client);
        var write = connection.prepareStatement(update);
        var read = connection.prepareStatement(select)) {
      for (int i = 0; !stop.get(); i++) {
        LockSupport.parkNanos(due - System.nanoTime());
        due = Math.max(due + pause, System.nanoTime() - pause);
        int id = 1 + random.nextInt(rows);
        long began = System.nanoTime();
        try {
          if (i % 4 == 3) {
            read.setInt(1, id);
            read.executeQuery().close();
          } else {
            write.setString(1, client + "x" + i);
            write.setInt(2, id);
            write.executeUpdate();
          }
        } catch (SQLException e) {
          errors.computeIfAbsent(e.getSQLState(), _ -> new AtomicLong()).incrementAndGet();
        }
        answered.add(new Answered(began, System.nanoTime()));
      }
    } catch (SQLException e) {
      errors
          .computeIfAbsent("connection " + e.getSQLState(), _ -> new AtomicLong())
          .incrementAndGet();
    }
  }

  /** The longest statement that was under way at some time of the window, in milliseconds. */
  double longest(long from, long to) {
    return answered.stream()
        .filter(a -> a.ended() >= from && a.began() <= to)
        .mapToDouble(Answered::milliseconds)
        .max()
        .orElse(0);
  }

  long count() {
    return answered.size();
  }

  Map<String, AtomicLong> errors() {
    return errors;
  }

  @Override
  public void close() {
    stop.set(true);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
