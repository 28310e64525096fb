package dev.rubicon.repair;

import dev.rubicon.repair.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Statements for one object, and what comes before them. */
final class Node {
  final String key;
  final String rank;
  final List<Statement> statements;
  final Set<String> causes;

  /** Keys of nodes that must come first. */
  final Set<String> after = new HashSet<>();

  /** Keys of nodes that had better come first. */
  final Set<String> preferably = new TreeSet<>();

  /**
   * @param rank sorts nodes of which neither depends on the other
   * @param causes ids of the findings that it is for
   */
  Node(String key, String rank, List<Statement> statements, Set<String> causes) {
    this.key = key;
    this.rank = rank;
    this.statements = List.copyOf(statements);
    this.causes = new TreeSet<>(causes);
  }
}
