package dev.rubicon.e2e;

import dev.rubicon.client.status.LiveProgress;
import dev.rubicon.rollout.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/**
 * Holds a phase where it is: while pinned it may do its work to the end, but the ledger does not
 * take its end. Whatever is done to it before the pin is pulled is done inside the phase.
 */
final class PhasePin implements AutoCloseable {
  private final TestSite site;
  private final Connection connection;
  private final Phase phase;

  private PhasePin(TestSite site, Phase phase) {
    this.site = site;
    this.connection = site.superuser("rubicon_ledger");
    this.phase = phase;
  }

  /** Once per site, before anything is pinned. */
  static void prepare(TestSite site) {
    try (Connection connection = site.superuser("rubicon_ledger")) {
      prepare(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param ledger as its superuser
   */
  static void prepare(Connection ledger) {
    try (var statement = ledger.createStatement()) {
      statement.execute(
          """
          CREATE FUNCTION public.pin() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
              PERFORM pg_advisory_xact_lock_shared(4711, hashtext(NEW.phase));
              RETURN NEW;
          END $$;
          CREATE TRIGGER pin BEFORE INSERT OR UPDATE ON rubicon_ledger.phase_run
              FOR EACH ROW WHEN (NEW.outcome <> 'running') EXECUTE FUNCTION public.pin()
          """);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** From now on the phase does not end. */
  static PhasePin on(TestSite site, Phase phase) {
    var pin = new PhasePin(site, phase);
    lock(pin.connection, phase);
    return pin;
  }

  /** The same of a connection that is the pin. */
  static void lock(Connection connection, Phase phase) {
    try (var lock = connection.prepareStatement("SELECT pg_advisory_lock(4711, hashtext(?))")) {
      lock.setString(1, phase.word());
      lock.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until the ledger says so and the activity has sent a heartbeat after that instant. */
  LiveProgress awaitRunning(int round, Instant since) {
    Instant deadline = Instant.now().plus(Duration.ofMinutes(2));
    while (true) {
      if (running(round)) {
        for (LiveProgress live : site.rollouts.live(TestSite.TARGET)) {
          if (live.of(phase) && live.seen().filter(seen -> seen.isAfter(since)).isPresent()) {
            return live;
          }
        }
      }
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError(
            phase + " of round " + round + " never ran: " + site.rollouts.status(TestSite.TARGET));
      }
      TestSite.pause();
    }
  }

  /** What the ledger says. */
  boolean running(int round) {
    String sql =
        """
        SELECT outcome FROM rubicon_ledger.phase_run
         WHERE rollout = (SELECT id FROM rubicon_ledger.rollout ORDER BY launched_at DESC LIMIT 1)
           AND phase = ? AND round = ? AND outcome = 'running'\
        """;
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, phase.word());
      statement.setInt(2, round);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
