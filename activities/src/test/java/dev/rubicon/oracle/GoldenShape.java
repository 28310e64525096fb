package dev.rubicon.oracle;

import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Bench;
import java.util.List;

/**
 * A shape whose catalog stands in a golden file.
 *
 * @param number is in the names of all its relations, and in no other shape's
 * @param about what is particular to it, a line each
 * @param dropped legacy columns that contract takes away
 */
record GoldenShape(
    int number,
    String name,
    List<String> about,
    List<String> legacy,
    List<String> migration,
    List<String> undo,
    List<Runbook.Transition> transitions,
    List<String> dropped,
    List<LegacyRelation> kept) {

  static GoldenShape of(int number, String name, List<String> about, Shape shape) {
    return new GoldenShape(
        number,
        name,
        about,
        shape.legacy(),
        shape.migration(),
        shape.undo(),
        shape.transitions(),
        shape.dropped(),
        shape.kept().stream().toList());
  }

  /** Adds it to a runbook, and its legacy side to the database. */
  void addTo(Bench bench) {
    bench.run(legacy.toArray(String[]::new));
    for (Runbook.Transition transition : transitions) {
      bench.transition(transition);
      dropped.forEach(c -> bench.legacy(transition.relation(), c, LegacyColumn.Action.DROP));
    }
    kept.forEach(bench::legacy);
  }
}
