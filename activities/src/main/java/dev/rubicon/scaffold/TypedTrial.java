package dev.rubicon.scaffold;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.statement.Ddl;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Lets PostgreSQL take what was typed, on a copy of the target's schema: first what only adds, so
 * that the difference is what an expand has to bring, then what changes, then what goes.
 */
final class TypedTrial {
  private final PgSession copy;
  private final TypedChange change;
  private final Set<RelationName> anew;
  private final String target;

  /** Whether something is not there that a statement may need: what fails is no proof then. */
  private boolean incomplete;

  private final List<Question> questions = new ArrayList<>();

  /**
   * @param incomplete whether something of the target could not be copied
   * @param anew tables that are built anew: what is added to them now would be lost
   */
  TypedTrial(
      PgSession copy,
      TypedChange change,
      Set<RelationName> anew,
      String target,
      boolean incomplete) {
    this.copy = copy;
    this.change = change;
    this.anew = anew;
    this.target = target;
    this.incomplete = incomplete;
  }

  /**
   * @param dropped statements for contract, in their order
   * @param leaving tables that go
   */
  record Result(
      Side before,
      Side after,
      List<String> dropped,
      List<RelationName> leaving,
      List<Question> questions) {}

  Result run(List<String> schemas) {
    Side before = Side.read(copy, schemas);
    var later = new ArrayList<TypedChange.Part>();
    for (TypedChange.Part part : change.parts()) {
      switch (part.ddl()) {
        case Ddl.Added added -> {
          boolean lost = change.on(added).filter(anew::contains).isPresent();
          if (lost || !worked(added.sql())) {
            later.add(part);
          }
        }
        default -> {}
      }
    }
    Side after = Side.read(copy, schemas);
    for (TypedChange.Part part : change.parts()) {
      switch (part.ddl()) {
        case Ddl.Altered _ -> require(part);
        case Ddl.Unplaced(var sql, var why, _) -> unplaced(part, sql, why);
        default -> {}
      }
    }
    for (TypedChange.Part part : later) {
      if (require(part)) {
        questions.add(
            new Question(
                "it is for what changes here, and comes behind it: give it a rollout of its own"
                    + " when this one is through",
                part.ddl().sql()));
      }
    }
    var dropped = new ArrayList<String>();
    var leaving = new ArrayList<RelationName>();
    for (TypedChange.Part part : change.parts()) {
      drop(part, dropped, leaving);
    }
    return new Result(before, after, dropped, leaving, questions);
  }

  private void drop(TypedChange.Part part, List<String> dropped, List<RelationName> leaving) {
    switch (part.ddl()) {
      case Ddl.Dropped gone -> {
        if (change.on(gone).filter(anew::contains).isPresent()) {
          questions.add(
              new Question(
                  "its table is built anew by this rollout: give it a rollout of its own when this"
                      + " one is through",
                  gone.sql()));
        } else if (require(part)) {
          dropped.add(gone.sql());
        }
      }
      case Ddl.TablesDropped(var sql, var tables, var cascades) -> {
        if (require(part)) {
          tables.forEach(table -> leaving.add(change.name(table)));
          if (cascades) {
            questions.add(
                new Question(
                    "contract takes no CASCADE: the plan names what hangs on it; take each thing"
                        + " away in contract: {sql: …}",
                    sql));
          }
        }
      }
      default -> {}
    }
  }

  /** It may make what a later one needs, so it is run here all the same. */
  private void unplaced(TypedChange.Part part, String sql, String why) {
    try {
      copy.execute(sql);
      questions.add(new Question(why, sql));
    } catch (RubiconException e) {
      incomplete = true;
      questions.add(new Question(why + "; " + refused(part, e), sql));
    }
  }

  private String refused(TypedChange.Part part, RubiconException e) {
    return part.position()
        + ": PostgreSQL refuses it on a copy of "
        + target
        + "'s schema: "
        + e.getMessage();
  }

  private boolean worked(String sql) {
    try {
      copy.execute(sql);
      return true;
    } catch (RubiconException e) {
      return false;
    }
  }

  /** Whether PostgreSQL takes it; a question where it may have been for want of something else. */
  private boolean require(TypedChange.Part part) {
    try {
      copy.execute(part.ddl().sql());
      return true;
    } catch (RubiconException e) {
      String cause = refused(part, e);
      if (!incomplete) {
        throw new RubiconException(
            ErrorCode.SQL_REFUSED, cause, "mend the statement, then run init again", e);
      }
      questions.add(new Question(cause, part.ddl().sql()));
      return false;
    }
  }
}
