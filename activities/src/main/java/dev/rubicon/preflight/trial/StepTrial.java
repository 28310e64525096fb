package dev.rubicon.preflight.trial;

import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.preflight.scratch.ScratchGuard;
import dev.rubicon.rollout.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tries steps on a copy, in transactions as the phases have them, and goes on behind one that
 * fails: what failed becomes a finding, and what was sent is noted.
 */
final class StepTrial {
  private final PgSession session;
  private final List<Finding> findings;
  private final PlannedSteps planned;

  StepTrial(PgSession session, List<Finding> findings, PlannedSteps planned) {
    this.session = session;
    this.findings = findings;
    this.planned = planned;
  }

  /** Tries what the rollout may do there, and stays where it is. */
  void takenBack(Runnable steps) {
    session.inTransaction(
        () -> {
          session.execute("SAVEPOINT rubicon_here");
          steps.run();
          session.execute("ROLLBACK TO SAVEPOINT rubicon_here");
          return true;
        });
  }

  record Failed(Step step, String error) {}

  /** In one transaction, as on the target; whether all of it succeeded. */
  boolean attempt(Phase phase, List<Step> steps) {
    var succeeded = new AtomicBoolean();
    inTransaction(
        LockLadder.DDL,
        phase,
        () -> {
          List<Failed> failed = each(phase, steps);
          report(failed);
          succeeded.set(failed.isEmpty());
        });
    return succeeded.get();
  }

  void inTransaction(LockLadder ladder, Phase phase, Runnable steps) {
    session.inTransaction(
        () -> {
          begin(ladder, phase);
          steps.run();
          ScratchGuard.require(session, "transitions");
          return true;
        });
  }

  /** As the ladder begins each transaction. */
  void begin(LockLadder ladder, Phase phase) {
    planned.next();
    each(
        phase,
        List.of(Step.of("lock timeout", "SET LOCAL lock_timeout = " + ladder.first().toMillis())));
  }

  void report(List<Failed> all) {
    for (Failed failed : all) {
      findings.add(
          Trial.hazard(
              "fails:" + failed.step().id() + ":" + what(failed.step()),
              "fails on a copy of the target: " + failed.error(),
              failed.step().sql()));
    }
  }

  /** In the caller's transaction, which a failure does not end. */
  List<Failed> each(Phase phase, List<Step> steps) {
    var failed = new ArrayList<Failed>();
    for (Step step : steps) {
      planned.add(phase, step);
      run(step).ifPresent(error -> failed.add(new Failed(step, error)));
    }
    return failed;
  }

  /** The server's message when it fails. */
  Optional<String> run(Step step) {
    session.execute("SAVEPOINT rubicon_step");
    try {
      step.run(session);
      session.execute("RELEASE SAVEPOINT rubicon_step");
      return Optional.empty();
    } catch (RubiconException e) {
      rethrowLost(e);
      session.execute("ROLLBACK TO SAVEPOINT rubicon_step");
      return Optional.of(e.getMessage());
    }
  }

  /** Short, and the same as long as the statement is; object ids are the copy's. */
  private static String what(Step step) {
    String sql =
        step.sql()
            .replaceAll("\\d+::pg_catalog\\.oid", "OID")
            .replaceAll("ARRAY\\[\\d+::", "ARRAY[OID::");
    return Integer.toHexString(sql.hashCode());
  }

  static Finding notYet(Failed failed) {
    return new Finding(
        "note:contract:" + failed.step().id() + ":" + what(failed.step()),
        Finding.Kind.NOTE,
        "contract could not do this as things stand: " + failed.error(),
        Optional.of(failed.step().sql()),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  static void rethrowLost(RubiconException e) {
    if (SqlFailure.lost(e)) {
      throw e;
    }
  }
}
