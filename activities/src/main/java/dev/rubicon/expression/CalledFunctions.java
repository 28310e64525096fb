package dev.rubicon.expression;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.Set;

/**
 * The functions that a parsed expression calls: how stable they are, and whether parallel workers
 * may run them.
 *
 * @param view whose only column is the expression
 */
record CalledFunctions(PgSession session, String view) {
  /** Stable within a statement, and yet different for two writers of the same row. */
  private static final Set<String> MOMENTARY =
      Set.of(
          "now",
          "transaction_timestamp",
          "statement_timestamp",
          "current_setting",
          "txid_current",
          "txid_current_snapshot",
          "pg_current_xact_id",
          "pg_current_snapshot",
          "current_schema",
          "current_schemas",
          "inet_client_addr",
          "pg_backend_pid",
          "current_database");

  /** Refuses an expression that may give another value for the same row a moment later. */
  void refuseMomentary(String where) {
    record Function(String name, String volatility) {}
    List<Function> called =
        session.query(
            """
            SELECT DISTINCT p.proname, p.provolatile
            FROM pg_rewrite r,
                 regexp_matches(r.ev_action::text, ':(?:op)?funcid (\\d+)', 'g') m (ids),
                 pg_proc p
            WHERE r.ev_class = ?::regclass AND p.oid = m.ids[1]::oid
            UNION
            SELECT 'CURRENT_TIMESTAMP, CURRENT_USER or the like', 'v' FROM pg_rewrite r
            WHERE r.ev_class = ?::regclass AND r.ev_action::text LIKE '%{SQLVALUEFUNCTION%'
            ORDER BY 1
            """,
            row -> new Function(row.getString(1), row.getString(2)), view, view);
    for (Function function : called) {
      if (function.volatility().equals("v") || MOMENTARY.contains(function.name())) {
        throw new RubiconException(
            ErrorCode.TRANSITION_UNSUPPORTED,
            where
                + " calls "
                + function.name()
                + ", which may give another value for the same row a moment later",
            "use a function of the row's values only; declare your own functions STABLE or"
                + " IMMUTABLE");
      }
    }
  }

  /**
   * Whether it consists of nothing but what PostgreSQL calls PARALLEL SAFE: functions, operators,
   * and the input and output of types, which a cast may go through.
   */
  boolean parallelSafe() {
    return session
        .value(
            """
            WITH tree AS (SELECT ev_action::text AS t FROM pg_rewrite WHERE ev_class = ?::regclass)
            SELECT t !~ '[{](COERCETODOMAIN|SUBLINK|AGGREF|WINDOWFUNC|NEXTVALUEEXPR|PARAM) '
              AND NOT EXISTS (
                SELECT FROM regexp_matches(t, ':(?:op)?funcid (\\d+)', 'g') m
                LEFT JOIN pg_proc p ON p.oid = m[1]::oid WHERE p.proparallel IS DISTINCT FROM 's')
              AND NOT EXISTS (
                SELECT FROM regexp_matches(t, 'type(?:id)? (\\d+)', 'g') m
                JOIN pg_type y ON y.oid = m[1]::oid
                JOIN pg_proc p ON p.oid IN (y.typinput, y.typoutput)
                WHERE p.proparallel <> 's' OR y.typtype = 'd')
            FROM tree
            """,
            view)
        .equals("t");
  }
}
