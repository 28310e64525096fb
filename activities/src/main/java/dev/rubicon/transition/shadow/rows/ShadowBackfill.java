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

  public ShadowBackfill(ShadowBackfillSql copy) {
    this.copy = copy;
    this.range = new KeyRange(copy.legacy().sql(), copy.key());
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
      PgSession session, Optional<List<String>> after, List<String> upTo, boolean skip) {
    var arguments = new ArrayList<Object>();
    after.ifPresent(arguments::addAll);
    arguments.addAll(upTo);
    session.value(copy.silence());
    String condition = range.condition(after.isPresent(), "f.");
    for (String pairs : copy.pairs(condition)) {
      session.first(pairs, row -> row.getLong(1), arguments.toArray());
    }
    return session.update(copy.batch(condition, range.order("f."), skip), arguments.toArray());
  }

  @Override
  public List<String> statements() {
    String condition = range.condition(true, "f.");
    return Stream.of(
            Stream.of(copy.silence()),
            copy.pairs(condition).stream(),
            Stream.of(copy.batch(condition, range.order("f."), true)))
        .flatMap(statements -> statements)
        .toList();
  }

  @Override
  public boolean scansSequentially(PgSession session) {
    return range.scansSequentially(session);
  }
}
