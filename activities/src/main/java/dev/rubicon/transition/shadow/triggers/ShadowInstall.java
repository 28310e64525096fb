package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.table.RowSecurity;
import dev.rubicon.transition.shadow.Grants;
import dev.rubicon.transition.shadow.IncomingKeys;
import dev.rubicon.transition.shadow.KeyMap;
import dev.rubicon.transition.shadow.OrphanedTwin;
import dev.rubicon.transition.shadow.PartGrants;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Puts a shadow's triggers on both relations, and takes them off again. */
public final class ShadowInstall {
  private ShadowInstall() {}

  /** Maps of keys, of all plans before the first trigger: one relation's may read another's. */
  public static List<Step> maps(ShadowPlan plan) {
    return plan.keyMap().stream()
        .flatMap(map -> map.create().stream())
        .map(sql -> Step.of("prepare " + plan.key(), sql))
        .toList();
  }

  /**
   * It blocks writers of legacy, not its readers: triggers need no more. Writers that are at work
   * end first, so none is missed.
   */
  public static List<Step> install(PgSession session, Runbook runbook, SharedPlans family) {
    ShadowPlan plan = family.plan();
    RelationName legacy = plan.legacy().name();
    RelationName canonical = plan.canonical().name();
    String id = "install " + plan.key();
    var steps = new ArrayList<Step>();
    steps.add(
        Step.of(id, "SET LOCAL search_path = " + Naming.searchPath(runbook) + ", pg_catalog"));
    ShadowSql.functions(family).forEach(sql -> steps.add(Step.of(id, sql)));
    steps.add(Step.lock(id, canonical, Step.Mode.ACCESS_EXCLUSIVE));
    steps.add(Step.lock(id, legacy, Step.Mode.SHARE_ROW_EXCLUSIVE));
    if (plan.leadsCanonical()) {
      steps.add(
          Step.refuseIf(
              id,
              "SELECT EXISTS (SELECT FROM " + plan.canonicalView() + ")",
              () ->
                  new RubiconException(
                      ErrorCode.TRANSITION_UNSUPPORTED,
                      canonical + " holds rows already",
                      "a shadow begins empty: take the rows out of the migration, or move them to"
                          + " legacy")));
    }
    ShadowSql.triggers(family).forEach(sql -> steps.add(Step.of(id, sql)));
    return steps;
  }

  /** Canonical gets legacy's owner and grants, its partitions and sequences included. */
  public static List<Step> grants(PgSession session, ShadowPlan plan) {
    long from = plan.legacy().oid();
    var sql = new ArrayList<>(Grants.of(session, from, "TABLE", plan.canonical().name()));
    sql.addAll(PartGrants.partitions(session, from, plan.canonical().oid()));
    sql.addAll(PartGrants.sequences(session, from, plan.canonical().oid()));
    // They read with Rubicon's rights: nobody else is to read through them.
    var rows = new RowSecurity(session);
    Stream.concat(plan.views().stream(), plan.keyMap().map(KeyMap::table).stream())
        .forEach(own -> sql.addAll(rows.withoutDefaults(own, "rubicon")));
    return sql.stream().map(statement -> Step.of("install " + plan.key(), statement)).toList();
  }

  /** The caller's transaction holds both locks. */
  public static List<Step> remove(PgSession session, ShadowPlan plan) {
    return remove(
        session,
        plan,
        plan.numbering().flatMap(n -> ShadowNames.find(session, n.legacySequence())));
  }

  /**
   * @param legacySequence its name by then
   */
  public static List<Step> remove(
      PgSession session, ShadowPlan plan, Optional<RelationName> legacySequence) {
    String id = "remove " + plan.key();
    Optional<RelationName> legacy = ShadowNames.find(session, plan.legacy().oid());
    Optional<RelationName> canonical = ShadowNames.find(session, plan.canonical().oid());
    // Somebody may have dropped one of them, and what of ours hung on it: the other's clients are
    // freed all the same.
    var sql =
        new ArrayList<>(
            ShadowSql.dropTriggers(
                plan,
                Stream.of(legacy, canonical)
                    .flatMap(Optional::stream)
                    .map(RelationName::sql)
                    .toList()));
    canonical.ifPresent(
        table ->
            sql.addAll(
                ShadowSql.ownNumbers(plan, table.sql(), legacySequence.map(RelationName::sql))));
    sql.addAll(ShadowSql.dropFunctions(plan));
    return sql.stream().map(statement -> Step.of(id, statement)).toList();
  }

  /** Foreign keys of canonical, and those that were pointed at it; under both locks. */
  public static List<Step> untie(PgSession session, ShadowPlan plan, Set<Long> leaving) {
    var steps = new ArrayList<Step>();
    Optional<RelationName> canonical = ShadowNames.find(session, plan.canonical().oid());
    for (ForeignKey key : plan.foreignKeys()) {
      canonical.ifPresent(
          table -> steps.add(dropKey(plan, table, Identifiers.split(key.name()).getFirst())));
    }
    if (plan.leadsLegacy()) {
      for (IncomingKeys.Key key : new IncomingKeys(session).of(plan.legacy().oid(), leaving)) {
        steps.add(dropKey(plan, key.table(), key.twin()));
      }
      OrphanedTwin.of(session, plan).forEach(twin -> steps.add(twin.drop("untie " + plan.key())));
      steps.addAll(asTheyWere(session, plan));
    }
    return steps;
  }

  /** Foreign keys that point at legacy, not deferrable again. */
  private static List<Step> asTheyWere(PgSession session, ShadowPlan plan) {
    return plan.checks().keys(session, true).stream()
        .map(
            key ->
                Step.of(
                    "untie " + plan.key(), key.notDeferrable(), Step.Lock.exclusive(key.table())))
        .toList();
  }

  private static Step dropKey(ShadowPlan plan, RelationName table, String name) {
    return Step.of(
        "untie " + plan.key(),
        "ALTER TABLE " + table.sql() + " DROP CONSTRAINT IF EXISTS " + Identifiers.quote(name),
        Step.Lock.exclusive(table));
  }
}
