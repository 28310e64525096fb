package dev.rubicon.demo;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.up.ConfigFile;
import dev.rubicon.up.EmbeddedStack;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a runbook's demo needs around it: a legacy database, an application on it, and clients that
 * write all the time and remember what was acknowledged to them.
 */
interface Fixture extends AutoCloseable {
  /** The runbooks that have one. */
  List<String> RUNBOOKS =
      List.of(
          "checks-canonical", "grow-cycle", "owner-canonical", "plant-schema", "prisma-baseline");

  /** Name of the runbook and of its folder below {@code runbooks/}. */
  String runbook();

  /** The database that is the target. */
  String database();

  /** Default number of rows of the main table. */
  int usualRows();

  /** Whether there is something to begin from: clients before the crossing, rows to fill. */
  default boolean hasLegacy() {
    return true;
  }

  /** Rows a second at which the backfill's middle can be hit. */
  long slowRate(int rows);

  /** The fixture of a runbook. */
  static Fixture of(String runbook, Path source) {
    return switch (runbook) {
      case "checks-canonical" -> new ChecksFixture(source);
      case "grow-cycle" -> new GrowFixture(source);
      case "owner-canonical" -> new OwnerFixture(source);
      case "plant-schema" -> new PlantFixture(source);
      case "prisma-baseline" -> new ChatFixture(source);
      default ->
          throw new RubiconException(
              ErrorCode.USAGE,
              "there is no demo of the runbook " + runbook + "; there is one of " + RUNBOOKS,
              "rubicon demo --runbook " + RUNBOOKS.getFirst());
    };
  }

  /** Creates the legacy database, empty, and its owner. */
  void create(EmbeddedStack stack);

  /** Fills the legacy database; the figure is what the runbook's main table gets. */
  void load(int rows);

  /**
   * Starts the application.
   *
   * @return variables of the target
   */
  Map<String, String> startApplication(EmbeddedStack stack);

  /** What Rubicon may take of the target. */
  default ConfigFile limits(ConfigFile config, String target) {
    return config;
  }

  /** Clients of the old and of the new version start to write. */
  void startClients();

  /** After {@link #prove}: clients of the new version alone write again. */
  void startNewVersionClients();

  /** Ends all clients, and compares what was acknowledged with what is there. */
  Findings prove();

  /** The same while the clients write: they are held for the moment that it takes. */
  Findings proveInBetween();

  /** Writes acknowledged within a span of time. */
  long acknowledged(Instant from, Instant to);

  /** The longest that a client waited for a write that was under way in a span of time. */
  long maxStallMillis(Instant from, Instant to);

  /** Ends all that it started. */
  @Override
  void close();

  /**
   * What the clients found from outside.
   *
   * @param refusals writes refused, with the client told so, by SQLSTATE or HTTP status
   * @param holds nothing lost, nothing twice, nothing unexpected
   */
  record Findings(
      long acknowledged,
      long lost,
      long duplicated,
      Map<String, Long> refusals,
      boolean holds,
      List<String> problems) {

    long failed() {
      return refusals.values().stream().mapToLong(Long::longValue).sum();
    }

    Findings plus(Findings other) {
      var all = new ArrayList<>(problems);
      all.addAll(other.problems);
      var reasons = new TreeMap<>(refusals);
      other.refusals.forEach((reason, n) -> reasons.merge(reason, n, Long::sum));
      return new Findings(
          acknowledged + other.acknowledged,
          lost + other.lost,
          duplicated + other.duplicated,
          reasons,
          holds && other.holds,
          List.copyOf(all));
    }
  }
}
