package dev.rubicon.yaml;

import dev.rubicon.error.ErrorCode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** The reading of one file: the problems found so far, and where each decoded record stands. */
public final class Reading {
  private final ErrorCode code;
  private final String file;
  private final SortedSet<String> beside;
  private final SortedSet<Problem> problems = new TreeSet<>();
  private final List<Node> leftOut = new ArrayList<>();
  private final Map<Object, MappingNode> places = new IdentityHashMap<>();

  /**
   * @param code of an ordinary problem in this file
   * @param file as it is shown to the user
   * @param beside files that this one may refer to, relative to its folder
   */
  public Reading(ErrorCode code, String file, SortedSet<String> beside) {
    this.code = code;
    this.file = file;
    this.beside = new TreeSet<>(beside);
  }

  public SortedSet<String> beside() {
    return beside;
  }

  /** In order of their places. */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  public void problem(Node at, String message) {
    problem(at, message, Optional.empty());
  }

  public void problem(Node at, String message, Optional<String> suggestion) {
    Mark mark = at.getStartMark();
    problem(code, file, mark.getLine() + 1, mark.getColumn() + 1, message, suggestion);
  }

  /** A problem that has a code of its own. */
  public void problem(ErrorCode own, Node at, String message) {
    Mark mark = at.getStartMark();
    problem(own, file, mark.getLine() + 1, mark.getColumn() + 1, message, Optional.empty());
  }

  /** A problem of the file as such, or of a place that has no node. */
  public void problem(int line, int column, String message) {
    problem(code, file, line, column, message, Optional.empty());
  }

  /** A problem of another file of the same folder. */
  public void problemIn(String other, int line, String message) {
    int slash = file.lastIndexOf('/');
    problem(code, file.substring(0, slash + 1) + other, line, 1, message, Optional.empty());
  }

  private void problem(
      ErrorCode own, String in, int line, int column, String text, Optional<String> suggestion) {
    problems.add(new Problem(own, in, line, column, text, suggestion));
  }

  void leaveOut(Node node) {
    leftOut.add(node);
  }

  /**
   * Whether every record below the node was read; otherwise a reference to one that was left out is
   * no problem of its own.
   */
  public boolean complete(Node node) {
    return leftOut.stream()
        .mapToInt(left -> left.getStartMark().getIndex())
        .noneMatch(at -> node.getStartMark().getIndex() <= at && at < node.getEndMark().getIndex());
  }

  void place(Object decoded, MappingNode node) {
    places.put(decoded, node);
  }

  /**
   * The node below a decoded record, or the nearest one above it that was written.
   *
   * @param path keys (text) and positions in lists (numbers)
   */
  public Node at(Object decoded, Object... path) {
    Node node = places.get(decoded);
    if (node == null) {
      throw new IllegalStateException("not read from this file: " + decoded.getClass());
    }
    for (Object step : path) {
      Optional<Node> below = below(node, step);
      if (below.isEmpty()) {
        return node;
      }
      node = below.get();
    }
    return node;
  }

  private static Optional<Node> below(Node node, Object step) {
    if (node instanceof MappingNode mapping && step instanceof String key) {
      return mapping.getValue().stream()
          .filter(t -> t.getKeyNode() instanceof ScalarNode k && k.getValue().equals(key))
          .map(NodeTuple::getValueNode)
          .findFirst();
    }
    if (node instanceof SequenceNode sequence && step instanceof Integer position) {
      return Optional.of(sequence.getValue().get(position));
    }
    return Optional.empty();
  }

  /** Whether the record was written in the file, rather than a default filled in. */
  public boolean wrote(Object decoded) {
    return places.containsKey(decoded);
  }
}
