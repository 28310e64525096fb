package dev.rubicon.contract;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.leaving.LeavingRelation;
import dev.rubicon.leaving.LeavingUse;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.verify.Invariants;
import java.util.LinkedHashMap;

/** The {@code reconcile} checks of relations that go without a successor. */
final class Reconciliation {
  private Reconciliation() {}

  static void require(PhaseContext context, PgSession session) {
    Naming.resolve(session, context.runbook());
    var broken = new LinkedHashMap<String, Long>();
    for (LeavingRelation leaving : LeavingRelation.of(context.runbook())) {
      for (Runbook.Invariant check : leaving.entry().reconcile()) {
        long rows = asked(session, context.runbook(), check);
        if (rows > 0) {
          broken.put(leaving.name() + ": " + check.name(), rows);
        }
      }
    }
    if (!broken.isEmpty()) {
      context.evidence().record(EvidenceNames.PRECONDITIONS_BROKEN, broken);
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          "what goes without a successor is not accounted for, with so many rows: " + broken,
          "bring these rows to where they belong, then: rubicon contract");
    }
  }

  private static long asked(PgSession session, Runbook runbook, Runbook.Invariant check) {
    return session.inTransaction(
        () -> {
          // Scans of parallel workers are not counted as this session's own.
          session.execute("SET LOCAL max_parallel_workers_per_gather = 0");
          long rows = Invariants.violations(session, check);
          LeavingUse.discountOwn(session, runbook);
          return rows;
        });
  }
}
