package dev.rubicon.installed;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.Naming;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Rules of legacy that the cutover took away, and that come back when legacy is the authority
 * again.
 */
public final class RelaxedConstraints {
  private RelaxedConstraints() {}

  /**
   * Brings back what every row keeps again, each in short transactions.
   *
   * @return what could not be brought back because rows written since break it
   */
  public static List<String> restore(PgSession session, PhaseContext context) {
    var left = new ArrayList<TargetState.Relaxed>();
    var runner = new StepRunner(session, context.progress(), LockLadder.DDL);
    for (TargetState.Relaxed rule : TargetState.relaxed(session)) {
      RelationName relation = RelationName.parse(rule.relation());
      if (broken(session, rule)) {
        left.add(rule);
      } else {
        steps(rule).forEach(steps -> runner.run(List.of(relation), _ -> steps, () -> {}));
      }
    }
    TargetState.relaxed(session, left);
    return left.stream().map(TargetState.Relaxed::what).toList();
  }

  private static boolean broken(PgSession session, TargetState.Relaxed rule) {
    String table = RelationName.parse(rule.relation()).sql();
    return session
        .written(
            "SELECT EXISTS (SELECT FROM " + table + " WHERE NOT (" + rule.validate() + "))",
            row -> row.getBoolean(1))
        .getFirst();
  }

  /**
   * A check that is not yet valid, validated under a weak lock, then the rule itself, which
   * PostgreSQL takes from the check; each list a transaction.
   */
  public static List<List<Step>> steps(TargetState.Relaxed rule) {
    RelationName relation = RelationName.parse(rule.relation());
    String table = "ALTER TABLE " + relation.sql() + " ";
    boolean check = rule.restore().startsWith("ADD CONSTRAINT");
    String constraint =
        check
            ? constraintName(rule.restore())
            : Identifiers.quote("rubicon_" + Naming.id(relation) + "_legacy");
    String add =
        check
            ? rule.restore() + " NOT VALID"
            : "ADD CONSTRAINT " + constraint + " CHECK (" + rule.validate() + ") NOT VALID";
    String id = "restore " + rule.what() + " of " + relation;
    Step.Lock exclusive = Step.Lock.exclusive(relation);
    var steps = new ArrayList<List<Step>>();
    steps.add(
        List.of(
            Step.of(id, table + "DROP CONSTRAINT IF EXISTS " + constraint, exclusive),
            Step.of(id, table + add, exclusive)));
    steps.add(
        List.of(
            Step.of(
                id,
                table + "VALIDATE CONSTRAINT " + constraint,
                new Step.Lock(relation, Step.Mode.SHARE_UPDATE_EXCLUSIVE))));
    if (!check) {
      steps.add(
          List.of(
              Step.of(id, table + rule.restore(), exclusive),
              Step.of(id, table + "DROP CONSTRAINT " + constraint, exclusive)));
    }
    return steps;
  }

  /** The quoted name in {@code ADD CONSTRAINT "name" …}. */
  private static String constraintName(String restore) {
    var matcher = Pattern.compile("^ADD CONSTRAINT (\"(?:[^\"]|\"\")+\")").matcher(restore);
    if (!matcher.find()) {
      throw new IllegalStateException("not one of ours: " + restore);
    }
    return matcher.group(1);
  }
}
