package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.finding.Finding;
import dev.rubicon.repair.sql.Difference;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How a target comes to be as canonical: statements in an order that works, split so that nothing
 * strong is held while rows are read; or for a difference the reason why no statement does it.
 *
 * @param findings the differences, each once, with its SQL or the reason why it has none
 * @param steps everything together
 * @param repeats ids of differences that only repeat another one, to that one's id
 */
public record Repair(List<Finding> findings, List<Step> steps, Map<String, String> repeats) {

  public Repair {
    findings = List.copyOf(findings);
    steps = List.copyOf(steps);
    repeats = Map.copyOf(repeats);
  }

  /** The finding with which this one goes, for one that is not listed by itself. */
  public Optional<String> root(String id) {
    Optional<String> root = Optional.ofNullable(repeats.get(id));
    return root.flatMap(this::root).or(() -> root);
  }

  /**
   * @param stage even: together with others of that stage in a short transaction; odd: by itself
   * @param findings ids of those that it is for
   */
  public record Step(int stage, String sql, boolean transactional, Set<String> findings) {
    public Step {
      findings = Set.copyOf(findings);
    }

    Step(int stage, Statement statement, Set<String> findings) {
      this(stage, statement.sql(), statement.mode() != Statement.Mode.CONCURRENTLY, findings);
    }
  }

  /**
   * @param drops whether what canonical has not may be dropped, by the finding's id
   */
  public static Repair between(Side target, Side canonical, Predicate<String> drops) {
    return between(target, canonical, drops, false);
  }

  /** The differences by name alone, where only snapshots are there to tell them by. */
  public static Repair named(CatalogSnapshot target, CatalogSnapshot canonical) {
    return new Repair(CatalogDiff.between(target, canonical), List.of(), Map.of());
  }

  /** Back to what was: whatever came since goes, and a column gets its type back in place. */
  public static Repair undo(Side now, Side before) {
    return between(now, before, id -> true, true);
  }

  private static Repair between(
      Side target, Side canonical, Predicate<String> drops, boolean rewrites) {
    List<Finding> found = CatalogDiff.between(target.snapshot(), canonical.snapshot());
    var all =
        new Roots(
            target,
            canonical,
            found.stream().map(finding -> Difference.of(finding, target, canonical)).toList());
    List<Difference> roots = all.roots();
    Map<String, String> refused = new HashMap<>();
    while (true) {
      var build = new Build(target, canonical, roots, refused, drops, rewrites);
      if (build.refused().isEmpty()) {
        return of(roots, refused, Order.of(build.nodes()), all.repeats());
      }
      refused.putAll(build.refused());
    }
  }

  private static Repair of(
      List<Difference> roots,
      Map<String, String> refused,
      List<Step> steps,
      Map<String, String> repeats) {
    var sql = new HashMap<String, StringBuilder>();
    steps.forEach(
        step ->
            step.findings()
                .forEach(
                    id -> {
                      var text = sql.computeIfAbsent(id, ignored -> new StringBuilder());
                      text.append(text.isEmpty() ? "" : ";\n").append(step.sql());
                    }));
    return new Repair(
        roots.stream()
            .map(
                root ->
                    with(
                        root.finding(),
                        Optional.ofNullable(sql.get(root.id())).map(StringBuilder::toString),
                        refused.getOrDefault(root.id(), "")))
            .collect(Collectors.toList()),
        steps,
        repeats);
  }

  private static Finding with(Finding finding, Optional<String> sql, String reason) {
    return new Finding(
        finding.id(),
        finding.kind(),
        finding.title(),
        finding.target(),
        finding.canonical(),
        sql,
        finding.disposition(),
        reason);
  }
}
