package dev.rubicon.expression;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SearchPath;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.table.TableShape;
import java.util.List;
import java.util.Optional;

/**
 * Asks PostgreSQL what an expression reads and how stable its result is. Works on a temporary copy
 * of the table's shape, in a transaction that is rolled back: the table itself is only looked at.
 */
public final class ExpressionProbe {
  private static final String SHAPE = "pg_temp._rubicon_shape";

  /** PostgreSQL documentation, appendix K: each column that is read is an argument. */
  private static final int MOST_ARGUMENTS = 100;

  private final PgSession session;
  private int number;

  public ExpressionProbe(PgSession session) {
    this.session = session;
  }

  /** Creates the copy; {@code without} are columns that the transition itself will add. */
  public void shape(TableShape table) {
    session.execute("CREATE TEMP TABLE _rubicon_shape (LIKE " + table.name().sql() + ")");
    for (TableShape.Column column : table.columns()) {
      if (column.notNull()) {
        session.execute(
            "ALTER TABLE "
                + SHAPE
                + " ALTER COLUMN "
                + Identifiers.quote(column.name())
                + " DROP NOT NULL");
      }
    }
  }

  /** Drops the copy, so that another table's can be made. */
  public void forget() {
    session.execute("DROP TABLE " + SHAPE + " CASCADE");
  }

  /** Adds a canonical column to the copy; returns its type as PostgreSQL prints it. */
  public String add(String column, String type, String where) {
    guarded(
        where,
        () ->
            session.execute(
                "ALTER TABLE " + SHAPE + " ADD COLUMN " + Identifiers.quote(column) + " " + type));
    // With another path a type of the owner's would be printed bare, and mean another to a client.
    return SearchPath.TRANSACTION.catalogOnly(
        session,
        () ->
            session.value(
                """
                SELECT format_type(atttypid, atttypmod) FROM pg_attribute
                WHERE attrelid = 'pg_temp._rubicon_shape'::regclass AND attname = ?
                """,
                column));
  }

  /** What a column that was added sorts and compares by, where it is not its type's own. */
  public Optional<String> collation(String column) {
    return session.first(
        """
        SELECT format('%I.%I', n.nspname, c.collname) FROM pg_attribute a
        JOIN pg_type t ON t.oid = a.atttypid AND t.typcollation <> a.attcollation
        JOIN pg_collation c ON c.oid = a.attcollation
        JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE attrelid = 'pg_temp._rubicon_shape'::regclass AND attname = ?
        """,
        row -> row.getString(1), column);
  }

  /** What a column that was added is given by its type, a domain with a default. */
  public Optional<String> domainDefault(String column) {
    return session
        .first(
            """
            SELECT pg_get_expr(t.typdefaultbin, 0) FROM pg_attribute a
            JOIN pg_type t ON t.oid = a.atttypid
            WHERE attrelid = 'pg_temp._rubicon_shape'::regclass AND attname = ?
            """,
            row -> Optional.ofNullable(row.getString(1)),
            column)
        .flatMap(expression -> expression);
  }

  /** Whether a type takes NULL: a domain may not, nor one that it is built on. */
  public boolean takesNull(String type) {
    return session
        .value(
            """
            WITH RECURSIVE base AS (
              SELECT t.oid, t.typbasetype, t.typnotnull FROM pg_type t WHERE t.oid = ?::regtype
              UNION ALL
              SELECT t.oid, t.typbasetype, t.typnotnull
              FROM base JOIN pg_type t ON t.oid = base.typbasetype)
            SELECT NOT bool_or(typnotnull) FROM base
            """,
            type)
        .equals("t");
  }

  /** Whether adding a column with that default would rewrite the table. */
  public boolean rewrites(String type, String defaultExpression, String where) {
    String column = "_rubicon_default_" + number++;
    guarded(
        where,
        () ->
            session.execute(
                "ALTER TABLE "
                    + SHAPE
                    + " ADD COLUMN "
                    + column
                    + " "
                    + type
                    + " DEFAULT "
                    + defaultExpression));
    return !session
        .value(
            """
            SELECT atthasmissing OR NOT EXISTS (SELECT FROM pg_attrdef d
                   WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
                     AND pg_get_expr(d.adbin, d.adrelid) NOT LIKE 'NULL::%')
            FROM pg_attribute a
            WHERE attrelid = 'pg_temp._rubicon_shape'::regclass AND attname = ?
            """,
            column)
        .equals("t");
  }

  /** Refuses a condition that PostgreSQL would refuse. */
  public void check(String condition, String where) {
    guarded(
        where, () -> session.execute("ALTER TABLE " + SHAPE + " ADD CHECK (" + condition + ")"));
  }

  /** Compiles an expression over the copy's columns. */
  public CompiledExpression compile(String function, String expression, String type, String where) {
    boolean pinned = !immutable(expression, type, where);
    if (pinned) {
      refuseUnassignable(expression, type, where);
    }
    String view = "_rubicon_view_" + number++;
    // With the cast that the function's result goes through.
    guarded(
        where,
        () ->
            session.execute(
                "CREATE TEMP VIEW %s AS SELECT (%s)::%s AS x FROM %s"
                    .formatted(view, expression, type, SHAPE)));
    var called = new CalledFunctions(session, "pg_temp." + view);
    called.refuseMomentary(where);
    List<CompiledExpression.Input> inputs =
        session.query(
            """
            SELECT DISTINCT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod)
            FROM pg_depend d
            JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.refclassid = 'pg_class'::regclass
              AND r.ev_class = ?::regclass
              AND d.refobjid = 'pg_temp._rubicon_shape'::regclass
              AND a.attnum > 0
            ORDER BY a.attnum
            """,
            row -> new CompiledExpression.Input(row.getString(2), row.getString(3)),
            "pg_temp." + view);
    if (inputs.size() > MOST_ARGUMENTS) {
      throw new RubiconException(
          ErrorCode.TRANSITION_UNSUPPORTED,
          where
              + " reads "
              + inputs.size()
              + " columns, and a function takes at most "
              + MOST_ARGUMENTS,
          "divide it among several columns, or let it read fewer; then: rubicon plan");
    }
    return new CompiledExpression(
        function, expression, inputs, type, pinned, called.parallelSafe());
  }

  /**
   * A generated column allows exactly what a transition does: no subquery, no aggregate, no set.
   */
  private boolean immutable(String expression, String type, String where) {
    session.execute("SAVEPOINT immutable");
    try {
      session.execute(
          "ALTER TABLE "
              + SHAPE
              + " ADD COLUMN _rubicon_trial "
              + type
              + " GENERATED ALWAYS AS ("
              + expression
              + ") STORED");
      return true;
    } catch (RubiconException e) {
      if (SqlFailure.state(e).equals("42P17")) {
        return false;
      }
      throw refused(where, e);
    } finally {
      session.execute("ROLLBACK TO SAVEPOINT immutable");
    }
  }

  /** What a generated column shows for all others: whether the column takes the value as it is. */
  private void refuseUnassignable(String expression, String type, String where) {
    String column = "_rubicon_taken_" + number++;
    guarded(
        where,
        () -> {
          session.execute("ALTER TABLE " + SHAPE + " ADD COLUMN " + column + " " + type);
          session.execute(
              "EXPLAIN (COSTS false) UPDATE %s SET %s = (%s)".formatted(SHAPE, column, expression));
        });
  }

  private void guarded(String where, Runnable statement) {
    try {
      statement.run();
    } catch (RubiconException e) {
      throw refused(where, e);
    }
  }

  private static RubiconException refused(String where, RubiconException e) {
    String state = SqlFailure.state(e);
    if (!state.startsWith("42") && !state.startsWith("0A") && !state.startsWith("22")) {
      return e;
    }
    return new RubiconException(
        ErrorCode.TRANSITION_UNSUPPORTED,
        where + ": PostgreSQL refuses it: " + e.getMessage(),
        "correct it in runbook.yaml, then: rubicon validate",
        e.getCause());
  }

  /** Ends a probe; a connection that is gone does not hide the failure that is being thrown. */
  public static void rollback(PgSession session) {
    try {
      session.execute("ROLLBACK");
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.CONNECTION_LOST && !SqlFailure.state(e).startsWith("08")) {
        throw e;
      }
      // The connection is gone and its transaction with it; the first failure is being thrown.
    }
  }
}
