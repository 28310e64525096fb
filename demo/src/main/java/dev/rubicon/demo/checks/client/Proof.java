package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Journal;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the database holds of all that was acknowledged, read from outside.
 *
 * @param acknowledged writes
 * @param lost rows that miss an acknowledged write on any side that exists, and usage that was
 *     counted but is not there
 * @param duplicated rows there more than once, and usage counted more often than acknowledged
 * @param unexpected rows of these clients that nobody acknowledged and whose outcome was known
 * @param refusals writes that the server refused, by SQLSTATE or HTTP status
 * @param unknown writes whose outcome could not be told; either is right
 * @param problems the first of each kind, for people; run ids only
 */
public record Proof(
    long acknowledged,
    long lost,
    long duplicated,
    long unexpected,
    Map<String, Long> refusals,
    long unknown,
    List<String> problems) {
  private static final int MOST_PROBLEMS = 50;

  public Proof {
    problems = List.copyOf(problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
  }

  /** Every acknowledged write is there, on the right side, none twice. */
  public boolean holds() {
    return lost == 0 && duplicated == 0 && unexpected == 0;
  }

  static Proof of(Traffic traffic) throws SQLException {
    try (Connection connection = traffic.database().connect("checks-proof")) {
      // All of it in one snapshot: other clients may go on.
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      Proof proof = new Search(traffic, connection).search();
      connection.rollback();
      return proof;
    }
  }

  /** Collects while it reads. */
  private static final class Search {
    private final Traffic traffic;
    private final Connection connection;
    private final List<String> problems;
    private long lost;
    private long duplicated;
    private long unexpected;

    Search(Traffic traffic, Connection connection) {
      this.traffic = traffic;
      this.connection = connection;
      this.problems = new ArrayList<>(traffic.journal().missing());
    }

    Proof search() throws SQLException {
      Collection<Tracked> tracked = traffic.keys().all();
      Map<String, StoredRow> stored =
          StoredRow.read(connection, tracked.stream().map(Tracked::runId).toList());
      for (Tracked row : tracked) {
        examine(row, Optional.ofNullable(stored.get(row.runId())));
      }
      usage();
      strangers(tracked);
      Journal journal = traffic.journal();
      return new Proof(
          journal.acknowledged(),
          lost,
          duplicated,
          unexpected,
          journal.refusals(),
          journal.unknown(),
          problems);
    }

    private void examine(Tracked row, Optional<StoredRow> stored) {
      if (stored.isEmpty()) {
        lost++;
        problems.add(row.runId() + ": gone");
        return;
      }
      if (stored.get().copies() > 1) {
        duplicated += stored.get().copies() - 1;
        problems.add(row.runId() + ": there " + stored.get().copies() + " times");
      }
      if (row.broken()) {
        lost++;
        return;
      }
      boolean there =
          holds(stored.get(), row.content())
              || row.alternative().map(maybe -> holds(stored.get(), maybe)).orElse(false);
      if (!there) {
        lost++;
        problems.add(
            row.runId()
                + ": legacy "
                + side(stored.get(), Side.OLD, row)
                + ", canonical "
                + side(stored.get(), Side.NEW, row));
      }
    }

    /** On every side that exists. */
    private static boolean holds(StoredRow stored, Content content) {
      return (stored.legacy().isEmpty() || stored.holds(Side.OLD, content))
          && (stored.canonical().isEmpty() || stored.holds(Side.NEW, content))
          && (stored.legacy().isPresent() || stored.canonical().isPresent());
    }

    private static String side(StoredRow stored, Side side, Tracked row) {
      boolean exists =
          side == Side.OLD ? stored.legacy().isPresent() : stored.canonical().isPresent();
      return !exists ? "absent" : stored.holds(side, row.content()) ? "right" : "wrong";
    }

    private void usage() throws SQLException {
      for (Map.Entry<String, Long> counted : traffic.journal().usage().entrySet()) {
        String who = counted.getKey().substring(counted.getKey().indexOf(':') + 1);
        long found =
            counted.getKey().startsWith("user:")
                ? Ledger.used(connection, UUID.fromString(who))
                : Ledger.usedAnonymous(connection, who);
        long most = counted.getValue() + traffic.journal().usageUnknown(counted.getKey());
        if (found < counted.getValue()) {
          lost += counted.getValue() - found;
          problems.add(counted.getKey() + ": usage " + found + " of " + counted.getValue());
        } else if (found > most) {
          duplicated += found - most;
          problems.add(counted.getKey() + ": usage " + found + ", acknowledged " + most);
        }
      }
    }

    private void strangers(Collection<Tracked> tracked) throws SQLException {
      var known = new HashSet<>(traffic.journal().unknownInserts());
      tracked.forEach(row -> known.add(row.runId()));
      for (String runId :
          Jdbc.query(
              connection,
              "SELECT DISTINCT run_id FROM public.checks WHERE starts_with(run_id, ?)",
              row -> row.getString(1),
              traffic.values().prefix())) {
        if (!known.contains(runId)) {
          unexpected++;
          problems.add(runId + ": there, but not acknowledged");
        }
      }
    }
  }
}
