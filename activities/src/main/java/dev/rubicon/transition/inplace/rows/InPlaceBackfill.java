package dev.rubicon.transition.inplace.rows;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.inplace.InPlacePlan;
import dev.rubicon.transition.rows.BackfillSql;
import dev.rubicon.transition.rows.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The statements that walk one relation in ranges: along its key, or along its pages where there is
 * no key. Positions are the key's values as text.
 */
public final class InPlaceBackfill implements BackfillSql {
  private static final SqlTemplate BATCH =
      SqlTemplate.of("transition/inplace/rows/sql/batch.sql.ftl");

  private final InPlacePlan plan;
  private final String table;
  private final List<String> columns;
  private final KeyRange range;

  public InPlaceBackfill(InPlacePlan plan) {
    this.plan = plan;
    this.table = plan.relation().sql();
    this.columns = plan.key().stream().map(k -> Identifiers.quote(k.name())).toList();
    this.range = new KeyRange(table, plan.key());
  }

  @Override
  public RelationName relation() {
    return plan.relation();
  }

  @Override
  public String name() {
    return relation().toString();
  }

  @Override
  public long missing(PgSession session) {
    return Long.parseLong(
        session.value("SELECT count(*) FROM " + table + " WHERE _rubicon IS NULL"));
  }

  boolean keyed() {
    return !plan.key().isEmpty();
  }

  @Override
  public Optional<List<String>> upTo(
      PgSession session, Optional<List<String>> after, Optional<List<String>> bound, int rows) {
    if (!keyed()) {
      return upToPage(session, after, bound, rows);
    }
    return range.upTo(session, after, bound, rows);
  }

  private Optional<List<String>> upToPage(
      PgSession session, Optional<List<String>> after, Optional<List<String>> bound, int rows) {
    long from = after.map(a -> Long.parseLong(a.getFirst())).orElse(0L);
    record Pages(long step, long all) {}
    Pages pages =
        session
            .first(
                """
                SELECT greatest(1, ?::bigint / greatest(1, (CASE WHEN reltuples > 0 AND relpages > 0
                         THEN reltuples / relpages ELSE 50 END)::bigint)),
                       pg_relation_size(c.oid) / current_setting('block_size')::bigint
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ? AND c.relname = ?
                """,
                row -> new Pages(row.getLong(1), row.getLong(2)),
                rows,
                plan.relation().schema(),
                plan.relation().name())
            .orElseThrow();
    long all = bound.map(b -> Long.parseLong(b.getFirst())).orElse(pages.all());
    return from >= all
        ? Optional.empty()
        : Optional.of(List.of(Long.toString(Math.min(all, from + pages.step()))));
  }

  /**
   * The sync trigger, which runs last, derives canonical and reverts what other triggers changed.
   */
  @Override
  public long fill(
      PgSession session, Optional<List<String>> after, List<String> upTo, Manner manner) {
    if (!keyed()) {
      return session.update(
          batch(
              pages(after.map(List::getFirst).orElse("0"), upTo.getFirst()), manner.skipLocked()));
    }
    var arguments = new ArrayList<Object>();
    after.ifPresent(arguments::addAll);
    arguments.addAll(upTo);
    return session.update(
        batch(range.condition(after.isPresent(), ""), manner.skipLocked()), arguments.toArray());
  }

  @Override
  public List<String> statements() {
    return List.of(batch(keyed() ? range.condition(true, "") : pages("?", "?"), true));
  }

  private static String pages(String from, String to) {
    return "ctid >= '(%s,0)'::tid AND ctid < '(%s,0)'::tid".formatted(from, to);
  }

  /**
   * @param key empty where the relation is walked along its pages
   * @param range condition for the rows of the batch
   */
  private record Batch(
      String table, List<String> key, String range, boolean partitioned, boolean skipLocked) {}

  private String batch(String range, boolean skipLocked) {
    return BATCH.render(new Batch(table, columns, range, plan.partitioned(), skipLocked));
  }

  @Override
  public boolean scansSequentially(PgSession session) {
    return keyed() && range.scansSequentially(session);
  }
}
