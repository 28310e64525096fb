package dev.rubicon.transition;

import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.stack.SharedPostgres;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Databases in which a rollout has come to a point, for those that are to begin there: a test of
 * what follows costs a copy instead of four phases. The first two that come to it go the whole way,
 * the second leaves its database behind as the template of all others.
 */
final class ReachedPoints {
  private static final Map<List<String>, ReachedPoints> POINTS = new HashMap<>();

  private int reached;
  private String template;
  private Copy kept;

  private ReachedPoints() {}

  /** What the phases on the way have recorded and said. */
  record Copy(KeptEvidence evidence, List<String> notes) {}

  /**
   * @param beginning all that the database and the rollout begin with, and the point itself
   */
  static synchronized ReachedPoints of(List<String> beginning) {
    return POINTS.computeIfAbsent(beginning, _ -> new ReachedPoints());
  }

  /** Makes the database, if it can be a copy. */
  Optional<Copy> copyTo(String database) {
    if (template == null) {
      return Optional.empty();
    }
    SharedPostgres.create(database, template);
    return Optional.of(kept);
  }

  /** Somebody has come to it, in that database. */
  void reachedBy(String database, KeptEvidence evidence, List<String> notes) {
    reached++;
    if (reached < 2) {
      return;
    }
    var recorded = new KeptEvidence();
    recorded.add(evidence);
    kept = new Copy(recorded, List.copyOf(notes));
    template = SharedPostgres.freshName("reached");
    SharedPostgres.create(template, database);
  }
}
