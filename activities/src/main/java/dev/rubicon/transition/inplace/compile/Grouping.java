package dev.rubicon.transition.inplace.compile;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which columns belong together: those that share a legacy column, or that one {@code down} reads.
 * A column that both shapes have (an id, a timestamp) joins nothing: it is only looked at.
 */
final class Grouping {
  private final RelationName relation;
  private final TableShape table;
  private final Map<String, CompiledExpression> ups;
  private final Map<String, CompiledExpression> downs;
  private final Set<String> canonical;
  private final Set<String> lone;
  private final Set<String> legacyOnly = new LinkedHashSet<>();
  private final Map<String, String> parent = new HashMap<>();

  record Draft(List<String> canonical, List<String> legacy, List<String> shared) {}

  Grouping(
      Runbook runbook,
      RelationName relation,
      TableShape table,
      Map<String, CompiledExpression> ups,
      Map<String, CompiledExpression> downs,
      Set<String> canonical,
      Set<String> lone) {
    this.relation = relation;
    this.table = table;
    this.ups = ups;
    this.downs = downs;
    this.canonical = canonical;
    this.lone = lone;
    legacyOnly.addAll(downs.keySet());
    for (LegacyColumn column : runbook.contract().legacyColumns()) {
      if (RelationName.parse(column.relation()).equals(this.relation)) {
        legacyOnly.add(Naming.column(column.column()));
      }
    }
  }

  /** Columns that canonical does not have. */
  Set<String> legacyOnly() {
    return Set.copyOf(legacyOnly);
  }

  List<Draft> drafts() {
    for (String column : canonical) {
      if (!lone.contains(column)) {
        find("c:" + column);
      }
    }
    ups.forEach((column, up) -> sources(up).forEach(legacy -> join("c:" + column, "l:" + legacy)));
    downs.forEach(
        (legacy, down) -> {
          for (CompiledExpression.Input input : down.inputs()) {
            if (canonical.contains(input.column())) {
              join("c:" + input.column(), "l:" + legacy);
            } else if (legacyOnly.contains(input.column())) {
              join("l:" + input.column(), "l:" + legacy);
            }
          }
          // A down that reads no canonical column has nothing to follow.
          if (down.inputs().stream().noneMatch(input -> canonical.contains(input.column()))) {
            throw Naming.unsupported(
                relation + "." + legacy + " down reads no canonical column",
                "write it over the canonical columns");
          }
        });
    var members = new LinkedHashMap<String, List<String>>();
    for (String column : canonical) {
      if (!lone.contains(column)) {
        members.computeIfAbsent(find("c:" + column), root -> new ArrayList<>()).add(column);
      }
    }
    var drafts = new ArrayList<Draft>();
    members.forEach(
        (root, columns) -> {
          List<String> legacy =
              table.columns().stream()
                  .map(TableShape.Column::name)
                  .filter(name -> parent.containsKey("l:" + name) && find("l:" + name).equals(root))
                  .toList();
          var shared = new TreeSet<String>();
          columns.forEach(
              column -> {
                if (ups.containsKey(column)) {
                  ups.get(column).inputs().forEach(input -> shared.add(input.column()));
                }
              });
          legacy.stream()
              .filter(downs::containsKey)
              .forEach(
                  name -> downs.get(name).inputs().forEach(input -> shared.add(input.column())));
          shared.removeAll(legacy);
          columns.forEach(shared::remove);
          drafts.add(new Draft(columns, legacy, List.copyOf(shared)));
        });
    return drafts;
  }

  /** The legacy side of an up: its legacy-only inputs, or all of them when there are no such. */
  private List<String> sources(CompiledExpression up) {
    List<String> all = up.inputs().stream().map(CompiledExpression.Input::column).toList();
    List<String> only = all.stream().filter(legacyOnly::contains).toList();
    return only.isEmpty() ? all : only;
  }

  private String find(String node) {
    String up = parent.putIfAbsent(node, node);
    if (up == null || up.equals(node)) {
      return node;
    }
    String root = find(up);
    parent.put(node, root);
    return root;
  }

  private void join(String one, String other) {
    String a = find(one);
    String b = find(other);
    if (!a.equals(b)) {
      parent.put(b, a);
    }
  }
}
