package dev.rubicon.transition.shadow.rows;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.PartOf;
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
 * The statements that compare both relations, row by row. A cell agrees if it is what {@code up}
 * gives, or if the legacy cells that come back from it are what {@code down} gives.
 */
final class ShadowComparisonSql {
  private static final SqlTemplate ROWS = template("compare_rows");
  private static final SqlTemplate COLUMNS = template("compare_columns");
  private static final SqlTemplate DISAGREEING_KEYS = template("disagreeing_keys");

  private final ShadowPlan plan;
  private final boolean canonicalWrote;

  /**
   * @param canonicalWrote whether clients may have written canonical: before, only {@code up}
   *     counts, so that nothing planted in a column without a {@code down} passes
   */
  ShadowComparisonSql(ShadowPlan plan, boolean canonicalWrote) {
    this.plan = plan;
    this.canonicalWrote = canonicalWrote;
  }

  private static SqlTemplate template(String name) {
    return SqlTemplate.of("transition/shadow/rows/sql/" + name + ".sql.ftl");
  }

  /**
   * Per column of canonical, over a pair of rows {@code l} and {@code c}.
   *
   * @param wrong neither side follows from the other
   * @param unprovable canonical is not what {@code up} gives, and nothing leads back
   */
  record Conditions(Map<String, String> wrong, Map<String, String> unprovable) {}

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

  /**
   * @param legacyKey a column that is null only where the row is missing; so {@code canonicalKey}
   */
  private record Rows(
      String legacy,
      String canonical,
      String match,
      String legacyKey,
      String canonicalKey,
      String differs,
      boolean pairsOff) {}

  /** Whole rows, each compared once. */
  String rows() {
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
    return ROWS.render(
        new Rows(
            plan.legacyView(),
            plan.canonicalView(),
            match(),
            legacyKey(),
            canonicalKey(),
            differs,
            plan.pairsOff()));
  }

  /**
   * @param copied whether {@code l} must have a counterpart
   * @param copiedBack whether {@code c} must have one
   * @param noneInLegacy where both are there, whether {@code l} is one that must have none
   * @param noneInCanonical the same for {@code c}
   * @param wrong conditions of {@link Conditions}, in the order in which the columns are counted
   */
  private record Columns(
      String legacy,
      String canonical,
      String match,
      String legacyKey,
      String canonicalKey,
      String copied,
      String copiedBack,
      Optional<String> noneInLegacy,
      Optional<String> noneInCanonical,
      List<String> unprovable,
      List<String> wrong,
      List<String> key) {}

  private Columns columns() {
    // A part that holds nothing does not show in the whole; its columns decide whether it may be
    // there.
    boolean emptyParts = canonicalWrote && plan.partOf() == PartOf.LEGACY;
    String copied = Direction.holds(plan.rows(), "l");
    String copiedBack = Direction.holds(plan.canonicalRows(), "c");
    return new Columns(
        plan.legacyView(),
        plan.canonicalView(),
        match(),
        legacyKey(),
        canonicalKey(),
        copied,
        copiedBack,
        plan.rows().filter(_ -> !emptyParts).map(_ -> copied),
        plan.canonicalRows().filter(_ -> plan.partOf() != PartOf.CANONICAL).map(_ -> copiedBack),
        List.copyOf(conditions().unprovable().values()),
        List.copyOf(conditions().wrong().values()),
        plan.legacy().identity().stream().map(Identifiers::quote).toList());
  }

  /** How many rows are missing, superfluous, unprovable, and disagree in each column. */
  String byColumn() {
    return COLUMNS.render(columns());
  }

  /** A digest of the keys of rows that disagree. */
  String disagreeingKeys() {
    return DISAGREEING_KEYS.render(columns());
  }

  private String legacyKey() {
    return "l." + Identifiers.quote(plan.legacy().identity().getFirst());
  }

  private String canonicalKey() {
    return "c." + Identifiers.quote(plan.canonical().identity().getFirst());
  }

  /** A computed key must lead back: otherwise two rows of legacy could share one counterpart. */
  private String match() {
    return plan.up().match("c", "l")
        + (plan.pairsOff() ? "" : " AND " + plan.down().match("l", "c"));
  }
}
