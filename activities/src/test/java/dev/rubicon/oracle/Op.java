package dev.rubicon.oracle;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postgresql.PGConnection;

/**
 * One statement of a client.
 *
 * @param text with {@link #HERE} for the relation's name
 * @param rekeyed keys that the statement changes: without them an update of a key looks like a
 *     delete and an insert
 * @param named the columns that it names
 * @param whole where it inserts rows without listing columns
 * @param input what is sent after it, where it is a COPY
 */
record Op(
    Relation relation,
    String text,
    Map<List<String>, List<String>> rekeyed,
    Set<String> named,
    Optional<String> input,
    Optional<Shape.Whole> whole) {
  static final String HERE = "\u27e6here\u27e7";
  static final String DEFAULT = " = DEFAULT";
  private static final String TRUNCATE = "TRUNCATE ";

  static Op truncate(Relation relation, boolean cascade) {
    String text = TRUNCATE + HERE + (cascade ? " CASCADE" : "");
    return new Op(relation, text, Map.of(), Set.of(), Optional.empty(), Optional.empty());
  }

  static Op copy(Relation relation, Set<String> named, String input) {
    String text = "COPY " + HERE + " (" + Sql.quote(named) + ") FROM STDIN";
    return new Op(relation, text, Map.of(), named, Optional.of(input), Optional.empty());
  }

  /** For the tally. */
  List<String> particulars() {
    var particulars = new ArrayList<String>();
    String at = ", " + (upserts() ? "ON CONFLICT" : kind());
    if (text.contains("jsonb_populate_record")) {
      boolean copies = whole.filter(w -> w.copied().isPresent()).isPresent();
      particulars.add((copies ? "a copied row" : "a whole row") + at);
    }
    if (text.contains(DEFAULT)) {
      particulars.add("SET DEFAULT" + at);
    }
    if (text.contains("(CASE ")) {
      particulars.add("places exchanged");
    }
    return particulars;
  }

  /** Whether it says this value of a column, as an UPDATE does. */
  boolean sets(String column, String value) {
    return text.contains(Sql.quote(column) + " = " + Sql.literal(value));
  }

  /** Takes every row without an event of its own. */
  boolean truncates() {
    return text.startsWith(TRUNCATE);
  }

  boolean upserts() {
    return text.contains(" DO UPDATE ");
  }

  /** A view does not take it. */
  boolean onlyForTables() {
    return truncates() || input.isPresent();
  }

  /** INSERT, COPY … */
  String kind() {
    return text.substring(0, text.indexOf(' '));
  }

  /**
   * Before the backfill a NULL may be what the client has read there, so a client of canonical who
   * means it has to say so.
   */
  private boolean means(Side side) {
    return side == Side.CANONICAL
        && (text.contains("NULL") || text.contains(DEFAULT))
        && (text.startsWith("UPDATE ") || upserts());
  }

  private static final String MEANT = "SET LOCAL rubicon.side = 'canonical'";
  private static final String UNSAID = "SET LOCAL rubicon.side = ''";

  /** For psql. */
  String sql(String name, Side side) {
    String sql = sql(name);
    return means(side) ? MEANT + ";\n" + sql + "\n" + UNSAID + ";" : sql;
  }

  String sql(String name) {
    return text.replace(HERE, name) + ";" + input.map(i -> "\n" + i + "\\.").orElse("");
  }

  /**
   * Says it.
   *
   * @return how many rows it returned, or copied
   */
  int execute(Connection connection, String name, Side side) throws SQLException {
    if (!means(side)) {
      return execute(connection, name);
    }
    Attempt.execute(connection, MEANT);
    int count = execute(connection, name);
    Attempt.execute(connection, UNSAID);
    return count;
  }

  int execute(Connection connection, String name) throws SQLException {
    String sql = text.replace(HERE, name);
    if (input.isPresent()) {
      try {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI();
        return (int) copy.copyIn(sql, new StringReader(input.get()));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    int count = 0;
    try (var statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (var result = statement.getResultSet()) {
          while (result.next()) {
            count++;
          }
        }
      }
    }
    return count;
  }
}
