package dev.rubicon.scaffold;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.scratch.SqlScript;
import dev.rubicon.statement.Beyond;
import dev.rubicon.statement.Ddl;
import dev.rubicon.statement.DdlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody typed, or a migration tool wrote, taken apart: what becomes other of which table,
 * and the rest as it stands.
 */
final class TypedChange {
  /**
   * @param position for messages
   */
  record Part(String position, Ddl ddl) {}

  private final TableNames names;
  private final List<Part> parts = new ArrayList<>();
  private final Map<RelationName, AlteredTable> tables = new LinkedHashMap<>();
  private final Map<RelationName, RelationName> today = new LinkedHashMap<>();

  private TypedChange(TableNames names) {
    this.names = names;
  }

  /**
   * @param label where it is from, for messages
   * @throws RubiconException USAGE, RUNBOOK_INVALID
   */
  static TypedChange read(String label, String sql, TableNames names) {
    Beyond.in(sql)
        .ifPresent(
            reach -> {
              throw new RubiconException(
                  ErrorCode.USAGE,
                  label
                      + ":"
                      + reach.line()
                      + ": "
                      + reach.what()
                      + " reaches beyond the database that it runs in",
                  "take it out, and do it by hand; then run init again");
            });
    var change = new TypedChange(names);
    for (SqlScript.Statement statement : split(label, sql)) {
      for (Ddl part : DdlReader.of(statement.sql())) {
        change.parts.add(new Part(statement.position(), part));
        if (part instanceof Ddl.Altered altered) {
          change.alter(altered);
        }
      }
    }
    if (change.parts.isEmpty()) {
      throw new RubiconException(
          ErrorCode.USAGE,
          label + " holds no SQL",
          "say what changes, as in: rubicon init --sql 'CREATE INDEX ON orders (customer)' DIR");
    }
    return change;
  }

  private static List<SqlScript.Statement> split(String label, String sql) {
    try {
      return SqlScript.split(label, sql);
    } catch (RubiconException e) {
      throw new RubiconException(
          e.code(), e.getMessage(), "take it out, or write it as SQL; then run init again", e);
    }
  }

  private void alter(Ddl.Altered altered) {
    RelationName name = name(altered.table());
    AlteredTable table = tables.getOrDefault(name, AlteredTable.of(name));
    tables.put(
        name,
        switch (altered) {
          case Ddl.Retyped(_, _, var column, var type, var using) ->
              table.with(table.column(column(column)).retyped(type, using));
          case Ddl.ColumnRenamed(_, _, var column, var to) ->
              table.with(table.column(column(column)).renamed(column(to)));
          case Ddl.NullAllowed(_, _, var column, var allowed) ->
              table.with(table.column(column(column)).nullable(allowed));
          case Ddl.DefaultSet(_, _, var column, var expression) ->
              table.with(table.column(column(column)).defaulting(expression));
          case Ddl.TableRenamed(_, _, var to) -> {
            today.put(new RelationName(name.schema(), TableNames.single(to)), name);
            yield table.renamed(column(to));
          }
        });
  }

  /** Quotes only where they are needed, so that two ways to write a name are one. */
  private static String column(String written) {
    return Names.plain(TableNames.single(written));
  }

  /** The name today of a table that is called so by now. */
  RelationName name(String written) {
    RelationName name = names.of(written, today.keySet());
    return today.getOrDefault(name, name);
  }

  List<Part> parts() {
    return parts;
  }

  List<AlteredTable> tables() {
    return List.copyOf(tables.values());
  }

  /** The table that the part is on, if it is on one. */
  Optional<RelationName> on(Ddl part) {
    return switch (part) {
      case Ddl.Added(_, var table) -> table.map(this::name);
      case Ddl.Dropped(_, var table) -> table.map(this::name);
      case Ddl.Altered altered -> Optional.of(name(altered.table()));
      default -> Optional.empty();
    };
  }
}
