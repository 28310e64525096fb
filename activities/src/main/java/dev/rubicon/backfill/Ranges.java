package dev.rubicon.backfill;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.rows.BackfillSql;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One pass: hands out its ranges in the key's order to several sessions, and knows up to where
 * every range is done, which is where a later attempt goes on.
 */
final class Ranges {
  private final BackfillSql filling;

  /** Guards the cursor; held while the database says where a range ends. */
  private final Object handing = new Object();

  private Optional<List<String>> cursor;
  private boolean ended;

  /** Handed out and not done, oldest first, each with what of it is done; guarded by itself. */
  private final Map<Range, Optional<List<String>>> open = new LinkedHashMap<>();

  private Optional<List<String>> handedOut;

  /** Rows with keys beyond {@code after} (all of them where empty), up to {@code upTo}. */
  record Range(Optional<List<String>> after, List<String> upTo) {}

  Ranges(BackfillSql filling, Optional<List<String>> from) {
    this.filling = filling;
    this.cursor = from;
    this.handedOut = from;
  }

  /** The next range; empty at the table's end. */
  Optional<Range> next(PgSession session, int rows) {
    synchronized (handing) {
      if (ended) {
        return Optional.empty();
      }
      Optional<List<String>> upTo = filling.upTo(session, cursor, Optional.empty(), rows);
      ended = upTo.isEmpty();
      return upTo.map(end -> take(new Range(cursor, end)));
    }
  }

  private Range take(Range range) {
    cursor = Optional.of(range.upTo());
    synchronized (open) {
      open.put(range, range.after());
      handedOut = cursor;
    }
    return range;
  }

  /**
   * Where a later attempt begins once this range is done up to {@code reached}. Never beyond a gap;
   * what lies behind it may be walked once more, which finds nothing missing there.
   */
  Optional<List<String>> resumeAfter(Range range, List<String> reached) {
    synchronized (open) {
      for (var other : open.entrySet()) {
        if (!other.getKey().equals(range)) {
          return other.getValue();
        }
        if (!range.upTo().equals(reached)) {
          return Optional.of(reached);
        }
      }
      return handedOut;
    }
  }

  /** What is committed. */
  void done(Range range, List<String> reached) {
    synchronized (open) {
      if (range.upTo().equals(reached)) {
        open.remove(range);
      } else {
        open.put(range, Optional.of(reached));
      }
    }
  }
}
