package dev.rubicon.transition;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A client whose server may go away under it. What was acknowledged must stand. A write that was
 * under way when the server went may stand or not, whole and once: after the next connection the
 * client looks, and from then on knows.
 */
final class DoubtfulClient implements Runnable {
  /** Where it writes: canonical's values are in capitals. */
  record Side(String table, String column, boolean canonical) {
    String value(String plain) {
      return canonical ? plain.toUpperCase(java.util.Locale.ROOT) : plain;
    }

    String plain(String value) {
      return canonical ? value.toLowerCase(java.util.Locale.ROOT) : value;
    }
  }

  private record Write(int id, String value) {}

  private final Bench bench;
  private final int number;
  private final int clients;
  private final int rows;
  private final Random random;
  private final List<String> errors;
  private final AtomicLong writes;
  private final Map<Integer, String> sure = new TreeMap<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private volatile List<Side> sides;
  private Optional<Write> doubt = Optional.empty();
  private int next;
  private int count;
  private int doubts;

  DoubtfulClient(
      Bench bench,
      int number,
      int clients,
      int rows,
      long seed,
      List<Side> sides,
      List<String> errors,
      AtomicLong writes) {
    this.bench = bench;
    this.number = number;
    this.clients = clients;
    this.rows = rows;
    this.random = new Random(seed + number);
    this.sides = sides;
    this.errors = errors;
    this.writes = writes;
    this.next = rows + 1 + number;
    for (int id = 1 + number; id <= rows; id += clients) {
      sure.put(id, "v0");
    }
  }

  /** What must stand there; only once the client has stopped. */
  Map<Integer, String> sure() {
    return sure;
  }

  /** How often it did not know. */
  int doubts() {
    return doubts;
  }

  void sides(List<Side> now) {
    sides = now;
  }

  void stop() {
    stop.set(true);
  }

  void goOn() {
    stop.set(false);
  }

  @Override
  public void run() {
    // It does not end in doubt: nobody else would look.
    while (!stop.get() || doubt.isPresent()) {
      try (Connection connection = bench.connect("client" + number)) {
        if (doubt.isPresent()) {
          look(connection, doubt.get());
        }
        while (!stop.get()) {
          write(connection);
          LockSupport.parkNanos(500_000);
        }
      } catch (SQLException | IllegalStateException e) {
        String state = e instanceof SQLException sql ? sql.getSQLState() : state(e.getCause());
        if (!state.startsWith("08") && !state.startsWith("57P")) {
          errors.add(number + ": " + state + " " + e.getMessage());
          return;
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  private static String state(Throwable cause) {
    return cause instanceof SQLException sql ? sql.getSQLState() : "";
  }

  private void look(Connection connection, Write write) throws SQLException {
    Side side = sides.getFirst();
    try (var read =
        connection.prepareStatement(
            "SELECT " + side.column() + " FROM " + side.table() + " WHERE id = ?")) {
      read.setInt(1, write.id());
      try (var found = read.executeQuery()) {
        Optional<String> now = Optional.empty();
        if (found.next()) {
          now = Optional.of(side.plain(found.getString(1)));
        }
        Optional<String> before = Optional.ofNullable(sure.get(write.id()));
        if (found.next() || !now.equals(before) && !now.equals(Optional.of(write.value()))) {
          errors.add(number + ": " + write + " was in doubt, found " + now + ", had " + before);
        }
        now.ifPresent(value -> sure.put(write.id(), value));
        doubt = Optional.empty();
        doubts++;
      }
    }
  }

  private void write(Connection connection) throws SQLException {
    boolean fresh = random.nextInt(4) == 0;
    int id = fresh ? next : 1 + number + clients * random.nextInt(rows / clients);
    Side side = sides.get(random.nextInt(sides.size()));
    var write = new Write(id, "w" + number + "x" + ++count);
    if (fresh) {
      next += clients;
    }
    String sql =
        fresh
            ? "INSERT INTO " + side.table() + " (" + side.column() + ", id) VALUES (?, ?)"
            : "UPDATE " + side.table() + " SET " + side.column() + " = ? WHERE id = ?";
    doubt = Optional.of(write);
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, side.value(write.value()));
      statement.setInt(2, id);
      if (statement.executeUpdate() != 1) {
        errors.add(number + ": no row " + write);
      }
    } catch (SQLException e) {
      if (e.getSQLState().startsWith("40")) {
        doubt = Optional.empty(); // rolled back, and told so
        return;
      }
      throw e;
    }
    doubt = Optional.empty();
    sure.put(id, write.value());
    writes.incrementAndGet();
  }
}
