package dev.rubicon.transition.shadow.rows;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.triggers.SyncSql;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Compares both relations row by row in the caller's snapshot. A cell agrees if it is what {@code
 * up} gives, or if the legacy cells that come back from it are what {@code down} gives.
 */
public final class ShadowVerification {
  private final ShadowPlan plan;
  private final boolean canonicalWrote;

  /**
   * @param canonicalWrote whether clients may have written canonical: before, only {@code up}
   *     counts, so that nothing planted in a column without a {@code down} passes
   */
  public ShadowVerification(ShadowPlan plan, boolean canonicalWrote) {
    this.plan = plan;
    this.canonicalWrote = canonicalWrote;
  }

  /**
   * Per column of canonical, over a pair of rows {@code l} and {@code c}.
   *
   * @param wrong neither side follows from the other
   * @param unprovable canonical is not what {@code up} gives, and nothing leads back
   */
  record Conditions(Map<String, String> wrong, Map<String, String> unprovable) {
    String anyWrong() {
      return any(wrong);
    }

    String anyUnprovable() {
      return any(unprovable);
    }
  }

  Conditions conditions() {
    var wrong = new LinkedHashMap<String, String>();
    var unprovable = new LinkedHashMap<String, String>();
    for (Derived up : plan.ups()) {
      if (plan.canonical().identity().contains(up.column())) {
        continue;
      }
      String differs = SyncSql.differ("c." + up.quoted(), up.over("l"));
      List<Derived> back =
          plan.downs().stream().filter(d -> d.source().inputs().contains(up.column())).toList();
      if (!canonicalWrote) {
        wrong.put(up.column(), differs);
      } else if (back.isEmpty()) {
        unprovable.put(up.column(), differs);
      } else {
        wrong.put(
            up.column(),
            differs
                + " AND ("
                + back.stream()
                    .map(d -> SyncSql.differ("l." + d.quoted(), d.over("c")))
                    .collect(Collectors.joining(" OR "))
                + ")");
      }
    }
    return new Conditions(wrong, unprovable);
  }

  public TwoTables run(PgSession session) {
    Map<String, String> wrong = conditions().wrong();
    Map<String, String> unprovable = conditions().unprovable();
    // A part that holds nothing does not show in the whole; its columns decide whether it may be
    // there.
    boolean emptyParts = canonicalWrote && plan.partOf() == PartOf.LEGACY;
    String l = "l." + Identifiers.quote(plan.legacy().identity().getFirst());
    String c = "c." + Identifiers.quote(plan.canonical().identity().getFirst());
    String both = l + " IS NOT NULL AND " + c + " IS NOT NULL";
    String from =
        "FROM " + plan.legacyView() + " l FULL JOIN " + plan.canonicalView() + " c ON " + on();
    var select = new StringBuilder();
    wrong.forEach((name, sql) -> select.append(filter(both + " AND " + sql)));
    Optional<TwoTables> alike = alike(session);
    if (alike.isPresent()) {
      return alike.get();
    }
    return session
        .first(
            "SELECT count("
                + l
                + ")"
                + filter(c + " IS NULL AND " + Direction.holds(plan.rows(), "l"))
                + filter(
                    l
                        + " IS NULL AND "
                        + Direction.holds(plan.canonicalRows(), "c")
                        + (emptyParts || plan.rows().isEmpty()
                            ? ""
                            : " OR " + both + " AND NOT " + Direction.holds(plan.rows(), "l"))
                        + (plan.canonicalRows().isEmpty() || plan.partOf() == PartOf.CANONICAL
                            ? ""
                            : " OR "
                                + both
                                + " AND NOT "
                                + Direction.holds(plan.canonicalRows(), "c")))
                + filter(both + " AND (" + any(unprovable) + ")")
                + filter(both + " AND (" + any(wrong) + ")")
                + select
                + "\n"
                + from,
            row -> {
              var mismatches = new LinkedHashMap<String, Long>();
              int at = 6;
              for (String name : wrong.keySet()) {
                long count = row.getLong(at++);
                if (count > 0) {
                  mismatches.put(name, count);
                }
              }
              return new TwoTables(
                  plan.legacy().name().toString(),
                  plan.to().toString(),
                  row.getLong(1),
                  row.getLong(2),
                  row.getLong(3),
                  row.getLong(4),
                  row.getLong(5),
                  mismatches,
                  plan.legacy().key(),
                  "");
            })
        .map(result -> result.agrees() ? result : digested(session, result, from, both, wrong))
        .orElseThrow();
  }

  /** Of whole rows, each compared once. */
  String sql() {
    List<Derived> cells =
        plan.ups().stream()
            .filter(up -> !plan.canonical().identity().contains(up.column()))
            .toList();
    String differs =
        cells.isEmpty()
            ? "false"
            : SyncSql.differ(
                cells.stream().map(up -> "c." + up.quoted()).collect(Collectors.joining(", ")),
                cells.stream().map(up -> up.over("l")).collect(Collectors.joining(", ")));
    // Where no two rows of legacy can have one counterpart, a left join and a count say what a full
    // join says; before PostgreSQL 16 parallel workers can share only those.
    return """
    SELECT count(*), count(*) FILTER (
      WHERE CASE WHEN %s IS NULL OR %s IS NULL THEN true ELSE %s END)
    FROM %s l %s JOIN %s c ON %s
    """
        .formatted(
            "l." + Identifiers.quote(plan.legacy().identity().getFirst()),
            "c." + Identifiers.quote(plan.canonical().identity().getFirst()),
            differs,
            plan.legacyView(),
            plan.pairsOff() ? "LEFT" : "FULL",
            plan.canonicalView(),
            on());
  }

  /**
   * The first filter: whole rows, each compared once. Where every row is what {@code up} gives,
   * nothing is left to ask column by column.
   */
  private Optional<TwoTables> alike(PgSession session) {
    boolean apart = plan.pairsOff();
    List<Long> counts =
        session.first(sql(), row -> List.of(row.getLong(1), row.getLong(2))).orElseThrow();
    boolean alike =
        counts.get(1) == 0
            && (!apart
                || counts
                    .getFirst()
                    .toString()
                    .equals(session.value("SELECT count(*) FROM " + plan.canonicalView())));
    return !alike
        ? Optional.empty()
        : Optional.of(
            new TwoTables(
                plan.legacy().name().toString(),
                plan.to().toString(),
                counts.getFirst(),
                0,
                0,
                0,
                0,
                Map.of(),
                plan.legacy().key(),
                ""));
  }

  /** Which rows, without telling their keys. */
  private TwoTables digested(
      PgSession session, TwoTables result, String from, String both, Map<String, String> wrong) {
    String key =
        plan.legacy().identity().stream()
            .map(n -> "l." + Identifiers.quote(n) + "::text")
            .collect(Collectors.joining(", "));
    String digest =
        session.value(
            """
            SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
            FROM (SELECT concat_ws(chr(9), %s) k %s WHERE NOT (%s) OR %s LIMIT 10000) x
            """
                .formatted(key, from, both, any(wrong)));
    return new TwoTables(
        result.relation(),
        result.canonical(),
        result.rows(),
        result.missing(),
        result.extra(),
        result.unprovable(),
        result.mismatchedRows(),
        result.mismatches(),
        result.keyColumns(),
        digest);
  }

  private String on() {
    // A computed key must lead back: otherwise two rows of legacy could share one counterpart.
    return plan.up().match("c", "l")
        + (plan.pairsOff() ? "" : " AND " + plan.down().match("l", "c"));
  }

  private static String filter(String condition) {
    return ",\n  count(*) FILTER (WHERE " + condition + ")";
  }

  private static String any(Map<String, String> conditions) {
    return conditions.isEmpty()
        ? "false"
        : conditions.values().stream().map(x -> "(" + x + ")").collect(Collectors.joining(" OR "));
  }
}
