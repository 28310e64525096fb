package dev.rubicon.bench.row;

import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Eight clients that together begin 200 statements a second, three of four an UPDATE of one row by
 * its key, the fourth a SELECT; and how long each took.
 */
final class Traffic implements AutoCloseable {
  static final int PER_SECOND = 200;
  private static final int CLIENTS = 8;

  /** A crossing may be shorter than the time between two statements. */
  private static final long AROUND = 50_000_000;

  private static final String UPDATE = "UPDATE events SET mail = ? WHERE id = ?";
  private static final String SELECT = "SELECT id, mail FROM events WHERE id = ?";

  /** One statement: when it was sent and when it was answered. */
  private record Answered(long began, long ended) {
    double milliseconds() {
      return (ended - began) / 1e6;
    }
  }

  private final ConcurrentLinkedQueue<Answered> answered = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  Traffic(Target target, int rows) {
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      threads.add(Thread.ofPlatform().start(() -> run(target, client, rows)));
    }
    untilAnswered(2 * PER_SECOND);
  }

  private void run(Target target, int client, int rows) {
    long pause = CLIENTS * 1_000_000_000L / PER_SECOND;
    var random = new Random(client);
    long due = System.nanoTime() + random.nextLong(pause);
    try (Connection connection = World.connect(target, "client" + client);
        var write = connection.prepareStatement(UPDATE);
        var read = connection.prepareStatement(SELECT)) {
      for (int i = 0; !stop.get(); i++) {
        LockSupport.parkNanos(due - System.nanoTime());
        due = Math.max(due + pause, System.nanoTime() - pause);
        long id = 1 + random.nextLong(rows);
        long began = System.nanoTime();
        if (i % 4 == 3) {
          read.setLong(1, id);
          read.executeQuery().close();
        } else {
          write.setString(1, client + "x" + i);
          write.setLong(2, id);
          write.executeUpdate();
        }
        answered.add(new Answered(began, System.nanoTime()));
      }
    } catch (SQLException e) {
      failures.add(e.getMessage());
    }
  }

  /** Waits until so many statements have been answered since now. */
  void untilAnswered(int more) {
    long before = answered.size();
    while (answered.size() < before + more) {
      refuseFailures();
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** What the clients saw while the work ran and a moment around it. */
  Map<String, Double> during(Events.Work work) throws Exception {
    long from = System.nanoTime();
    work.run();
    long to = System.nanoTime();
    untilAnswered(PER_SECOND / 5);
    refuseFailures();
    double[] took =
        answered.stream()
            .filter(a -> a.ended() >= from - AROUND && a.began() <= to + AROUND)
            .mapToDouble(Answered::milliseconds)
            .sorted()
            .toArray();
    return Map.of(
        "p50 ms", took[took.length / 2],
        "p99 ms", took[(int) (took.length * 0.99)],
        "longest ms", took[took.length - 1]);
  }

  private void refuseFailures() {
    if (!failures.isEmpty()) {
      throw new IllegalStateException("a client failed: " + failures.peek());
    }
  }

  @Override
  public void close() {
    stop.set(true);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
