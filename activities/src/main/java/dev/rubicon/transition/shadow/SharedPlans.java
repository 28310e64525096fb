package dev.rubicon.transition.shadow;

import dev.rubicon.runbook.PartOf;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A plan among those that share a relation with it: where one relation is split into several, or
 * several are merged into one.
 */
public record SharedPlans(ShadowPlan plan, List<ShadowPlan> all) {
  public SharedPlans {
    all = List.copyOf(all);
  }

  private List<ShadowPlan> siblings(Side shared) {
    return all.stream()
        .filter(p -> !p.id().equals(plan.id()))
        .filter(p -> p.legacy().oid() == shared.oid() || p.canonical().oid() == shared.oid())
        .toList();
  }

  /** Plans that write the relation from which this direction reads. */
  public List<ShadowPlan> sharing(Direction way) {
    return siblings(way.from());
  }

  /** The plan that brings the row of which this one's is a part. */
  public ShadowPlan whole() {
    return all.stream()
        .filter(
            p ->
                plan.partOf() == PartOf.CANONICAL
                    ? p.canonical().oid() == plan.canonical().oid() && p.leadsCanonical()
                    : p.legacy().oid() == plan.legacy().oid() && p.leadsLegacy())
        .findFirst()
        .orElseThrow();
  }

  /**
   * True where another plan of the family is writing this very row just now.
   *
   * @param row e.g. {@code OLD}
   */
  public String writing(Direction way, String row) {
    return sharing(way).stream()
        .flatMap(
            s -> {
              Side side = way.word().equals("up") ? s.legacy() : s.canonical();
              String key =
                  "pg_catalog.concat('" + way.other() + ":', " + Direction.own(side, row) + ")";
              return List.of(s.guard(), s.guardBefore()).stream()
                  .map(
                      g ->
                          "pg_catalog.texteq(coalesce(pg_catalog.current_setting('"
                              + g
                              + "', true), ''), "
                              + key
                              + ")");
            })
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(" OR "), s -> s.isEmpty() ? "false" : s));
  }
}
