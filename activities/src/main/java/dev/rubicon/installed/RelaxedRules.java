package dev.rubicon.installed;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.Naming;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Rules of legacy that the cutover took away, and that come back when legacy has the word again.
 */
public final class RelaxedRules {
  private RelaxedRules() {}

  /**
   * Brings back what every row keeps again, each in a short transaction: a check that is not yet
   * valid, validated under a weak lock, then the rule itself, which PostgreSQL takes from the
   * check.
   *
   * @return what could not be brought back because rows written since break it
   */
  public static List<String> restore(PgSession session, PhaseContext context) {
    var left = new ArrayList<TargetState.Relaxed>();
    for (TargetState.Relaxed rule : TargetState.relaxed(session)) {
      RelationName relation = RelationName.parse(rule.relation());
      String table = relation.sql();
      boolean kept =
          session
              .written(
                  "SELECT NOT EXISTS (SELECT FROM "
                      + table
                      + " WHERE NOT ("
                      + rule.validate()
                      + "))",
                  row -> row.getBoolean(1))
              .getFirst();
      if (!kept) {
        left.add(rule);
        continue;
      }
      boolean check = rule.restore().startsWith("ADD CONSTRAINT");
      String name = check ? "" : Identifiers.quote("rubicon_" + Naming.id(relation) + "_legacy");
      String add =
          check
              ? rule.restore() + " NOT VALID"
              : "ADD CONSTRAINT " + name + " CHECK (" + rule.validate() + ") NOT VALID";
      String constraint = check ? constraintName(rule.restore()) : name;
      LockLadder.DDL.run(
          session,
          context.progress(),
          List.of(relation),
          () -> {
            session.execute("ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS " + constraint);
            session.execute("ALTER TABLE " + table + " " + add);
            return true;
          });
      LockLadder.DDL.validate(session, context.progress(), relation, constraint);
      if (!check) {
        LockLadder.DDL.run(
            session,
            context.progress(),
            List.of(relation),
            () -> {
              session.execute("ALTER TABLE " + table + " " + rule.restore());
              session.execute("ALTER TABLE " + table + " DROP CONSTRAINT " + constraint);
              return true;
            });
      }
    }
    TargetState.relaxed(session, left);
    return left.stream().map(TargetState.Relaxed::what).toList();
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
