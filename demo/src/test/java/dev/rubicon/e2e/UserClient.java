package dev.rubicon.e2e;

import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * One client of {@link UserClients}. It remembers what it was told: a write stands, was rolled
 * back, or, where the connection went, may stand or not; a row in doubt is not touched again.
 */
final class UserClient implements Runnable {
  private static final int ROWS_OF_ITS_OWN = 40;

  /** Not filled yet, or not granted yet. */
  private static final Set<String> NOT_OPEN = Set.of("55000", "42501");

  private final UserClients all;
  private final Side side;
  private final String name;
  private final Random random;
  private final List<Own> own = new ArrayList<>();
  private volatile boolean stop;
  private int written;

  private record Own(UUID id, String value) {}

  /** One transaction; how many rows the client meant and the server counted. */
  private interface Write {
    int run(Connection connection) throws SQLException;
  }

  private enum Answer {
    STANDS,
    UNDONE,
    UNKNOWN
  }

  UserClient(UserClients all, Side side, int number) {
    this.all = all;
    this.side = side;
    this.name = (side == Side.OLD ? "old" : "new") + number;
    this.random = new Random(number);
  }

  Side side() {
    return side;
  }

  void stop() {
    stop = true;
  }

  @Override
  public void run() {
    while (!stop) {
      try (Connection connection = all.database().connect(name)) {
        while (!stop && write(connection)) {
          LockSupport.parkNanos(20_000_000);
        }
      } catch (SQLException | IllegalStateException e) {
        all.error(name + ": " + e);
        return;
      }
    }
  }

  /** False where the connection is gone. */
  private boolean write(Connection connection) throws SQLException {
    String value = name + "x" + ++written;
    if (random.nextInt(3) > 0) {
      UUID id = all.shared().get(random.nextInt(all.shared().size()));
      Answer answer = answer(connection, c -> append(c, id, " " + value));
      switch (answer) {
        case STANDS -> all.appended(side, value);
        case UNKNOWN -> all.mayHaveAppended(value);
        case UNDONE -> {}
      }
      return answer != Answer.UNKNOWN;
    }
    Own before =
        own.size() < ROWS_OF_ITS_OWN
            ? new Own(UUID.randomUUID(), UserClients.GONE)
            : own.remove(random.nextInt(own.size()));
    Own after = new Own(before.id(), next(before, value));
    Answer answer = answer(connection, c -> change(c, before, after.value()));
    switch (answer) {
      case STANDS -> all.stands(side, after.id(), after.value());
      case UNKNOWN -> all.mayStand(before.id(), before.value(), after.value());
      case UNDONE -> {}
    }
    Own now = answer == Answer.STANDS ? after : before;
    if (answer != Answer.UNKNOWN && !now.value().equals(UserClients.GONE)) {
      own.add(now);
    }
    return answer != Answer.UNKNOWN;
  }

  private String next(Own before, String value) {
    return switch (random.nextInt(4)) {
      case 0 -> before.value().equals(UserClients.NO_PART) ? value : UserClients.NO_PART;
      case 1 -> before.value().equals(UserClients.GONE) ? value : UserClients.GONE;
      default -> value;
    };
  }

  private Answer answer(Connection connection, Write write) throws SQLException {
    // The new names are not there at first, and take no clients before they hold everything.
    boolean mayBeRefused = side == Side.NEW && all.acknowledged(side) == 0;
    try {
      int rows = write.run(connection);
      if (rows != 1 && !mayBeRefused) {
        all.error(name + ": a write of " + rows + " rows");
      }
      return rows == 1 ? Answer.STANDS : Answer.UNDONE;
    } catch (SQLException e) {
      if (Jdbc.connectionLost(e)) {
        return Answer.UNKNOWN;
      }
      boolean refused = Jdbc.schemaMissing(e) || NOT_OPEN.contains(Jdbc.state(e));
      if (!Jdbc.state(e).startsWith("40") && !(mayBeRefused && refused)) {
        all.error(name + ": " + Jdbc.state(e) + " " + e.getMessage());
      }
      return Answer.UNDONE;
    }
  }

  private int append(Connection connection, UUID id, String word) throws SQLException {
    return switch (side) {
      case OLD ->
          Jdbc.update(
              connection,
              "UPDATE public.users SET display_name = display_name || ? WHERE id = ?",
              word,
              id);
      case NEW ->
          Jdbc.update(
              connection,
              "UPDATE public.user_profiles SET full_name = full_name || ? WHERE user_id = ?",
              word,
              id);
    };
  }

  private int change(Connection connection, Own before, String after) throws SQLException {
    connection.setAutoCommit(false);
    try {
      int rows =
          switch (side) {
            case OLD -> old(connection, before, after);
            case NEW -> canonical(connection, before, after);
          };
      connection.commit();
      return rows;
    } finally {
      if (!connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  private static int old(Connection connection, Own before, String after) throws SQLException {
    UUID id = before.id();
    if (after.equals(UserClients.GONE)) {
      return Jdbc.update(connection, "DELETE FROM public.users WHERE id = ?", id);
    }
    String part = after.equals(UserClients.NO_PART) ? null : after;
    return before.value().equals(UserClients.GONE)
        ? Jdbc.update(
            connection,
            "INSERT INTO public.users (id, email, display_name) VALUES (?, ?, ?)",
            id,
            id + "@example.org",
            part)
        : Jdbc.update(
            connection, "UPDATE public.users SET display_name = ? WHERE id = ?", part, id);
  }

  private static int canonical(Connection connection, Own before, String after)
      throws SQLException {
    UUID id = before.id();
    if (after.equals(UserClients.GONE)) {
      return Jdbc.update(connection, "DELETE FROM public.app_users WHERE id = ?", id);
    }
    int rows = 1;
    if (before.value().equals(UserClients.GONE)) {
      rows =
          Jdbc.update(
              connection,
              "INSERT INTO public.app_users (id, email) VALUES (?, ?)",
              id,
              id + "@example.org");
      if (after.equals(UserClients.NO_PART)) {
        return rows;
      }
    }
    return after.equals(UserClients.NO_PART)
        ? Jdbc.update(connection, "DELETE FROM public.user_profiles WHERE user_id = ?", id)
        : Jdbc.update(
                connection,
                "INSERT INTO public.user_profiles (user_id, full_name) VALUES (?, ?) ON CONFLICT"
                    + " (user_id) DO UPDATE SET full_name = excluded.full_name",
                id,
                after)
            * rows;
  }
}
