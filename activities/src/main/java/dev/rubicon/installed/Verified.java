package dev.rubicon.installed;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Up to where both sides of a transition were seen to agree. A row that was written since has a
 * younger {@code xmin}, also where the write went past every trigger (PostgreSQL documentation, 5.6
 * System Columns); what came or went without a write of rows has left another storage.
 */
public final class Verified {
  /** Beyond it, a 32-bit transaction id may look younger than it is. */
  private static final long LONG_AGO = 1L << 30;

  private Verified() {}

  /**
   * Rows that a later pass is to look at.
   *
   * @param horizon the oldest transaction that the pass before may not have seen
   * @param whole why all rows are; empty where those written since suffice
   */
  public record Since(long horizon, Optional<String> whole) {

    /**
     * Whether the row was written since; where ids have wrapped, an old row may be taken for one.
     */
    public String touched(String row) {
      return "((%s.xmin::text::bigint - %d) & 4294967295) < 2147483648"
          .formatted(row, horizon & 0xffff_ffffL);
    }
  }

  /**
   * What a pass over rows written since came to.
   *
   * @param result empty where all rows have to be compared
   * @param touched rows that were written since, on either side
   * @param whole why
   */
  public record Look<R>(Optional<R> result, long touched, Optional<String> whole) {
    public static <R> Look<R> agrees(R result, long touched) {
      return new Look<>(Optional.of(result), touched, Optional.empty());
    }

    public static <R> Look<R> whole(String why) {
      return new Look<>(Optional.empty(), 0, Optional.of(why));
    }
  }

  /** The oldest transaction that the caller's snapshot may not see. */
  public static String horizon(PgSession session) {
    return session.value("SELECT pg_snapshot_xmin(pg_current_snapshot())");
  }

  /** Which files hold the relations' rows; what is attached, truncated or rewritten shows here. */
  public static String storage(PgSession session, List<RelationName> relations) {
    return relations.stream()
        .map(
            relation ->
                session.value(
                    """
                    SELECT coalesce(string_agg(concat_ws(':', c.oid, pg_relation_filenode(c.oid),
                      coalesce(m.amname, 'none')), ' ' ORDER BY c.oid), '')
                    FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam
                    WHERE c.oid = ?::regclass AND c.relkind <> 'p'
                      OR c.oid IN (SELECT relid FROM pg_partition_tree(?::regclass) WHERE isleaf)
                    """,
                    relation.sql(),
                    relation.sql()))
        .collect(Collectors.joining(" | "));
  }

  /** What the next pass need not see again. */
  public static void keep(PgSession session, String transition, String horizon, String storage) {
    session.update(
        """
        INSERT INTO rubicon.verified AS v (transition, horizon, storage) VALUES (?, ?::xid8, ?)
        ON CONFLICT (transition) DO UPDATE
        SET horizon = excluded.horizon, storage = excluded.storage, at = clock_timestamp()
        """,
        transition,
        horizon,
        storage);
  }

  /** What has to be compared, by the catalog; the caller may have further reasons. */
  public static Since since(
      PgSession session, String transition, String storage, List<CompiledExpression> expressions) {
    record Kept(long horizon, long transactions, String storage) {}
    Optional<Kept> kept =
        session.first(
            """
            SELECT horizon::text::bigint,
                   pg_snapshot_xmax(pg_current_snapshot())::text::bigint - horizon::text::bigint,
                   storage
            FROM rubicon.verified WHERE transition = ?
            """,
            row -> new Kept(row.getLong(1), row.getLong(2), row.getString(3)),
            transition);
    if (kept.isEmpty()) {
      return new Since(0, Optional.of("the first pass"));
    }
    return new Since(
        kept.get().horizon(),
        whole(session, kept.get().transactions(), expressions)
            .or(
                () ->
                    kept.get().storage().equals(storage)
                        ? Optional.empty()
                        : Optional.of("its storage is another"))
            .or(
                () ->
                    storage.matches("(\\d+:\\d+:heap[ |]*)+")
                        ? Optional.empty()
                        : Optional.of("its rows are not in a heap")));
  }

  private static Optional<String> whole(
      PgSession session, long transactions, List<CompiledExpression> expressions) {
    if (transactions > LONG_AGO) {
      return Optional.of("the pass before was " + transactions + " transactions ago");
    }
    String own = ownCode(session, expressions);
    return own.isEmpty()
        ? Optional.empty()
        : Optional.of("it calls " + own + ", which may have another result by now");
  }

  /** What the expressions call that is not PostgreSQL's own, and could have been replaced. */
  private static String ownCode(PgSession session, List<CompiledExpression> expressions) {
    return session.value(
        """
        SELECT coalesce(string_agg(DISTINCT pg_describe_object(d.refclassid, d.refobjid, 0), ', '), '')
        FROM pg_depend d JOIN pg_proc f ON f.oid = d.objid
        WHERE d.classid = 'pg_proc'::regclass AND f.pronamespace = 'rubicon'::regnamespace
          AND f.proname = ANY (string_to_array(?, ' '))
          AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_class'::regclass)
        """,
        expressions.stream().map(CompiledExpression::function).collect(Collectors.joining(" ")));
  }
}
