package dev.rubicon.repair.sql;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.postgres.Identifiers;
import java.util.ArrayList;
import java.util.List;

/** Names and lists as the statements of several kinds need them. */
public final class Sql {
  private Sql() {}

  /** {@code "schema"."object"}. */
  public static String object(CatalogEntry entry) {
    return quote(entry.schema()) + "." + quote(entry.object());
  }

  /** {@code "schema"."part"}: an index lies beside its table. */
  public static String part(CatalogEntry entry) {
    return quote(entry.schema()) + "." + quote(entry.part());
  }

  public static String alterTable(CatalogEntry entry) {
    return "ALTER TABLE " + object(entry) + " ";
  }

  public static String alterColumn(CatalogEntry column) {
    return alterTable(column) + "ALTER COLUMN " + quote(column.part()) + " ";
  }

  /** {@code SET (…)} and {@code RESET (…)} that lead from some storage parameters to others. */
  public static List<String> options(List<String> from, List<String> to) {
    var clauses = new ArrayList<String>();
    List<String> set =
        to.stream().filter(option -> !from.contains(option)).map(Sql::assigned).toList();
    List<String> gone =
        from.stream()
            .map(Sql::name)
            .filter(name -> to.stream().map(Sql::name).noneMatch(name::equals))
            .toList();
    if (!gone.isEmpty()) {
      clauses.add("RESET (" + String.join(", ", gone) + ")");
    }
    if (!set.isEmpty()) {
      clauses.add("SET (" + String.join(", ", set) + ")");
    }
    return clauses;
  }

  public static String with(List<String> options) {
    return options.isEmpty()
        ? ""
        : " WITH (" + String.join(", ", options.stream().map(Sql::assigned).toList()) + ")";
  }

  private static String assigned(String option) {
    String value = option.substring(option.indexOf('=') + 1);
    return value.matches("[\\w.+-]+") ? option : name(option) + "=" + Identifiers.literal(value);
  }

  private static String name(String option) {
    return option.substring(0, option.indexOf('='));
  }

  /** A printed query without the semicolon that views have at their end. */
  public static String query(String printed) {
    return printed.strip().replaceFirst(";$", "").strip();
  }
}
