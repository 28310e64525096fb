package dev.rubicon.transition;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.Removal;
import dev.rubicon.installed.StoredTransition;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.inplace.Authority;
import dev.rubicon.transition.inplace.CanonicalConstraints;
import dev.rubicon.transition.inplace.ColumnGroup;
import dev.rubicon.transition.inplace.Group;
import dev.rubicon.transition.inplace.InPlacePlan;
import dev.rubicon.transition.inplace.LegacyConstraints;
import dev.rubicon.transition.inplace.contract.InPlaceArchive;
import dev.rubicon.transition.inplace.contract.InPlaceEnd;
import dev.rubicon.transition.inplace.contract.RetiredColumns;
import dev.rubicon.transition.inplace.rows.InPlaceBackfill;
import dev.rubicon.transition.inplace.rows.InPlaceVerifier;
import dev.rubicon.transition.inplace.triggers.InPlaceSql;
import dev.rubicon.transition.inplace.triggers.WrappedDefaults;
import dev.rubicon.transition.rows.BackfillSql;
import dev.rubicon.transition.rows.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Canonical columns beside the legacy ones, in the same table. */
public record InPlaceTransition(InPlacePlan plan) implements Transition {
  static final String KIND = "in-place";

  @Override
  public StoredTransition stored(PgSession session) {
    return new StoredTransition(key(), KIND, plan, oids(session), true);
  }

  @Override
  public String id() {
    return plan.id();
  }

  @Override
  public String key() {
    return plan.relation().toString();
  }

  @Override
  public RelationName relation() {
    return plan.relation();
  }

  @Override
  public RelationName canonical() {
    return plan.relation();
  }

  /** Behind all shadows: keys of the new columns may point at them. */
  @Override
  public int rank() {
    return Integer.MAX_VALUE;
  }

  @Override
  public boolean is(Runbook.Transition wanted) {
    return wanted.kind() == Runbook.Transition.Kind.IN_PLACE
        && RelationName.parse(wanted.relation()).equals(plan.relation());
  }

  @Override
  public List<Long> oids(PgSession session) {
    return List.of(
        Long.parseLong(
            session.value(
                "SELECT coalesce(to_regclass(?)::oid::bigint, 0)", plan.relation().sql())));
  }

  @Override
  public List<RelationName> sides(PgSession session) {
    return List.of(plan.relation());
  }

  @Override
  public List<RelationName> standing(PgSession session) {
    if (session.value("SELECT to_regclass(?) IS NOT NULL", plan.relation().sql()).equals("t")) {
      return List.of(plan.relation());
    }
    Optional<String> renamed =
        session.first(
            """
            SELECT c.oid::pg_catalog.regclass::text FROM pg_catalog.pg_class c
            WHERE c.oid = ANY (?::bigint[]::oid[])
            """,
            row -> row.getString(1),
            (Object) StoredTransition.relations(session, key()).toArray(Long[]::new));
    if (renamed.isPresent()) {
      throw new RubiconException(
          ErrorCode.TARGET_CHANGED,
          plan.relation() + " is called " + renamed.get() + " by now: somebody renamed it",
          "give it its name back, then: rubicon abort");
    }
    return List.of();
  }

  @Override
  public List<String> read() {
    return List.of(plan.relation().sql());
  }

  @Override
  public int triggers() {
    return InPlaceSql.triggerNames(plan).size();
  }

  @Override
  public List<ColumnGroup> groups() {
    return plan.groups().stream()
        .map(
            group ->
                new ColumnGroup(
                    group.canonical().stream().map(Group.Canonical::name).toList(),
                    group.legacy().stream().map(Group.Legacy::name).toList(),
                    group.shared()))
        .toList();
  }

  @Override
  public List<Step> install(PgSession session, Runbook runbook, Transitions all) {
    var steps = new ArrayList<Step>();
    steps.add(step("install", searchPath(runbook)));
    InPlaceSql.functions(plan).forEach(sql -> steps.add(step("install", sql)));
    steps.add(exclusive("install"));
    InPlaceSql.columnsAndTriggers(plan).forEach(sql -> steps.add(locking("install", sql)));
    steps.add(
        step("install", InPlaceSql.grant(plan))
            .because("the owner's default privileges may say otherwise; clients run them"));
    return steps;
  }

  @Override
  public BackfillSql filling(PgSession session) {
    return new InPlaceBackfill(plan);
  }

  @Override
  public Verifier comparing(PgSession session) {
    return new InPlaceVerifier(plan);
  }

  @Override
  public Map<String, Long> violations(PgSession session) {
    return CanonicalConstraints.violations(session, plan);
  }

  @Override
  public List<ConstraintBuild> constrain(
      PgSession session, Runbook runbook, Transitions all, boolean crossed) {
    // From the crossing on NOT NULL stands in the column.
    return crossed ? List.of() : CanonicalConstraints.missing(session, runbook, plan);
  }

  @Override
  public List<RelationName> lockedAtCutover(PgSession session) {
    return List.of(plan.relation());
  }

  @Override
  public List<Step> lock(PgSession session, List<RelationName> relations, int attempt) {
    return relations.stream()
        .map(relation -> Step.lock("lock " + key(), relation, Step.Mode.ACCESS_EXCLUSIVE))
        .toList();
  }

  @Override
  public void lookAhead(PgSession session, Runbook runbook) {
    LegacyConstraints.find(session, runbook, plan);
  }

  @Override
  public Crossing cross(PgSession session, Runbook runbook) {
    var steps = new ArrayList<Step>();
    CanonicalConstraints.setNotNull(session, plan).forEach(sql -> steps.add(locking("cross", sql)));
    LegacyConstraints.Relaxing relaxing = LegacyConstraints.relax(session, runbook, plan);
    relaxing.sql().forEach(sql -> steps.add(locking("cross", sql)));
    steps.add(step("cross", InPlaceSql.sync(plan, Authority.CANONICAL)));
    return new Crossing(steps, relaxing.relaxed());
  }

  @Override
  public List<Step> back(PgSession session) {
    var steps = new ArrayList<Step>();
    for (InPlacePlan.ColumnRule rule : plan.rules()) {
      if (rule.notNull()) {
        steps.add(
            locking(
                "back",
                "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL"
                    .formatted(plan.relation().sql(), Identifiers.quote(rule.name()))));
      }
    }
    steps.add(step("back", InPlaceSql.sync(plan, Authority.LEGACY)));
    return steps;
  }

  @Override
  public List<Removal> removes(PgSession session) {
    return List.of(new Removal(carriers(session), InPlaceSql.ownColumns(plan)));
  }

  @Override
  public List<Removal> retires(PgSession session, Runbook runbook) {
    var columns = new ArrayList<>(RetiredColumns.of(runbook, plan));
    columns.add(InPlacePlan.MARKER);
    return List.of(new Removal(carriers(session), columns));
  }

  /** The relation, and its partitions wherever they are by now. */
  private List<Long> carriers(PgSession session) {
    return Stream.concat(
            Stream.of(plan.relation()),
            plan.partitions().stream().map(InPlacePlan.Partition::relation))
        .flatMap(
            relation ->
                session
                    .query(
                        "SELECT to_regclass(?)::oid::bigint AS oid WHERE to_regclass(?) IS NOT"
                            + " NULL",
                        row -> row.getLong(1),
                        relation.sql(),
                        relation.sql())
                    .stream())
        .toList();
  }

  @Override
  public List<Step> remove(PgSession session, Transitions all) {
    List<String> statements =
        standing(session).isEmpty()
            ? InPlaceSql.dropFunctions(plan)
            : InPlaceSql.uninstall(plan, WrappedDefaults.found(session, plan));
    return statements.stream().map(sql -> locking("remove", sql)).toList();
  }

  @Override
  public List<List<Step>> archive(PgSession session, Runbook runbook) {
    var archived = new ArrayList<List<Step>>();
    if (standing(session).isEmpty()) {
      return archived;
    }
    for (String column : RetiredColumns.archived(runbook, plan)) {
      if (TableShape.read(session, plan.relation()).column(column).isPresent()) {
        List<Step> steps = InPlaceArchive.copy(session, plan, column);
        if (!steps.isEmpty()) {
          archived.add(steps);
        }
      }
    }
    return archived;
  }

  @Override
  public List<Step> retire(PgSession session, Runbook runbook, Transitions all) {
    List<String> statements =
        standing(session).isEmpty()
            ? InPlaceSql.dropFunctions(plan)
            : InPlaceEnd.of(session, plan, RetiredColumns.of(runbook, plan));
    return statements.stream().map(sql -> locking("retire", sql)).toList();
  }

  @Override
  public String retired() {
    return "a legacy column of " + plan.relation();
  }

  private Step step(String phase, String sql) {
    return Step.of(phase + " " + key(), sql);
  }

  private Step locking(String phase, String sql) {
    return Step.of(phase + " " + key(), sql, Step.Lock.exclusive(plan.relation()));
  }

  private Step exclusive(String phase) {
    return Step.lock(phase + " " + key(), plan.relation(), Step.Mode.ACCESS_EXCLUSIVE);
  }

  static String searchPath(Runbook runbook) {
    return "SET LOCAL search_path = " + Naming.searchPath(runbook) + ", pg_catalog";
  }
}
