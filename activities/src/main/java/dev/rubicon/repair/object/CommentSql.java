package dev.rubicon.repair.object;

import static dev.rubicon.postgres.Identifiers.literal;
import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Function;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.List;
import java.util.Optional;

/** Comments. */
public final class CommentSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return Statement.of(comment(entry, side) + literal(entry.definition()));
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of(comment(entry, sides.from()) + "NULL");
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    return Change.alter(create(to, sides.to(), sides));
  }

  private static String comment(CatalogEntry entry, Side side) {
    return "COMMENT ON " + what(entry, side) + " IS ";
  }

  private static String what(CatalogEntry entry, Side side) {
    String kind = entry.of().substring(0, entry.of().indexOf(':'));
    String object = Sql.object(entry);
    return switch (kind) {
      case "schema" -> "SCHEMA " + quote(entry.schema());
      case "column" -> "COLUMN " + object + "." + quote(entry.part());
      case "index" -> "INDEX " + quote(entry.schema()) + "." + part(entry, kind);
      case "constraint" ->
          "CONSTRAINT "
              + part(entry, kind)
              + " ON "
              + (side.has("domain:" + entry.schema() + "." + entry.object()) ? "DOMAIN " : "")
              + object;
      case "trigger", "policy", "rule" ->
          kind.toUpperCase(java.util.Locale.ROOT) + " " + part(entry, kind) + " ON " + object;
      case "function" -> {
        Optional<Function> function = side.function(entry.of());
        yield function.map(Function::word).orElse("ROUTINE")
            + " "
            + function.map(Function::quoted).orElse(object);
      }
      case "enum", "composite-type", "range-type" -> "TYPE " + object;
      case "materialized-view" -> "MATERIALIZED VIEW " + object;
      default -> kind.toUpperCase(java.util.Locale.ROOT) + " " + object;
    };
  }

  /** The part is called {@code index name}, {@code constraint name} and so on. */
  private static String part(CatalogEntry entry, String kind) {
    return quote(entry.part().substring(kind.length() + 1));
  }
}
