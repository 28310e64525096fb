package dev.rubicon.message;

import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a rollout stands: the one record that {@code status}, {@code list}, the HTTP API, the
 * Temporal UI's details and the report show.
 *
 * @param run id of the Temporal run that reported it; decisions are addressed to it
 * @param digest that an approval of the open gate must name
 * @param waitingFor gate that waits for an approval
 * @param clients what clients will notice of what that gate lets through; absent in older ledgers
 * @param signOffs ids of manual items that are due and not signed off
 * @param windowOpens when the crossing may happen, while the rollout waits for that
 * @param held code and cause of what holds the rollout, or ended it
 * @param voided why the last approval stopped counting, while the gate asks anew
 * @param ways what a human can say now, each of which leads on
 * @param source who said so
 */
public record RolloutStatus(
    String rollout,
    String run,
    String target,
    String runbook,
    String requestedBy,
    Phase phase,
    State state,
    int round,
    Optional<String> digest,
    Optional<Runbook.Gate> waitingFor,
    List<String> clients,
    List<String> signOffs,
    Optional<Instant> windowOpens,
    Optional<Failure> held,
    Optional<String> voided,
    boolean paused,
    long rowsPerSecond,
    List<Way> ways,
    List<PhaseRun> phases,
    Source source) {
  public RolloutStatus {
    clients = clients == null ? List.of() : List.copyOf(clients);
  }

  /** The words of the search attribute {@code RubiconStatus}, in lower case. */
  public enum State {
    RUNNING,
    WAITING,
    HELD,
    COMPLETED,
    ABORTED,
    FAILED,
    /**
     * Ended from outside (Terminate, a time-out of the whole execution): what it installed stays.
     */
    TERMINATED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing more will happen. */
    public boolean ended() {
      return switch (this) {
        case COMPLETED, ABORTED, FAILED, TERMINATED -> true;
        case RUNNING, WAITING, HELD -> false;
      };
    }
  }

  /** What a human can say to a rollout, or do about one that has ended. */
  public enum Way {
    APPROVE,
    SIGN_OFF,
    RESUME,
    ABORT,
    ROLLBACK,
    LAUNCH,
    CONTRACT
  }

  /** Whether the workflow or the ledger reported it. */
  public enum Source {
    TEMPORAL,
    /** As last entered there: Temporal does not answer, or does not know the execution any more. */
    LEDGER
  }

  /**
   * One run of one phase.
   *
   * @param outcome running, done, failed or stopped
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
