package dev.rubicon.transition.rows;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Optional;

/**
 * How one relation is walked and filled, range by range; the SQL of the backfill. Positions are the
 * key's values as text.
 */
public interface BackfillSql {
  RelationName relation();

  /** Under which its batches are recorded; a relation may be filled from twice. */
  String name();

  /** Rows that are still to be filled. */
  long missing(PgSession session);

  /** Why some rows can never be filled; empty where all can. */
  default Optional<String> unfit(PgSession session) {
    return Optional.empty();
  }

  /**
   * Where a range that begins after {@code after} ends; empty at the table's end.
   *
   * @param bound beyond which it does not go
   */
  Optional<List<String>> upTo(
      PgSession session, Optional<List<String>> after, Optional<List<String>> bound, int rows);

  /**
   * How a batch gets along with clients.
   *
   * @param skipLocked leaves rows out that they have locked; else it waits for them
   * @param overtaken expects that they bring rows of the range while it runs, which PostgreSQL does
   *     at twice the cost; else such a row ends the batch with {@code 23505}
   */
  record Manner(boolean skipLocked, boolean overtaken) {}

  /** Fills the unfilled rows of a range; returns how many. */
  long fill(PgSession session, Optional<List<String>> after, List<String> upTo, Manner manner);

  /**
   * The SQL of every batch after the first, which has no lower bound; {@code ?} stands for the ends
   * of its range.
   */
  List<String> statements();

  /** Whether a batch would read the whole table; asked once, before the first. */
  boolean scansSequentially(PgSession session);
}
