package dev.rubicon.rehearse;

import dev.rubicon.backfill.Backfill;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.check.CheckResult;
import dev.rubicon.check.CheckRunner;
import dev.rubicon.check.CheckTrial;
import dev.rubicon.check.HookCaller;
import dev.rubicon.contract.Contract;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.expand.Expand;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.SharedState;
import dev.rubicon.rollback.Rollback;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Digest;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.verify.Verify;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The whole rest of the rollout on a clone: expand, dual write, backfill, verify, cutover,
 * rollback, cutover; contract, which is taken back; then the checks, and those of the time after
 * the crossing as far as they can be tried. What it measures is what production is to expect, and
 * the fingerprint it ends with is the one that production must reach.
 */
public final class Rehearse {
  private final CloneCopies copies;
  private final Target staging;
  private final Expand expand;

  /**
   * @param staging server where analytics checks build canonical
   * @param snapshots canonical's snapshot, for the comparison that verification makes
   */
  public Rehearse(
      CloneCopies copies,
      Target staging,
      Function<PhaseContext, Optional<CatalogSnapshot>> snapshots) {
    this.copies = copies;
    this.staging = staging;
    this.expand = new Expand(snapshots);
  }

  public Facts.Rehearsal run(PhaseContext context, Facts.Clone clone) {
    return SharedState.kept(
        staging, context.tag(), "the rollout was rehearsed", () -> rehearsed(context, clone));
  }

  private Facts.Rehearsal rehearsed(PhaseContext context, Facts.Clone clone) {
    try (CloneCopies.Copy copy = copies.take(context, clone)) {
      var rehearsal = new Rehearsal();
      // The owner's hooks and checks use production's variables; only the database differs.
      PhaseContext on =
          context.on(
              copy.target()
                  .with(context.target().variables())
                  .with(Map.of("clone_database", copy.target().database())));
      Facts.Cutover crossed;
      Optional<String> contract;
      try {
        crossed = cross(on, rehearsal);
        contract = contract(on, rehearsal);
      } catch (RubiconException e) {
        throw failed(rehearsal, e);
      } finally {
        context.evidence().record(Rehearsal.STEPS, rehearsal.steps());
      }
      List<CheckResult> checks = checks(on, rehearsal);
      List<CheckResult> tried = later(context, on, rehearsal);
      List<CheckResult> all = Stream.concat(checks.stream(), tried.stream()).toList();
      context.evidence().record(CheckResult.EVIDENCE, all);
      List<String> failed =
          all.stream()
              .filter(check -> !check.passed())
              .map(check -> check.name() + " (" + check.detail() + ")")
              .toList();
      if (!failed.isEmpty()) {
        throw new RubiconException(
            ErrorCode.REHEARSAL_FAILED,
            "checks failed on the clone: " + String.join(", ", failed),
            "see the evidence of phase rehearse: rubicon status; mend the runbook, then launch"
                + " anew");
      }
      List<String> names = checks.stream().map(CheckResult::name).toList();
      return new Facts.Rehearsal(
          true,
          Digest.of(crossed.change(), String.join(",", names)),
          crossed.change(),
          rehearsal.predicted(),
          names,
          contract);
    }
  }

  private Facts.Cutover cross(PhaseContext on, Rehearsal rehearsal) {
    var clients = new ClientWrites(on);
    rehearsal.step("expand", () -> expand.run(in(on, Phase.EXPAND, 1)));
    if (!on.runbook().transitions().isEmpty()) {
      rehearsal.step("dual-write", () -> new DualWrite().run(in(on, Phase.DUAL_WRITE, 1)));
      // Before the backfill: its rows meet the same triggers.
      clients.behind(ClientWrites.Point.DUAL_WRITE);
      rehearsal.step("backfill", () -> new Backfill().run(in(on, Phase.BACKFILL, 1)));
    }
    rehearsal.step("verify", () -> new Verify().run(in(on, Phase.VERIFY, 1)));
    clients.behind(ClientWrites.Point.VERIFY);
    rehearsal.step(
        "cutover", () -> new Cutover().run(in(on, Phase.CUTOVER, 1), CrossingTerms.NONE));
    clients.behind(ClientWrites.Point.CUTOVER);
    rehearsal.step(
        "rollback", () -> new Rollback().run(in(on, Phase.ROLLBACK, 1), ReturnTerms.NOTHING_LOST));
    rehearsal.step("verify", () -> new Verify().run(in(on, Phase.VERIFY, 2)));
    return rehearsal.step(
        "cutover", () -> new Cutover().run(in(on, Phase.CUTOVER, 2), CrossingTerms.NONE));
  }

  /**
   * Contract comes days later, and the owner may mend until then what it would stop at: that is
   * said now, and stops nothing.
   */
  private static Optional<String> contract(PhaseContext on, Rehearsal rehearsal) {
    return rehearsal.step(
        "contract",
        () -> {
          try {
            new Contract().tryOut(in(on, Phase.CONTRACT, 1));
            return Optional.empty();
          } catch (RubiconException e) {
            if (e.code().retryable()) {
              throw e;
            }
            return Optional.of(e.code() + ": " + e.getMessage());
          }
        });
  }

  /** The same phase on the clone; what it records stands beside production's, not over it. */
  private static PhaseContext in(PhaseContext on, Phase phase, int round) {
    PhaseInput input = on.input();
    var inside =
        new PhaseInput(
            input.rollout(), input.target(), input.bundle(), input.requestedBy(), phase, round);
    return new PhaseContext(
        inside,
        on.bundle(),
        on.target(),
        piece -> on.evidence().put(piece.onClone(phase, round)),
        on.progress());
  }

  private List<CheckResult> checks(PhaseContext on, Rehearsal rehearsal) {
    Runbook.Rehearse plan = on.runbook().rehearse();
    if (plan.checks().isEmpty()) {
      return List.of();
    }
    return rehearsal.step(
        "checks",
        () -> {
          plan.deploy().ifPresent(call -> HookCaller.call("rehearse-deploy", call, on));
          try (var runner = new CheckRunner(on, staging)) {
            return runner.run(plan.checks());
          } finally {
            plan.undeploy().ifPresent(call -> HookCaller.call("rehearse-undeploy", call, on));
          }
        });
  }

  /** Those of the time after the crossing, where a check that cannot pass would lead back. */
  private List<CheckResult> later(PhaseContext context, PhaseContext on, Rehearsal rehearsal) {
    List<Check> watch = on.runbook().watch().checks();
    if (on.runbook().smoke().isEmpty() && watch.isEmpty()) {
      return List.of();
    }
    return rehearsal.step(
        "later-checks",
        () -> {
          var trial = new CheckTrial(context, on, staging);
          return Stream.concat(
                  trial.run("smoke", on.runbook().smoke()).stream(),
                  trial.run("watch", watch).stream())
              .toList();
        });
  }

  /** Transient trouble stays what it is and is retried; anything else is a failed rehearsal. */
  private static RubiconException failed(Rehearsal rehearsal, RubiconException e) {
    if (e.code().retryable()) {
      return e;
    }
    String after = rehearsal.steps().isEmpty() ? "the start" : rehearsal.steps().getLast().name();
    return new RubiconException(
        ErrorCode.REHEARSAL_FAILED,
        "on the clone, after " + after + ": " + e.code() + ": " + e.getMessage(),
        e.next(),
        e);
  }
}
