package dev.rubicon.machine.state;

import dev.rubicon.message.RolloutStatus.Failure;
import java.util.Optional;

/**
 * How far an execution has come, and how often it turned round.
 *
 * @param round 1 at first; one more after each rollback and each plan or approval that became void
 * @param openings gates opened
 * @param crossings committed cutovers
 * @param automaticReturns rollbacks that no human ordered
 * @param mustAsk why a human is asked before the next crossing, even without a gate
 * @param voided why the last approval stopped counting, until the next one counts
 * @param leaving whether it is to end before its time
 */
public record Course(
    Side side,
    int round,
    int openings,
    int crossings,
    int automaticReturns,
    Optional<Failure> mustAsk,
    Optional<String> voided,
    Leaving leaving) {

  /** Whether an execution is to end before its time, and how Temporal is to show that. */
  public enum Leaving {
    NO,
    ORDERED,
    CANCELLED
  }

  static Course from(Side side) {
    return new Course(side, 1, 0, 0, 0, Optional.empty(), Optional.empty(), Leaving.NO);
  }

  public Course on(Side now) {
    return new Course(now, round, openings, crossings, automaticReturns, mustAsk, voided, leaving);
  }

  public Course openedGate() {
    return new Course(
        side, round, openings + 1, crossings, automaticReturns, mustAsk, voided, leaving);
  }

  public Course crossed() {
    return new Course(
        Side.CANONICAL,
        round,
        openings,
        crossings + 1,
        automaticReturns,
        Optional.empty(),
        Optional.empty(),
        leaving);
  }

  public Course returnsByItself() {
    return new Course(
        side, round, openings, crossings, automaticReturns + 1, mustAsk, voided, leaving);
  }

  /** Another round: what was shown or approved is void. */
  public Course nextRound(String why) {
    return new Course(
        side, round + 1, openings, crossings, automaticReturns, mustAsk, Optional.of(why), leaving);
  }

  /** The next crossing needs a human's approval, even without a gate. */
  public Course asks(Failure why) {
    return new Course(
        side, round, openings, crossings, automaticReturns, Optional.of(why), voided, leaving);
  }

  /** A human said yes. */
  public Course answered() {
    return new Course(
        side,
        round,
        openings,
        crossings,
        automaticReturns,
        Optional.empty(),
        Optional.empty(),
        leaving);
  }

  public Course leaves(Leaving how) {
    return new Course(side, round, openings, crossings, automaticReturns, mustAsk, voided, how);
  }
}
