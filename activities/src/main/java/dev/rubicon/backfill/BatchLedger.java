package dev.rubicon.backfill;

import dev.rubicon.target.PgSession;
import java.sql.Array;
import java.util.List;
import java.util.Optional;

/** {@code rubicon.backfill_batch}: written in the batch's own transaction, so it is never wrong. */
final class BatchLedger {
  private final String relation;

  BatchLedger(String relation) {
    this.relation = relation;
  }

  /** How far an earlier attempt came. */
  record Position(int pass, Optional<List<String>> upTo) {}

  Position resume(PgSession session) {
    return session
        .first(
            """
            SELECT pass, upto_key FROM rubicon.backfill_batch
            WHERE relation = ? ORDER BY pass DESC, id DESC LIMIT 1
            """,
            row -> new Position(row.getInt(1), Optional.of(strings(row.getArray(2)))),
            relation)
        .orElse(new Position(1, Optional.empty()));
  }

  private static List<String> strings(Array array) throws java.sql.SQLException {
    return List.of((String[]) array.getArray());
  }

  /** Records a batch. WAL is what the batch's transaction wrote so far, other sessions included. */
  void record(
      PgSession session,
      int pass,
      Optional<List<String>> after,
      List<String> upTo,
      long rows,
      double milliseconds,
      String walBefore) {
    session.update(
        """
        INSERT INTO rubicon.backfill_batch (relation, pass, after_key, upto_key, rows, milliseconds, wal_bytes)
        VALUES (?, ?, ?::text[], ?::text[], ?, ?, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ?::pg_lsn))
        """,
        relation,
        pass,
        after.map(BatchLedger::array).orElse(null),
        array(upTo),
        rows,
        milliseconds,
        walBefore);
  }

  private static String array(List<String> values) {
    var out = new StringBuilder("{");
    for (String value : values) {
      out.append(out.length() > 1 ? "," : "")
          .append('"')
          .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
          .append('"');
    }
    return out.append('}').toString();
  }

  long filled(PgSession session) {
    return Long.parseLong(
        session.value(
            "SELECT coalesce(sum(rows), 0) FROM rubicon.backfill_batch WHERE relation = ?",
            relation));
  }
}
