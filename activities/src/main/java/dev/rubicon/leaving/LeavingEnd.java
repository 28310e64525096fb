package dev.rubicon.leaving;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;

/** How contract takes relations without successor away, in its one transaction. */
public final class LeavingEnd {
  private static final String ARCHIVE = "rubicon_archive";
  private static final SqlTemplate DEPENDENTS = SqlTemplate.of("leaving/sql/dependents.sql.ftl");

  private LeavingEnd() {}

  private record Relation(String relation) {}

  static RelationName archive(RelationName name) {
    return new RelationName(ARCHIVE, name.name());
  }

  /** Those that are still there. */
  public static List<RelationName> standing(PgSession session, Runbook runbook) {
    return LeavingRelation.of(runbook).stream()
        .filter(leaving -> leaving.oid(session).isPresent())
        .map(LeavingRelation::name)
        .toList();
  }

  /**
   * Takes them in the caller's transaction, behind the owner's own statements.
   *
   * @throws RubiconException where something of others' hangs on one: nothing is taken then
   */
  public static void take(PgSession session, Runbook runbook) {
    for (LeavingRelation leaving : LeavingRelation.of(runbook)) {
      if (leaving.oid(session).isEmpty()) {
        continue;
      }
      List<String> hanging = leaving.dependents(session);
      if (!hanging.isEmpty()) {
        throw new RubiconException(
            ErrorCode.TARGET_CHANGED,
            leaving.name() + " goes without a successor, and this hangs on it: " + hanging,
            "drop or rebuild it, or let a file of contract's sql do so, then: rubicon contract");
      }
      StepRunner.run(session, steps(session, leaving));
    }
  }

  /** The steps that take one away. */
  public static List<Step> steps(PgSession session, LeavingRelation leaving) {
    RelationName name = leaving.name();
    String id = "retire " + name;
    Step.Lock lock = Step.Lock.exclusive(name);
    var steps = new ArrayList<Step>();
    steps.add(Step.lock(id, name, Step.Mode.ACCESS_EXCLUSIVE));
    steps.add(LeavingTriggers.remove(name));
    if (!leaving.archived()) {
      steps.add(Step.of(id, "DROP TABLE " + name.sql(), lock));
      return steps;
    }
    steps.add(Step.of(id, "CREATE SCHEMA IF NOT EXISTS " + ARCHIVE));
    steps.add(Step.of(id, "REVOKE ALL ON SCHEMA " + ARCHIVE + " FROM PUBLIC"));
    for (String key : keys(session, name)) {
      steps.add(
          Step.of(
                  id,
                  "ALTER TABLE " + name.sql() + " DROP CONSTRAINT " + Identifiers.quote(key),
                  lock)
              .because("what is archived holds no row of canonical's back"));
    }
    steps.add(Step.of(id, "ALTER TABLE " + name.sql() + " SET SCHEMA " + ARCHIVE, lock));
    return steps;
  }

  private static List<String> keys(PgSession session, RelationName name) {
    return session.query(
        """
        SELECT conname FROM pg_catalog.pg_constraint
        WHERE contype = 'f' AND conparentid = 0 AND confrelid <> conrelid
          AND conrelid = pg_catalog.to_regclass(?) ORDER BY 1
        """,
        row -> row.getString(1),
        name.sql());
  }

  static List<String> dependents(PgSession session, long oid) {
    return session.query(
        DEPENDENTS.render(new Relation(Long.toString(oid))), row -> row.getString(1));
  }
}
