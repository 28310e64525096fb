package dev.rubicon.transition.shadow.rows;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.transition.rows.BackfillSql;
import dev.rubicon.transition.rows.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Copies a legacy relation into its shadow, range by range. */
public final class ShadowBackfill implements BackfillSql {
  private final ShadowBackfillSql copy;
  private final KeyRange range;

  /** The same range in canonical, where its key is sorted as legacy's is. */
  private final Optional<KeyRange> there;

  public ShadowBackfill(ShadowBackfillSql copy) {
    this.copy = copy;
    this.range = new KeyRange(copy.legacy().sql(), copy.key());
    this.there = copy.keyInCanonical().map(key -> new KeyRange(copy.canonical().sql(), key));
  }

  @Override
  public RelationName relation() {
    return copy.legacy();
  }

  @Override
  public String name() {
    return copy.name();
  }

  @Override
  public long missing(PgSession session) {
    return Long.parseLong(session.value(copy.countMissing()));
  }

  @Override
  public Optional<String> unfit(PgSession session) {
    return copy.countTaken()
        .map(session::value)
        .filter(rows -> !rows.equals("0"))
        .map(
            rows ->
                rows
                    + " rows of "
                    + relation()
                    + " have a key whose row in "
                    + copy.canonical()
                    + " is not theirs by canonical-rows: another relation has brought it, or up"
                    + " makes something else");
  }

  @Override
  public Optional<List<String>> upTo(
      PgSession session, Optional<List<String>> after, Optional<List<String>> bound, int rows) {
    return range.upTo(session, after, bound, rows);
  }

  @Override
  public long fill(
      PgSession session, Optional<List<String>> after, List<String> upTo, Manner manner) {
    var ends = new ArrayList<Object>();
    after.ifPresent(ends::addAll);
    ends.addAll(upTo);
    session.value(copy.silence());
    for (String pairs : copy.pairs(range.condition(after.isPresent(), "f."))) {
      session.first(pairs, row -> row.getLong(1), ends.toArray());
    }
    var arguments = new ArrayList<>(ends);
    if (there.isPresent()) {
      arguments.addAll(ends);
    }
    return session.update(batch(after.isPresent(), manner), arguments.toArray());
  }

  private String batch(boolean after, Manner manner) {
    return copy.batch(
        range.condition(after, "f."),
        there.map(t -> t.condition(after, "t.")),
        range.order("f."),
        manner);
  }

  @Override
  public List<String> statements() {
    return Stream.of(
            Stream.of(copy.silence()),
            copy.pairs(range.condition(true, "f.")).stream(),
            Stream.of(batch(true, new Manner(true, false))))
        .flatMap(statements -> statements)
        .toList();
  }

  @Override
  public boolean scansSequentially(PgSession session) {
    return range.scansSequentially(session);
  }
}
