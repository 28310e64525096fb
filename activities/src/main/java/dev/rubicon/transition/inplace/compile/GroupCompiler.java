package dev.rubicon.transition.inplace.compile;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.expression.ExpressionProbe;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.inplace.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the groups of a table from their drafts: gives each column its bits in the marker, and its
 * default as the sync trigger needs it.
 */
record GroupCompiler(
    Runbook.Transition transition,
    TableShape table,
    ExpressionProbe probe,
    String id,
    Map<String, String> types,
    Map<String, CompiledExpression> ups,
    Map<String, CompiledExpression> downs) {

  /**
   * @param only legacy columns without a canonical one
   * @param triggers whether the owner's own triggers may change a row before it is written
   */
  List<Group> compile(List<Grouping.Draft> drafts, Set<String> only, boolean triggers) {
    var mappings = new LinkedHashMap<String, ColumnMapping>();
    transition.columns().forEach(mapping -> mappings.put(Naming.column(mapping.name()), mapping));
    int columns = drafts.stream().mapToInt(draft -> draft.canonical().size()).sum();
    int bit = 0;
    int omit = columns;
    var groups = new ArrayList<Group>();
    for (Grouping.Draft draft : drafts) {
      var canonical = new ArrayList<Group.Canonical>();
      for (String name : draft.canonical()) {
        ColumnMapping mapping = mappings.get(name);
        String where = table.name() + "." + name + " default";
        Optional<CompiledExpression> fallback = Optional.empty();
        if (mapping.defaultExpression().isPresent()) {
          boolean ignored =
              probe.rewrites(mapping.type(), mapping.defaultExpression().get(), where);
          if (!mapping.nullable() && mapping.up().isPresent()) {
            fallback =
                Optional.of(
                    new CompiledExpression(
                        id + "_default_" + bit,
                        mapping.defaultExpression().get(),
                        List.of(),
                        types.get(name),
                        false,
                        false));
          }
        }
        canonical.add(
            new Group.Canonical(
                name,
                types.get(name),
                bit++,
                Optional.ofNullable(ups.get(name)),
                mapping.defaultExpression(),
                probe.domainDefault(name),
                probe.domainDefault(name).isPresent() && probe.takesNull(types.get(name)),
                fallback));
      }
      var legacy = new ArrayList<Group.Legacy>();
      for (String name : draft.legacy()) {
        TableShape.Column column = table.column(name).orElseThrow();
        boolean filled =
            column.defaultExpression().isPresent() || column.domainDefault().isPresent();
        // NULL says "not given" of the others, but not once a trigger of the owner has filled it.
        boolean contested =
            downs.containsKey(name)
                || canonical.stream().anyMatch(c -> c.effectiveDefault().isPresent());
        boolean flagged = triggers || contested && filled;
        legacy.add(
            new Group.Legacy(
                name,
                column.type(),
                Optional.ofNullable(downs.get(name)),
                column.defaultExpression(),
                column.domainDefault(),
                contested,
                flagged ? omit++ : -1,
                column.notNull(),
                only.contains(name)));
      }
      groups.add(new Group(groups.size(), canonical, legacy, draft.shared()));
    }
    if (omit > InPlaceCompiler.BITS) {
      throw Naming.unsupported(
          table.name() + " maps " + omit + " columns, " + InPlaceCompiler.BITS + " fit",
          "split the transition into two rollouts");
    }
    return groups;
  }
}
