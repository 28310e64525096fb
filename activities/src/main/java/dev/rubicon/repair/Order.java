package dev.rubicon.repair;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Puts nodes in order, and their statements into stages. */
final class Order {
  private static final Comparator<Node> RANK =
      Comparator.<Node, String>comparing(node -> node.rank).thenComparing(node -> node.key);

  private Order() {}

  /**
   * Whatever is needed comes first. Even stages are short transactions; odd ones hold what runs by
   * itself, and nothing of a later stage may begin before.
   */
  static List<Repair.Step> of(Map<String, Node> nodes) {
    var stages = new HashMap<String, Integer>();
    var steps = new ArrayList<Repair.Step>();
    for (Node node : sorted(nodes)) {
      int stage = node.after.stream().mapToInt(key -> stages.getOrDefault(key, 0)).max().orElse(0);
      for (Statement statement : node.statements) {
        boolean byItself = statement.mode() != Statement.Mode.TRANSACTION;
        if ((stage % 2 == 1) != byItself) {
          stage++;
        }
        steps.add(new Repair.Step(stage, statement, node.causes));
      }
      stages.put(node.key, stage);
    }
    return steps.stream().sorted(Comparator.comparingInt(Repair.Step::stage)).toList();
  }

  private static List<Node> sorted(Map<String, Node> nodes) {
    for (Node node : nodes.values()) {
      node.after.retainAll(nodes.keySet());
      node.after.remove(node.key);
      node.preferably.retainAll(nodes.keySet());
      node.preferably.remove(node.key);
    }
    var waiting = new TreeSet<>(RANK);
    waiting.addAll(nodes.values());
    var done = new HashSet<String>();
    var sorted = new ArrayList<Node>();
    while (!waiting.isEmpty()) {
      Node next =
          waiting.stream()
              .filter(node -> done.containsAll(node.after) && done.containsAll(node.preferably))
              .findFirst()
              .or(() -> waiting.stream().filter(node -> done.containsAll(node.after)).findFirst())
              // A circle: PostgreSQL itself made it by ALTER, so the kinds' usual order is tried.
              .orElseGet(waiting::first);
      waiting.remove(next);
      done.add(next.key);
      sorted.add(next);
    }
    return sorted;
  }
}
