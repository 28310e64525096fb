package dev.rubicon.shadow;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.SyncPrint;
import dev.rubicon.transition.TouchedSync;
import java.util.List;
import java.util.Set;

/**
 * What follows the first verification that agrees: canonical gets its foreign keys, those that
 * point at legacy get their twins, its own triggers wake, and it takes clients.
 */
public final class ShadowOpening {
  private final PhaseContext context;
  private final PgSession session;
  private final LockLadder ladder;

  public ShadowOpening(PhaseContext context, PgSession session, LockLadder ladder) {
    this.context = context;
    this.session = session;
    this.ladder = ladder;
  }

  /** Whether clients may write canonical. */
  public static boolean isOpen(PgSession session, ShadowPlan plan) {
    return session
        .first(
            """
            SELECT p.prosrc NOT LIKE '%is not filled yet%' FROM pg_proc p
            JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'rubicon' AND p.proname = ?
            """,
            row -> row.getBoolean(1), plan.id() + "_down")
        .orElse(false);
  }

  /**
   * Each step looks first, so that it may be repeated.
   *
   * @param compared the sync as it stood before both sides were compared
   * @return the same, with what this has changed of it
   */
  public SyncPrint open(List<ShadowPlan> plans, SyncPrint compared) {
    Set<Long> leaving = ShadowOrder.leaving(plans);
    plans.forEach(plan -> constrain(plan, leaving));
    List<ShadowPlan> closed = plans.stream().filter(plan -> !isOpen(session, plan)).toList();
    if (closed.isEmpty()) {
      return compared;
    }
    // All at once: who finds one part of a row open may count on the other.
    return ladder
        .run(
            session,
            context.progress(),
            closed.stream().map(plan -> ShadowNames.of(session, plan.canonical())).toList(),
            () -> {
              // Before we replace functions: what somebody else made of them would be covered up.
              TouchedSync.refuse(SyncPrint.read(session).since(compared));
              for (ShadowPlan plan : closed) {
                String canonical = ShadowNames.of(session, plan.canonical()).sql();
                plan.asleep().forEach(t -> session.execute(t.wake(canonical)));
                ShadowSql.open(new Family(plan, plans)).forEach(session::execute);
              }
              return compared.with(SyncPrint.installed(session));
            })
        .value();
  }

  private void constrain(ShadowPlan plan, Set<Long> leaving) {
    RelationName canonical = ShadowNames.of(session, plan.canonical());
    var keys = new IncomingKeys(session);
    for (Runbook.ForeignKey key : plan.foreignKeys()) {
      String name = Identifiers.split(key.name()).getFirst();
      constrain(
          keys,
          canonical,
          name,
          "ALTER TABLE "
              + canonical.sql()
              + " ADD CONSTRAINT "
              + Identifiers.quote(name)
              + " "
              + key.sql()
              + " NOT VALID");
    }
    for (IncomingKeys.Key key :
        plan.leadsLegacy() ? keys.of(plan.legacy().oid(), leaving) : List.<IncomingKeys.Key>of()) {
      constrain(keys, key.table(), key.twin(), IncomingKeys.add(plan, key, canonical));
    }
  }

  private void constrain(IncomingKeys keys, RelationName table, String name, String add) {
    context.progress().checkCancelled();
    if (keys.validated(table, name).isEmpty()) {
      var locked =
          ladder.run(
              session,
              context.progress(),
              List.of(table),
              () -> {
                session.execute(add);
                return true;
              });
      context.evidence().record(EvidenceNames.FOREIGN_KEY_LOCKS.of(name), locked.attempts());
    }
    if (!keys.validated(table, name).orElse(false)) {
      try (var _ = context.progress().cancelsWith(session)) {
        ladder.validate(session, context.progress(), table, Identifiers.quote(name));
      }
    }
  }
}
