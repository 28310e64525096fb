package dev.rubicon.check;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import java.util.List;

/** The runbook's smoke checks, right after the crossing. */
public final class Smoke {
  private final Target staging;

  public Smoke(Target staging) {
    this.staging = staging;
  }

  /** Runs them all; failures are facts, and the runbook says what follows from them. */
  public Facts.Smoke run(PhaseContext context) {
    try (var runner = new CheckRunner(context, staging)) {
      List<CheckResult> results = runner.run(context.runbook().smoke());
      context.evidence().record(CheckResult.EVIDENCE, results);
      return facts(results);
    }
  }

  /** Names of the passed and of the failed. */
  public static Facts.Smoke facts(List<CheckResult> results) {
    return new Facts.Smoke(
        results.stream().filter(CheckResult::passed).map(CheckResult::name).toList(),
        results.stream().filter(result -> !result.passed()).map(CheckResult::name).toList());
  }
}
