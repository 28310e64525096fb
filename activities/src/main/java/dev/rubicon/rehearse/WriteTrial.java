package dev.rubicon.rehearse;

import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes rows of a relation of the clone anew, as a client would, with every trigger that is there,
 * and takes all of it back.
 */
final class WriteTrial {
  /** Enough for triggers that look at the row, few enough for a relation of any size. */
  private static final int ROWS = 20;

  private static final String SAMPLE = "pg_temp._rubicon_rows";

  private final PgSession session;
  private final RelationName relation;
  private final Shape shape;

  WriteTrial(PgSession session, RelationName relation, Shape shape) {
    this.session = session;
    this.relation = relation;
    this.shape = shape;
  }

  /** What clients send. */
  enum Write {
    INSERT,
    UPDATE,
    DELETE
  }

  /**
   * @param columns that a client writes
   * @param key by which a row is found; the whole place of a row where there is none
   * @param always whether a column takes a given value only when told so
   */
  record Shape(List<String> columns, List<String> key, boolean always) {
    Shape only(List<String> wanted) {
      return new Shape(columns.stream().filter(wanted::contains).toList(), key, always);
    }
  }

  /** By SQLSTATE, empty where it went: what the server said last. */
  record Answers(Map<Write, Map<String, String>> said) {
    static final Answers NONE = new Answers(Map.of());

    Map<String, String> to(Write write) {
      return said.getOrDefault(write, Map.of());
    }
  }

  /** Whether there is a relation of that name that takes writes. */
  static boolean takesWrites(PgSession session, RelationName relation) {
    return session
        .value(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?)"
                + " AND relkind IN ('r', 'p', 'v'))",
            relation.sql())
        .equals("t");
  }

  /** The relation's columns, but for what is computed and what is ours. */
  static Shape shape(PgSession session, RelationName relation) {
    record Column(String name, boolean always, boolean key) {}
    List<Column> columns =
        session.query(
            """
            SELECT a.attname, a.attidentity = 'a',
                   coalesce(a.attnum = ANY (i.indkey::pg_catalog.int2[]), false)
            FROM pg_catalog.pg_attribute a
            LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
            WHERE a.attrelid = pg_catalog.to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
              AND a.attgenerated = '' AND NOT pg_catalog.starts_with(a.attname, '_rubicon')
            ORDER BY a.attnum
            """,
            row -> new Column(row.getString(1), row.getBoolean(2), row.getBoolean(3)),
            relation.sql());
    return new Shape(
        columns.stream().map(Column::name).toList(),
        columns.stream().filter(Column::key).map(Column::name).toList(),
        columns.stream().anyMatch(Column::always));
  }

  Answers run() {
    session.execute("BEGIN");
    try {
      // As a client of the owner's has it: triggers look up what they name when they run.
      session.execute("RESET search_path");
      session.execute(
          "CREATE TEMP TABLE _rubicon_rows ON COMMIT DROP AS SELECT pg_catalog.row_number() OVER ()"
              + " AS _rubicon_n, r.* FROM (SELECT "
              + (shape.key().isEmpty() ? "tableoid AS _tableoid, ctid AS _ctid, " : "")
              + list(shape.columns(), column -> column)
              + " FROM "
              + relation.sql()
              // The same rows before and behind a phase, where an index leads to them.
              + (shape.key().isEmpty() ? "" : " ORDER BY " + list(shape.key(), column -> column))
              + " LIMIT "
              + ROWS
              + ") r");
      int rows = Integer.parseInt(session.value("SELECT count(*) FROM " + SAMPLE));
      var said = new EnumMap<Write, Map<String, String>>(Write.class);
      for (int row = 1; row <= rows; row++) {
        String of = where(row);
        String delete = "DELETE FROM " + relation.sql() + of;
        attempt(said, Write.DELETE, delete);
        session.execute("SAVEPOINT rubicon_row");
        // A row that cannot be deleted cannot be inserted again: nothing is learned of INSERT.
        if (send(delete).isEmpty()) {
          attempt(said, Write.INSERT, insert(row));
        }
        session.execute("ROLLBACK TO SAVEPOINT rubicon_row");
        List<String> written =
            shape.columns().stream().filter(column -> !shape.key().contains(column)).toList();
        if (!written.isEmpty()) {
          attempt(said, Write.UPDATE, update(written, column -> column) + of);
          String other = from(row % rows + 1);
          attempt(
              said,
              Write.UPDATE,
              update(written, column -> "(SELECT " + column + other + ")") + of);
        }
      }
      return new Answers(said);
    } finally {
      session.execute("ROLLBACK");
      session.execute("SET search_path = pg_catalog");
    }
  }

  private void attempt(Map<Write, Map<String, String>> said, Write write, String statement) {
    Map<String, String> answers = said.computeIfAbsent(write, _ -> new TreeMap<>());
    session.execute("SAVEPOINT rubicon_write");
    send(statement)
        .ifPresentOrElse(
            e -> answers.put(SqlFailure.state(e), e.getMessage()), () -> answers.put("", ""));
    session.execute("ROLLBACK TO SAVEPOINT rubicon_write");
  }

  /** What the server refuses; deferred triggers speak at once. */
  private Optional<RubiconException> send(String statement) {
    try {
      session.execute(statement);
      session.execute("SET CONSTRAINTS ALL IMMEDIATE");
      return Optional.empty();
    } catch (RubiconException e) {
      // What a trigger of the owner raises may have any code: only what ends the session is ours.
      if (SqlFailure.lost(e)) {
        throw e;
      }
      return Optional.of(e);
    }
  }

  private String insert(int row) {
    return "INSERT INTO "
        + relation.sql()
        + " ("
        + list(shape.columns(), column -> column)
        + (shape.always() ? ") OVERRIDING SYSTEM VALUE SELECT " : ") SELECT ")
        + list(shape.columns(), column -> column)
        + from(row);
  }

  private String update(List<String> columns, Function<String, String> value) {
    return "UPDATE "
        + relation.sql()
        + " SET "
        + list(columns, column -> column + " = " + value.apply(column));
  }

  private String where(int row) {
    return shape.key().isEmpty()
        ? " WHERE tableoid = (SELECT _tableoid%1$s) AND ctid = (SELECT _ctid%1$s)"
            .formatted(from(row))
        : " WHERE "
            + shape.key().stream()
                .map(Identifiers::quote)
                .map(column -> column + " = (SELECT " + column + from(row) + ")")
                .collect(Collectors.joining(" AND "));
  }

  private static String from(int row) {
    return " FROM " + SAMPLE + " WHERE _rubicon_n = " + row;
  }

  private static String list(List<String> columns, Function<String, String> each) {
    return columns.stream().map(Identifiers::quote).map(each).collect(Collectors.joining(", "));
  }
}
