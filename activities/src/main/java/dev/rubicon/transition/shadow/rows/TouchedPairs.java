package dev.rubicon.transition.shadow.rows;

import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.transition.rows.VerificationResult;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.swap.ShadowCrossing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares the pairs of rows of which one was written since the pass before, and holds all keys of
 * one side against all keys of the other. Says only that both agree, or that all rows have to be
 * compared.
 */
public final class TouchedPairs {
  /** Types whose values hash alike where they are equal; others by their text. */
  private static final Set<String> HASHED =
      Set.of(
          "smallint", "integer", "bigint", "uuid", "text", "character varying", "date", "numeric");

  private final ShadowPlan plan;
  private final ShadowVerification verification;

  public TouchedPairs(ShadowPlan plan, ShadowVerification verification) {
    this.plan = plan;
    this.verification = verification;
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

  private record Side(long rows, long touched, String keys) {}

  /** In the caller's snapshot. */
  public Verified.Look<VerificationResult> run(PgSession session, Verified.Since since) {
    List<RelationName> names = ShadowCrossing.relations(session, plan);
    String legacy = names.getFirst().sql();
    String canonical = names.getLast().sql();
    Side l =
        side(
            session,
            legacy,
            "l",
            since,
            plan.up().identity().stream().map(d -> d.over("l")).toList());
    Side c =
        side(
            session,
            canonical,
            "c",
            since,
            plan.up().identity().stream().map(d -> "c." + d.quoted()).toList());
    if (l.rows() != c.rows() || !l.keys().equals(c.keys())) {
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
              new Aliased(legacy, "l"),
              new Aliased(canonical, "c"),
              plan.up().match("c", "l"),
              "c." + Identifiers.quote(plan.canonical().identity().getFirst()));
      Pairs ofCanonical =
          pairs(
              session,
              since,
              new Aliased(canonical, "c"),
              new Aliased(legacy, "l"),
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

  private Side side(
      PgSession session, String table, String row, Verified.Since since, List<String> key) {
    return session
        .first(
            """
            SELECT count(*), count(*) FILTER (WHERE %s), coalesce(sum(hashint8extended(%s, 1)), 0)::text
            FROM %s %s
            """
                .formatted(since.touched(row), hash(key), table, row),
            found -> new Side(found.getLong(1), found.getLong(2), found.getString(3)))
        .orElseThrow();
  }

  /**
   * Hashed twice, because a record's hash is a sum over its columns: values that two keys have
   * exchanged would not show in the sum over all.
   */
  private String hash(List<String> key) {
    String record = key.stream().collect(Collectors.joining(", ", "ROW(", ")"));
    boolean hashed =
        plan.up().identity().stream().allMatch(d -> HASHED.contains(d.type().split("\\(")[0]));
    return hashed
        ? "hash_record_extended(" + record + ", 0)"
        : "hashtextextended(" + record + "::text COLLATE \"C\", 0)";
  }

  private record Aliased(String table, String alias) {
    String sql() {
      return table + " " + alias;
    }
  }

  private record Pairs(long wrong, long unprovable) {}

  /**
   * By their places in the table: PostgreSQL expects few of them and looks their counterparts up,
   * where it would take a condition on {@code xmin} for a third of the table.
   */
  private Pairs pairs(
      PgSession session,
      Verified.Since since,
      Aliased touched,
      Aliased other,
      String match,
      String otherKey) {
    var conditions = verification.conditions();
    return session
        .first(
            """
            SELECT count(*) FILTER (WHERE %s IS NULL OR %s), count(*) FILTER (WHERE %s)
            FROM %s LEFT JOIN %s ON %s
            WHERE %s.ctid = ANY (ARRAY(SELECT t.ctid FROM %s t WHERE %s)) AND %s
            """
                .formatted(
                    otherKey,
                    conditions.anyWrong(),
                    conditions.anyUnprovable(),
                    touched.sql(),
                    other.sql(),
                    match,
                    touched.alias(),
                    touched.table(),
                    since.touched("t"),
                    since.touched(touched.alias())),
            found -> new Pairs(found.getLong(1), found.getLong(2)))
        .orElseThrow();
  }
}
