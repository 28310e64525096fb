package dev.rubicon.contract;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.verify.Invariants;
import java.util.LinkedHashMap;

/** Contract's {@code preconditions} from the runbook. */
final class Preconditions {
  private Preconditions() {}

  static void require(PhaseContext context, PgSession session) {
    Runbook.Contract wanted = context.runbook().contract();
    Naming.resolve(session, context.runbook());
    session.execute(
        "SET rubicon.quiet_period = '" + wanted.quietPeriod().toMillis() + " milliseconds'");
    var broken = new LinkedHashMap<String, Long>();
    for (Runbook.Invariant condition : wanted.preconditions()) {
      long rows = Invariants.violations(session, condition);
      if (rows > 0) {
        broken.put(condition.name(), rows);
      }
    }
    if (!broken.isEmpty()) {
      context.evidence().record(EvidenceNames.PRECONDITIONS_BROKEN, broken);
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          "preconditions of contract do not hold, with so many rows: " + broken,
          "see to what they tell of, then: rubicon contract");
    }
  }
}
