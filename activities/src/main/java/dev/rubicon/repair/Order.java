package dev.rubicon.repair;

import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    var followers = new HashMap<String, List<Node>>();
    for (Node node : nodes.values()) {
      node.after.retainAll(nodes.keySet());
      node.after.remove(node.key);
      node.preferably.retainAll(nodes.keySet());
      node.preferably.remove(node.key);
      node.preferably.removeAll(node.after);
      for (Set<String> earlier : List.of(node.after, node.preferably)) {
        earlier.forEach(
            key -> followers.computeIfAbsent(key, ignored -> new ArrayList<>()).add(node));
      }
    }
    var open = new HashMap<String, Set<String>>();
    nodes.forEach((key, node) -> open.put(key, new HashSet<>(node.after)));
    var waiting = new TreeSet<>(RANK);
    waiting.addAll(nodes.values());
    var ready = new TreeSet<>(RANK);
    waiting.stream()
        .filter(node -> node.after.isEmpty() && node.preferably.isEmpty())
        .forEach(ready::add);
    var sorted = new ArrayList<Node>();
    while (!waiting.isEmpty()) {
      Node next =
          !ready.isEmpty()
              ? ready.first()
              : waiting.stream()
                  .filter(node -> open.get(node.key).isEmpty())
                  .findFirst()
                  // A circle: what ALTER made, CREATE cannot; the kinds' usual order is tried.
                  .orElseGet(waiting::first);
      waiting.remove(next);
      ready.remove(next);
      sorted.add(next);
      for (Node follower : followers.getOrDefault(next.key, List.of())) {
        open.get(follower.key).remove(next.key);
        follower.preferably.remove(next.key);
        if (open.get(follower.key).isEmpty()
            && follower.preferably.isEmpty()
            && waiting.contains(follower)) {
          ready.add(follower);
        }
      }
    }
    return sorted;
  }
}
