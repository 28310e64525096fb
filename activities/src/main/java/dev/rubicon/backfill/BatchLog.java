package dev.rubicon.backfill;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import java.sql.Array;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** {@code rubicon.backfill_batch}: written in the batch's own transaction, so it is never wrong. */
final class BatchLog {
  private final String relation;

  BatchLog(String relation) {
    this.relation = relation;
  }

  /** Where an earlier attempt left off: what lies up to {@code after} is done. */
  record Position(int pass, Optional<List<String>> after) {}

  /**
   * One batch.
   *
   * @param resumeAfter up to where nothing is open once it is committed
   * @param milliseconds it took, the commit not included
   * @param walBefore where the log stood before it
   */
  record Entry(
      int pass,
      Optional<List<String>> after,
      List<String> upTo,
      Optional<List<String>> resumeAfter,
      long rows,
      double milliseconds,
      String walBefore) {}

  Position resume(PgSession session) {
    return session
        .first(
            """
            SELECT pass, resume_key FROM rubicon.backfill_batch
            WHERE relation = ? ORDER BY pass DESC, id DESC LIMIT 1
            """,
            row ->
                new Position(
                    row.getInt(1), Optional.ofNullable(row.getArray(2)).map(BatchLog::strings)),
            relation)
        .orElse(new Position(1, Optional.empty()));
  }

  private static List<String> strings(Array array) {
    try {
      return List.of((String[]) array.getArray());
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  /** Records a batch. WAL is what was written since it began, by other sessions too. */
  void record(PgSession session, Entry batch) {
    session.update(
        """
        INSERT INTO rubicon.backfill_batch
          (relation, pass, after_key, upto_key, resume_key, rows, milliseconds, wal_bytes)
        VALUES (?, ?, ?::text[], ?::text[], ?::text[], ?, ?,
                pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ?::pg_lsn))
        """,
        relation,
        batch.pass(),
        batch.after().map(BatchLog::array).orElse(null),
        array(batch.upTo()),
        batch.resumeAfter().map(BatchLog::array).orElse(null),
        batch.rows(),
        batch.milliseconds(),
        batch.walBefore());
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
}
