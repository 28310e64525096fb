package dev.rubicon.workflow;

import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a rollout stands.
 *
 * @param digest that an approval of the open gate must name; empty while there is none
 * @param waitingFor gate that waits for an approval
 * @param signOffs ids of manual items that are due and not signed off
 * @param held code and cause of the error that holds the rollout, if one does
 */
public record RolloutStatus(
    String rollout,
    String target,
    String runbook,
    String requestedBy,
    Phase phase,
    State state,
    int round,
    String digest,
    Optional<Runbook.Gate> waitingFor,
    List<String> signOffs,
    Optional<Instant> windowOpens,
    Optional<Failure> held,
    boolean paused,
    long rowsPerSecond,
    List<PhaseRun> phases) {

  /** The words of the search attribute {@code RubiconStatus}, in lower case. */
  public enum State {
    RUNNING,
    WAITING,
    HELD,
    COMPLETED,
    ABORTED,
    FAILED;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * One run of one phase.
   *
   * @param outcome running, done, failed or skipped
   */
  public record PhaseRun(
      Phase phase,
      int round,
      String outcome,
      Instant started,
      Optional<Instant> ended,
      String summary) {}

  /** A coded error, as in {@code RubiconException}. */
  public record Failure(String code, String cause, String next) {}
}
