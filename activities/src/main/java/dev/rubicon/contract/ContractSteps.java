package dev.rubicon.contract;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.verify.Invariants;
import java.util.LinkedHashMap;
import java.util.List;

/** Contract's {@code preconditions} and {@code sql} from the runbook. */
final class ContractSteps {
  private ContractSteps() {}

  static void preconditions(PhaseContext context, PgSession session) {
    Runbook.Contract wanted = context.runbook().contract();
    session.execute("SET search_path = " + Naming.searchPath(context.runbook()) + ", pg_catalog");
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

  /** The owner's own shims go first: what they hang on is about to go. Each file runs once. */
  static void sql(PhaseContext context, TargetLock lock, PgSession session) {
    List<String> files = context.runbook().contract().sql();
    if (files.isEmpty()) {
      return;
    }
    session.execute("CREATE TABLE IF NOT EXISTS rubicon.contract_sql (file text PRIMARY KEY)");
    for (String file : files) {
      lock.check();
      context.progress().checkCancelled();
      context.progress().update(file, 0, 0, "running the runbook's own statements");
      var ran =
          LockLadder.DDL.run(
              session,
              context.progress(),
              List.of(),
              () -> {
                if (session.update(
                        "INSERT INTO rubicon.contract_sql VALUES (?) ON CONFLICT DO NOTHING", file)
                    == 1) {
                  session.execute(context.bundle().text(file));
                }
                return true;
              });
      context.evidence().record(EvidenceNames.LOCKS_OF_FILE.of(file), ran.attempts());
    }
  }
}
