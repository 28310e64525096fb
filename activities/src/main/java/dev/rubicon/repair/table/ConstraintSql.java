package dev.rubicon.repair.table;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.definition.ConstraintDefinition;
import dev.rubicon.catalog.definition.ConstraintDefinition.Kind;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Constraints of tables and of domains. */
public final class ConstraintSql implements KindSql {
  private static final Pattern DEFERRABILITY =
      Pattern.compile("( DEFERRABLE)?( INITIALLY DEFERRED)?$");

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    if (NotNullSql.is(entry)) {
      return NotNullSql.create(entry, side, sides);
    }
    Kind kind = ConstraintDefinition.of(entry).kind();
    if (entry.valid() && sides.live(entry) && ofDomainOrTable(entry)) {
      if (kind == Kind.PRIMARY_KEY || kind == Kind.UNIQUE) {
        return new KeyBuild(entry, side, sides).statements();
      }
      if (kind == Kind.CHECK || kind == Kind.FOREIGN_KEY && !side.relationOf(entry).partitioned()) {
        return List.of(
            Statement.ddl(add(entry) + notValid(entry)), Statement.alone(validate(entry)));
      }
    }
    return Statement.of(add(entry) + (entry.valid() ? "" : notValid(entry)));
  }

  /** A foreign key whose triggers are switched off shows like one that is not enforced. */
  @Override
  public Optional<String> refusal(CatalogEntry entry, Sides sides) {
    boolean off =
        sides
            .to()
            .find(entry.name())
            .filter(to -> to.definition().endsWith(" NOT ENFORCED"))
            .filter(to -> ConstraintDefinition.of(to).kind() == Kind.FOREIGN_KEY)
            .isPresent();
    return off ? Optional.of("nobody wants a foreign key to be switched off") : Optional.empty();
  }

  private static boolean ofDomainOrTable(CatalogEntry entry) {
    return !entry.definition().endsWith(" NOT ENFORCED");
  }

  static String alter(CatalogEntry entry) {
    return (entry.of().startsWith("domain:") ? "ALTER DOMAIN " : "ALTER TABLE ")
        + Sql.object(entry)
        + " ";
  }

  private static String add(CatalogEntry entry) {
    return alter(entry) + "ADD CONSTRAINT " + quote(entry.part()) + " " + entry.definition();
  }

  /** PostgreSQL prints NOT VALID itself where it is not at the very end. */
  private static String notValid(CatalogEntry entry) {
    return entry.definition().contains(" NOT VALID") ? "" : " NOT VALID";
  }

  public static String validate(CatalogEntry entry) {
    return alter(entry) + "VALIDATE CONSTRAINT " + quote(entry.part());
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of(alter(entry) + "DROP CONSTRAINT " + quote(entry.part()));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    ConstraintDefinition ours = ConstraintDefinition.of(from);
    ConstraintDefinition theirs = ConstraintDefinition.of(to);
    if (from.definition().equals(to.definition())) {
      return to.valid() ? Change.alter(List.of(Statement.alone(validate(to)))) : Change.replace();
    }
    boolean deferrability =
        without(from.definition()).equals(without(to.definition())) && from.valid() == to.valid();
    if (theirs.kind() == Kind.FOREIGN_KEY && deferrability) {
      return Change.alter(
          alter(to)
              + "ALTER CONSTRAINT "
              + quote(to.part())
              + (to.definition().contains(" DEFERRABLE") ? " DEFERRABLE" : " NOT DEFERRABLE")
              + (to.definition().endsWith(" INITIALLY DEFERRED") ? " INITIALLY DEFERRED" : ""));
    }
    boolean key = theirs.kind() == Kind.PRIMARY_KEY || theirs.kind() == Kind.UNIQUE;
    if (key && sides.to().relationOf(to).partitioned()) {
      return Change.refused("a partitioned table's key changes by a transition");
    }
    if (key && ours.kind().byIndex()) {
      boolean referenced =
          sides.from().users("index:" + from.qualified()).stream()
              .anyMatch(user -> !user.equals(from.name()));
      return referenced
          ? Change.replace()
          : Change.exchange(new KeyBuild(to, sides.to(), sides).exchange());
    }
    return Change.replace();
  }

  private static String without(String definition) {
    return DEFERRABILITY.matcher(definition).replaceFirst("");
  }

  /** A key's index is built while clients write; the key then takes it as its own. */
  record KeyBuild(CatalogEntry key, Side side, Sides sides) {
    List<Statement> statements() {
      return IndexSql.key(key, side, sides);
    }

    /** In place of the key that is there: the new index is ready before the old one goes. */
    List<Statement> exchange() {
      CatalogEntry index = index();
      String ready = Identifiers.fitting(key.part() + "_next");
      return List.of(
          Statement.concurrently(IndexSql.concurrently(index, ready)),
          Statement.ddl(alter(key) + "DROP CONSTRAINT " + quote(key.part()) + ", " + using(ready)));
    }

    private CatalogEntry index() {
      return side.find("index:" + key.qualified()).orElseThrow();
    }

    private String using(String index) {
      return "ADD CONSTRAINT " + quote(key.part()) + usingIndex(key, index);
    }
  }

  static String usingIndex(CatalogEntry key, String index) {
    String definition = key.definition();
    return " "
        + (definition.startsWith("PRIMARY") ? "PRIMARY KEY" : "UNIQUE")
        + " USING INDEX "
        + quote(index)
        + (definition.contains(" DEFERRABLE") ? " DEFERRABLE" : "")
        + (definition.endsWith(" INITIALLY DEFERRED") ? " INITIALLY DEFERRED" : "");
  }
}
