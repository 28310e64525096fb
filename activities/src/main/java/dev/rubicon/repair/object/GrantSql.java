package dev.rubicon.repair.object;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Function;
import dev.rubicon.catalog.CatalogStructure.Type;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Privileges;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Privileges on objects and columns. */
public final class GrantSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    if (owners(entry)) {
      return owner(entry, side);
    }
    return moves(entry, Privileges.NONE, Privileges.of(entry.definition()), side);
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    if (owners(entry)) {
      return Statement.of(
          "GRANT ALL ON " + on(entry, sides.from()) + " TO " + ownerOf(entry, sides.from()));
    }
    return moves(entry, Privileges.of(entry.definition()), Privileges.NONE, sides.from());
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    return Change.alter(
        owners(to)
            ? owner(to, sides.from())
            : moves(
                to,
                Privileges.of(from.definition()),
                Privileges.of(to.definition()),
                sides.from()));
  }

  @Override
  public Optional<String> refusal(CatalogEntry entry, Sides sides) {
    String owner = sides.from().has(entry.of()) ? ownerOf(entry, sides.from()) : "";
    return owner.equals(entry.part()) || owner.equals(quote(entry.part()))
        ? Optional.of(entry.part() + " owns it, and has every privilege")
        : Optional.empty();
  }

  private static boolean owners(CatalogEntry entry) {
    return entry.part().equals("OWNER");
  }

  /** Some of the owner's own were revoked. */
  private static List<Statement> owner(CatalogEntry entry, Side side) {
    String on = on(entry, side);
    String owner = ownerOf(entry, side);
    var statements = new ArrayList<>(Statement.of("REVOKE ALL ON " + on + " FROM " + owner));
    if (!entry.definition().equals("nothing")) {
      statements.add(Statement.ddl("GRANT " + entry.definition() + " ON " + on + " TO " + owner));
    }
    return statements;
  }

  private static String ownerOf(CatalogEntry entry, Side side) {
    return switch (ofKind(entry)) {
      case "function" -> side.function(entry.of()).map(Function::owner).orElse("CURRENT_USER");
      case "table", "view", "materialized-view", "sequence" -> side.relation(entry.of()).owner();
      case "schema" -> "CURRENT_USER";
      default -> side.type(entry.of()).map(Type::owner).orElse("CURRENT_USER");
    };
  }

  private static List<Statement> moves(
      CatalogEntry entry, Privileges from, Privileges to, Side side) {
    boolean ofColumn = ofKind(entry).equals("column");
    int slash = ofColumn ? entry.part().lastIndexOf('/') : -1;
    String column = ofColumn ? quote(entry.part().substring(0, slash)) : "";
    return to.since(from, column, on(entry, side), grantee(entry.part().substring(slash + 1)));
  }

  static String grantee(String name) {
    return name.equals("PUBLIC") ? name : quote(name);
  }

  private static String ofKind(CatalogEntry entry) {
    return entry.of().substring(0, entry.of().indexOf(':'));
  }

  private static String on(CatalogEntry entry, Side side) {
    return switch (ofKind(entry)) {
      case "schema" -> "SCHEMA " + quote(entry.schema());
      case "sequence" -> "SEQUENCE " + Sql.object(entry);
      case "function" -> {
        Optional<Function> function = side.function(entry.of());
        yield function.map(Function::word).orElse("ROUTINE")
            + " "
            + function.map(Function::quoted).orElse(Sql.object(entry));
      }
      case "domain" -> "DOMAIN " + Sql.object(entry);
      case "enum", "composite-type", "range-type" -> "TYPE " + Sql.object(entry);
      default -> "TABLE " + Sql.object(entry);
    };
  }

  /** Everybody may use a new function or type, unless canonical says otherwise. */
  static Optional<String> usualRevoked(CatalogEntry object, Side side) {
    boolean everybody =
        side.parts(object.name(), ObjectKind.GRANT).stream()
            .anyMatch(grant -> grant.part().equals("PUBLIC"));
    if (everybody) {
      return Optional.empty();
    }
    var grant =
        new CatalogEntry(
            ObjectKind.GRANT, object.schema(), object.object(), "PUBLIC", "", true, object.name());
    return Optional.of("REVOKE ALL ON " + on(grant, side) + " FROM PUBLIC");
  }

  /** Whether it comes with the object, untold. */
  public static boolean usual(CatalogEntry grant) {
    return grant.part().equals("PUBLIC")
        && switch (ofKind(grant)) {
          case "function" -> grant.definition().equals("EXECUTE");
          case "domain", "enum", "composite-type", "range-type" ->
              grant.definition().equals("USAGE");
          default -> false;
        };
  }
}
