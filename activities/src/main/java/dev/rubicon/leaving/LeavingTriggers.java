package dev.rubicon.leaving;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;

/** What notes that a relation without successor is written: a trigger on each statement. */
public final class LeavingTriggers {
  private static final String NAME = "\"~rubicon_leaving\"";
  private static final SqlTemplate MEMORY = SqlTemplate.of("leaving/sql/memory.sql.ftl");
  private static final SqlTemplate NOTE = SqlTemplate.of("leaving/sql/note_write.sql.ftl");

  private LeavingTriggers() {}

  private record NoSlots() {}

  /** Puts it on each of the runbook's relations that lacks it; the caller holds the target. */
  public static void install(PhaseContext context, PgSession session) {
    var runner = new StepRunner(session, context.progress(), LockLadder.DDL);
    for (LeavingRelation leaving : LeavingRelation.of(context.runbook())) {
      if (leaving.oid(session).isPresent() && !installed(session, leaving.name())) {
        runner.run(List.of(leaving.name()), _ -> install(leaving.name()), () -> {});
      }
    }
  }

  /** The steps for one relation; harmless where the memory is there. */
  public static List<Step> install(RelationName relation) {
    String id = "count writes of " + relation;
    var steps = new ArrayList<Step>();
    MEMORY.render(new NoSlots()).lines().forEach(sql -> steps.add(Step.of(id, sql)));
    steps.add(Step.of(id, NOTE.render(new NoSlots())));
    Step.Lock lock = new Step.Lock(relation, Step.Mode.SHARE_ROW_EXCLUSIVE);
    steps.add(
        Step.of(
            id,
            "CREATE TRIGGER "
                + NAME
                + " AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "
                + relation.sql()
                + " FOR EACH STATEMENT EXECUTE FUNCTION rubicon.note_leaving_write()",
            lock));
    steps.add(
        Step.of(id, "ALTER TABLE " + relation.sql() + " ENABLE ALWAYS TRIGGER " + NAME, lock));
    return steps;
  }

  /** Takes it off each of them. */
  public static void remove(PhaseContext context, PgSession session) {
    var runner = new StepRunner(session, context.progress(), LockLadder.DDL);
    for (LeavingRelation leaving : LeavingRelation.of(context.runbook())) {
      if (leaving.oid(session).isPresent() && installed(session, leaving.name())) {
        runner.alone(remove(leaving.name()));
      }
    }
  }

  static Step remove(RelationName relation) {
    return Step.of(
        "stop counting writes of " + relation,
        "DROP TRIGGER IF EXISTS " + NAME + " ON " + relation.sql(),
        Step.Lock.exclusive(relation));
  }

  /** Whether the relation has it. */
  private static boolean installed(PgSession session, RelationName relation) {
    return session
        .value(
            """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger
              WHERE tgrelid = pg_catalog.to_regclass(?) AND tgname = '~rubicon_leaving')
            """,
            relation.sql())
        .equals("t");
  }

  /** Whether any relation of the runbook is counted. */
  static boolean counts(PgSession session, Runbook runbook) {
    return LeavingRelation.of(runbook).stream().anyMatch(l -> installed(session, l.name()));
  }
}
