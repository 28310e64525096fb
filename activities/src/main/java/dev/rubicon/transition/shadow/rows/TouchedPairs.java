package dev.rubicon.transition.shadow.rows;

import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.transition.rows.VerificationResult;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.swap.ShadowCrossing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the pairs of rows of which one was written since the pass before, and holds all keys of
 * one side against all keys of the other. Says only that both agree, or that all rows have to be
 * compared.
 */
public final class TouchedPairs {
  private static final SqlTemplate TOUCHED_KEYS =
      SqlTemplate.of("transition/shadow/rows/sql/touched_keys.sql.ftl");
  private static final SqlTemplate TOUCHED_PAIRS =
      SqlTemplate.of("transition/shadow/rows/sql/touched_pairs.sql.ftl");

  /** Types whose values hash alike where they are equal; others by their text. */
  private static final Set<String> HASHED =
      Set.of(
          "smallint", "integer", "bigint", "uuid", "text", "character varying", "date", "numeric");

  private final ShadowPlan plan;
  private final ShadowComparisonSql comparison;

  public TouchedPairs(ShadowPlan plan, ShadowComparisonSql comparison) {
    this.plan = plan;
    this.comparison = comparison;
  }

  /** Why all rows have to be compared, by the plan. */
  public static Optional<String> whole(ShadowPlan plan) {
    boolean alone = plan.leadsLegacy() && plan.leadsCanonical();
    if (!alone
        || plan.partOf() != PartOf.NEITHER
        || plan.rows().isPresent()
        || plan.canonicalRows().isPresent()) {
      return Optional.of("it is split or merged");
    }
    if (plan.keyMap().isPresent()) {
      return Optional.of("its keys are mapped");
    }
    return plan.pairsOff() ? Optional.empty() : Optional.of("its key is computed");
  }

  /** In the caller's snapshot. */
  public Verified.Look<VerificationResult> run(PgSession session, Verified.Since since) {
    List<RelationName> names = ShadowCrossing.relations(session, plan);
    var legacy = new Aliased(names.getFirst().sql(), "l");
    var canonical = new Aliased(names.getLast().sql(), "c");
    Keys l =
        keys(session, legacy, since, plan.up().identity().stream().map(d -> d.over("l")).toList());
    Keys c =
        keys(
            session,
            canonical,
            since,
            plan.up().identity().stream().map(d -> "c." + d.quoted()).toList());
    if (l.rows() != c.rows() || !l.hash().equals(c.hash())) {
      return Verified.Look.whole("the keys of both sides differ");
    }
    long touched = l.touched() + c.touched();
    if (touched > Math.max(10_000, l.rows() / 10)) {
      return Verified.Look.whole(touched + " rows were written since");
    }
    long unprovable = 0;
    if (touched > 0) {
      Pairs ofLegacy =
          pairs(
              session,
              since,
              legacy,
              canonical,
              plan.up().match("c", "l"),
              "c." + Identifiers.quote(plan.canonical().identity().getFirst()));
      Pairs ofCanonical =
          pairs(
              session,
              since,
              canonical,
              legacy,
              plan.down().match("l", "c"),
              "l." + Identifiers.quote(plan.legacy().identity().getFirst()));
      if (ofLegacy.wrong() + ofCanonical.wrong() > 0) {
        return Verified.Look.whole("it has rows that disagree");
      }
      unprovable = ofCanonical.unprovable();
    }
    return Verified.Look.agrees(
        new TwoTables(
            plan.legacy().name().toString(),
            plan.to().toString(),
            l.rows(),
            0,
            0,
            unprovable,
            0,
            Map.of(),
            plan.legacy().key(),
            ""),
        touched);
  }

  private record Aliased(String table, String row) {}

  /**
   * @param hashed whether equal values of the key hash alike
   */
  private record TouchedKeys(
      String table, String row, List<String> key, String touched, boolean hashed) {}

  private record Keys(long rows, long touched, String hash) {}

  private Keys keys(PgSession session, Aliased side, Verified.Since since, List<String> key) {
    boolean hashed =
        plan.up().identity().stream().allMatch(d -> HASHED.contains(d.type().split("\\(")[0]));
    return session
        .first(
            TOUCHED_KEYS.render(
                new TouchedKeys(side.table(), side.row(), key, since.touched(side.row()), hashed)),
            found -> new Keys(found.getLong(1), found.getLong(2), found.getString(3)))
        .orElseThrow();
  }

  /**
   * @param touchedThere that the row {@code t} of the same table was written since
   */
  private record Touched(
      String table,
      String row,
      String other,
      String otherRow,
      String otherKey,
      String match,
      String touched,
      String touchedThere,
      List<String> wrong,
      List<String> unprovable) {}

  private record Pairs(long wrong, long unprovable) {}

  private Pairs pairs(
      PgSession session,
      Verified.Since since,
      Aliased side,
      Aliased other,
      String match,
      String otherKey) {
    var conditions = comparison.conditions();
    return session
        .first(
            TOUCHED_PAIRS.render(
                new Touched(
                    side.table(),
                    side.row(),
                    other.table(),
                    other.row(),
                    otherKey,
                    match,
                    since.touched(side.row()),
                    since.touched("t"),
                    List.copyOf(conditions.wrong().values()),
                    List.copyOf(conditions.unprovable().values()))),
            found -> new Pairs(found.getLong(1), found.getLong(2)))
        .orElseThrow();
  }
}
