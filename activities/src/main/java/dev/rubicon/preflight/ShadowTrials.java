package dev.rubicon.preflight;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.shadow.ShadowCompiler;
import dev.rubicon.shadow.ShadowContract;
import dev.rubicon.shadow.ShadowOrder;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.shadow.ShadowTrial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The shadow transitions of a trial: what would be refused, what hangs on legacy, how it ends. */
final class ShadowTrials {
  private final Runbook runbook;
  private final PgSession session;
  private final Function<String, Optional<String>> attempt;
  private final List<Finding> findings;

  /**
   * @param attempt runs a statement; the server's message when it fails
   */
  ShadowTrials(
      Runbook runbook,
      PgSession session,
      Function<String, Optional<String>> attempt,
      List<Finding> findings) {
    this.runbook = runbook;
    this.session = session;
    this.attempt = attempt;
    this.findings = findings;
  }

  void run() {
    var plans = new LinkedHashMap<Runbook.Transition, ShadowPlan>();
    var compiler = new ShadowCompiler(session, runbook);
    for (Runbook.Transition transition : runbook.transitions()) {
      if (transition.kind() != Runbook.Transition.Kind.SHADOW) {
        continue;
      }
      try {
        plans.put(transition, compiler.compile(transition));
      } catch (RubiconException e) {
        if (e.code() == ErrorCode.CONNECTION_LOST || e.code() == ErrorCode.DISK_FULL) {
          throw e;
        }
        findings.add(Trial.unsupported(transition, e));
      }
    }
    plans.values().stream().filter(ShadowPlan::leadsLegacy).forEach(this::dependents);
    Set<Long> leaving = ShadowOrder.leaving(List.copyOf(plans.values()));
    plans.values().forEach(plan -> attempt(plan, ShadowTrial.foreignKeys(plan)));
    for (ShadowPlan plan : ShadowOrder.dependentsFirst(session, List.copyOf(plans.values()))) {
      attempt(
          plan,
          ShadowTrial.end(
              session, plan, leaving, ShadowContract.action(runbook, plan.legacy().name())));
    }
  }

  private void attempt(ShadowPlan plan, List<String> statements) {
    for (String sql : statements) {
      attempt
          .apply(sql)
          .ifPresent(
              error ->
                  findings.add(
                      Trial.hazard(
                          "fails:shadow:" + plan.to() + ":" + Integer.toHexString(sql.hashCode()),
                          "fails on a copy of the target: " + error,
                          sql)));
    }
  }

  private void dependents(ShadowPlan plan) {
    for (ShadowTrial.Dependent dependent : ShadowTrial.dependents(session, plan)) {
      findings.add(
          Trial.hazard(
              "shadow-" + dependent.kind() + ":" + plan.legacy().name() + ":" + dependent.name(),
              dependent.kind() + " " + dependent.name() + " " + dependent.what(),
              dependent.name()));
    }
  }
}
