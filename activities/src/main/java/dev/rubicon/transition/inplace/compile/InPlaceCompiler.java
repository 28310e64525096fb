package dev.rubicon.transition.inplace.compile;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.expression.ExpressionProbe;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.table.RowSecurity;
import dev.rubicon.table.TableRefusals;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.inplace.Group;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Resolves a runbook's transition against the live table. Touches nothing: what it creates to ask
 * PostgreSQL is temporary and rolled back. What cannot be kept in step is refused here, before
 * anything is installed.
 */
public final class InPlaceCompiler {
  /** Of the marker that can be used. */
  static final int BITS = 62;

  private final PgSession session;
  private final Runbook runbook;

  public InPlaceCompiler(PgSession session, Runbook runbook) {
    this.session = session;
    this.runbook = runbook;
  }

  /** The plan of one transition. */
  public InPlacePlan compile(Runbook.Transition transition) {
    RelationName relation = RelationName.parse(transition.relation());
    TableShape table = TableShape.read(session, relation);
    InPlaceRefusals.table(table);
    new RowSecurity(session).refuseForced(table);
    // Before the search path is set: default expressions are printed with it.
    List<TableShape> partitions = PartitionDefaults.shapes(session, table);
    partitions.forEach(InPlaceRefusals::triggers);
    session.execute("BEGIN");
    try {
      session.execute("SET LOCAL search_path = " + Naming.searchPath(runbook) + ", pg_catalog");
      return resolve(transition, table, partitions);
    } finally {
      ExpressionProbe.rollback(session);
    }
  }

  private InPlacePlan resolve(
      Runbook.Transition transition, TableShape table, List<TableShape> partitions) {
    RelationName relation = table.name();
    String id = Naming.id(relation);
    var probe = new ExpressionProbe(session);
    probe.shape(table);

    var ups = new LinkedHashMap<String, CompiledExpression>();
    for (ColumnMapping mapping : transition.columns()) {
      String name = Naming.column(mapping.name());
      String where = relation + "." + name + " up";
      TableRefusals.name(name);
      if (table.column(name).isPresent()) {
        throw Naming.unsupported(
            relation + " already has a column " + name,
            "take it out of transitions:, or rename or drop the old one first");
      }
      if (mapping.up().isPresent()) {
        // Typed later as PostgreSQL prints it; the shape does not have the column yet, so an up
        // that reads canonical columns is refused by PostgreSQL itself.
        var up = probe.compile(id + "_up_" + ups.size(), mapping.up().get(), mapping.type(), where);
        if (up.inputs().isEmpty()) {
          throw Naming.unsupported(where + " reads no column", "give a default instead of an up");
        }
        InPlaceRefusals.generated(table, up, where);
        ups.put(name, up);
      }
    }
    var types = new LinkedHashMap<String, String>();
    for (ColumnMapping mapping : transition.columns()) {
      String name = Naming.column(mapping.name());
      types.put(name, probe.add(name, mapping.type(), relation + "." + name + " type"));
    }
    ups.replaceAll((name, up) -> typed(up, types.get(name)));

    Map<String, CompiledExpression> downs = downs(transition, table, probe, id);
    var lone = new LinkedHashSet<>(types.keySet());
    lone.removeAll(ups.keySet());
    downs.values().forEach(down -> down.inputs().forEach(input -> lone.remove(input.column())));

    var grouping = new Grouping(runbook, relation, table, ups, downs, types.keySet(), lone);
    List<Group> groups =
        new GroupCompiler(transition, table, probe, id, types, ups, downs)
            .compile(grouping.drafts(), grouping.legacyOnly(), hasTriggers(table, partitions));
    List<InPlacePlan.Added> added = added(transition, probe, id, types, lone);
    for (ColumnMapping mapping : transition.columns()) {
      String name = Naming.column(mapping.name());
      mapping.check().ifPresent(check -> probe.check(check, relation + "." + name + " check"));
    }
    var plan =
        new InPlacePlan(
            id,
            relation,
            table.kind().equals("p"),
            table.key(),
            PartitionDefaults.own(partitions, groups),
            hasTriggers(table, partitions),
            groups,
            added,
            transition.columns().stream()
                .map(
                    mapping ->
                        new InPlacePlan.ColumnRule(
                            Naming.column(mapping.name()),
                            types.get(Naming.column(mapping.name())),
                            probe.collation(Naming.column(mapping.name())),
                            !mapping.nullable(),
                            mapping.check(),
                            mapping.comment(),
                            mapping.defaultExpression()))
                .toList());
    int bits = plan.markerBits();
    if (bits > BITS) {
      throw Naming.unsupported(
          relation
              + " needs "
              + bits
              + " marker bits (3 per group, 1 per column, 2 where the table has triggers), "
              + BITS
              + " fit",
          "split the transition into two rollouts");
    }
    return plan;
  }

  private Map<String, CompiledExpression> downs(
      Runbook.Transition transition, TableShape table, ExpressionProbe probe, String id) {
    var downs = new LinkedHashMap<String, CompiledExpression>();
    for (ColumnMapping mapping : transition.columns()) {
      for (Map.Entry<String, String> down : mapping.down().entrySet()) {
        String name = Naming.column(down.getKey());
        String where = table.name() + "." + name + " down";
        TableShape.Column legacy =
            table
                .column(name)
                .orElseThrow(
                    () ->
                        Naming.unsupported(
                            where + ": the table has no such column",
                            "name a legacy column under down:"));
        if (legacy.generated() || legacy.identity()) {
          throw Naming.unsupported(
              where + ": the column is generated or an identity, nobody can write it",
              "leave it out and say irreversible: <reason>");
        }
        CompiledExpression before = downs.get(name);
        if (before != null) {
          if (before.expression().equals(down.getValue())) {
            continue;
          }
          throw Naming.unsupported(where + " is given twice, differently", "give it once");
        }
        var compiled =
            probe.compile(id + "_down_" + downs.size(), down.getValue(), legacy.type(), where);
        InPlaceRefusals.generated(table, compiled, where);
        downs.put(name, compiled);
      }
    }
    return downs;
  }

  private static boolean hasTriggers(TableShape table, List<TableShape> partitions) {
    return !table.triggers().isEmpty()
        || partitions.stream().anyMatch(partition -> !partition.triggers().isEmpty());
  }

  private static List<InPlacePlan.Added> added(
      Runbook.Transition transition,
      ExpressionProbe probe,
      String id,
      Map<String, String> types,
      Set<String> lone) {
    var added = new ArrayList<InPlacePlan.Added>();
    for (ColumnMapping mapping : transition.columns()) {
      String name = Naming.column(mapping.name());
      if (!lone.contains(name)) {
        continue;
      }
      boolean late =
          mapping.defaultExpression().isPresent()
              && probe.rewrites(
                  mapping.type(),
                  mapping.defaultExpression().get(),
                  transition.relation() + "." + name);
      String function = id + (late ? "_late_" : "_settled_") + added.size();
      Optional<CompiledExpression> effective =
          mapping
              .defaultExpression()
              .or(() -> probe.domainDefault(name))
              .map(
                  d ->
                      new CompiledExpression(
                          function, d, List.of(), types.get(name), false, false));
      added.add(
          new InPlacePlan.Added(
              name,
              types.get(name),
              mapping.defaultExpression(),
              effective.filter(d -> late),
              effective.filter(d -> !late)));
    }
    return added;
  }

  private static CompiledExpression typed(CompiledExpression up, String type) {
    return new CompiledExpression(
        up.function(), up.expression(), up.inputs(), type, up.pinned(), up.parallel());
  }
}
