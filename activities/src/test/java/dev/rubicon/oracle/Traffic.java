package dev.rubicon.oracle;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/** The clients of a round, in threads of their own; each case is one client's. */
final class Traffic implements AutoCloseable {
  /** After one in so many transactions a case is looked at. */
  private static final int LOOKS = 7;

  /** One in so many transactions is several at once. */
  private static final int BOUTS = 10;

  private final List<Client> clients;
  private final List<Case> cases;
  private final List<Thread> threads = new ArrayList<>();
  private final List<AtomicLong> laps;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
  private RolloutStage stage = RolloutStage.UNTOUCHED;

  Traffic(List<Client> clients, List<Case> cases) {
    this.clients = clients;
    this.cases = cases;
    this.laps = clients.stream().map(c -> new AtomicLong()).toList();
  }

  private List<Case> of(int client) {
    return IntStream.range(0, cases.size())
        .filter(i -> i % clients.size() == client)
        .mapToObj(cases::get)
        .toList();
  }

  void fill(Random random) throws SQLException {
    for (int i = 0; i < clients.size(); i++) {
      for (Case c : of(i)) {
        clients.get(i).fill(c, random.nextInt(12) == 0 ? 150 : random.nextInt(10));
      }
    }
  }

  void start() {
    for (int i = 0; i < clients.size(); i++) {
      int client = i;
      threads.add(Thread.ofPlatform().name("client" + i).start(() -> work(client)));
    }
  }

  private void work(int number) {
    var random = new Random(number);
    Client client = clients.get(number);
    while (!stop.get()) {
      for (Case c : of(number)) {
        gate.readLock().lock();
        try {
          if (random.nextInt(BOUTS) == 0 && c.shape.atOnce()) {
            client.concurrently(c, stage);
          } else {
            client.transact(c, stage);
          }
          if (random.nextInt(LOOKS) == 0) {
            client.compare(c, stage);
          }
        } catch (SQLException | RuntimeException | AssertionError e) {
          failure.compareAndSet(null, failed(c, e));
          stop.set(true);
          return;
        } finally {
          gate.readLock().unlock();
        }
        if (stop.get()) {
          return;
        }
        // The phases need the machine, too.
        LockSupport.parkNanos(6_000_000);
      }
      laps.get(number).incrementAndGet();
    }
  }

  private static AssertionError failed(Case c, Throwable cause) {
    return new AssertionError(cause.getMessage() + "\n\n" + c.script(), cause);
  }

  /** The scripts of those cases whose relations a refusal names. */
  String scripts(String message) {
    var scripts = new StringBuilder();
    cases.stream()
        .filter(
            c ->
                c.shape.relations(Side.LEGACY).stream()
                    .anyMatch(r -> message.matches("(?s).*\\b" + r.name() + "\\b.*")))
        .forEach(c -> scripts.append("\n\n").append(c.script()));
    return scripts.toString();
  }

  /** No transaction is under way when the stage changes. */
  void stage(RolloutStage next) throws SQLException {
    stage(next, () -> {});
  }

  void stage(RolloutStage next, Runnable meanwhile) throws SQLException {
    gate.writeLock().lock();
    try {
      for (int i = 0; i < clients.size(); i++) {
        for (Case c : of(i)) {
          clients.get(i).learn(c, stage);
        }
      }
      meanwhile.run();
      if (!stage.inPlace()) {
        cases.forEach(c -> c.reference.installed());
      }
      stage = next;
    } finally {
      gate.writeLock().unlock();
    }
    lap();
  }

  /** Something that is done while no transaction is under way. */
  interface Alone {
    void run() throws SQLException;
  }

  void alone(Alone work) throws SQLException {
    gate.writeLock().lock();
    try {
      work.run();
    } finally {
      gate.writeLock().unlock();
    }
  }

  void startOver() throws SQLException {
    gate.writeLock().lock();
    try {
      for (int i = 0; i < clients.size(); i++) {
        for (Case c : of(i)) {
          clients.get(i).startOver(c);
        }
      }
    } finally {
      gate.writeLock().unlock();
    }
  }

  void happens(String line) {
    cases.forEach(c -> c.happens(line));
  }

  /** Every case has had a transaction since. */
  void lap() {
    long[] from = laps.stream().mapToLong(AtomicLong::get).toArray();
    for (int i = 0; i < from.length; i++) {
      while (laps.get(i).get() < from[i] + 2 && !stop.get()) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    healthy();
  }

  private void healthy() {
    if (failure.get() != null) {
      throw new AssertionError(failure.get().getMessage(), failure.get());
    }
  }

  /** The clients stop, and everything is looked at. */
  void end() throws SQLException {
    halt();
    healthy();
    for (int i = 0; i < clients.size(); i++) {
      for (Case c : of(i)) {
        try {
          clients.get(i).compare(c, stage);
        } catch (AssertionError e) {
          throw failed(c, e);
        }
      }
    }
  }

  private void halt() {
    stop.set(true);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() throws SQLException {
    halt();
    for (Client client : clients) {
      client.close();
    }
  }
}
