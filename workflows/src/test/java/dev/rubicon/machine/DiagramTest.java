package dev.rubicon.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The diagram in docs/workflow.md and the machine are the same: what stories do is drawn, and what
 * is drawn, stories do. An arrow from or to a group stands for each of its states.
 */
final class DiagramTest {
  private static final Path PAGE = Path.of("..", "docs", "workflow.md");
  private static final Pattern GROUP = Pattern.compile("\\s*state (\\w+) \\{");
  private static final Pattern ARROW = Pattern.compile("\\s*(\\w+) --> (\\w+)(?: : .*)?");

  @Test
  void whatStoriesDoIsDrawnAndWhatIsDrawnStoriesDo() throws IOException {
    var groups = new HashMap<String, Set<String>>();
    var drawn = new HashSet<RandomStory.Edge>();
    read(groups, drawn);
    Set<RandomStory.Edge> seen = seen();

    Set<RandomStory.Edge> expanded =
        drawn.stream().flatMap(e -> members(groups, e)).collect(Collectors.toSet());
    assertThat(text(minus(seen, expanded))).as("what stories do, and is not drawn").isEmpty();
    assertThat(
            text(
                drawn.stream()
                    .filter(e -> members(groups, e).noneMatch(seen::contains))
                    .collect(Collectors.toSet())))
        .as("what is drawn, and no story does")
        .isEmpty();
  }

  private static void read(Map<String, Set<String>> groups, Set<RandomStory.Edge> drawn)
      throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf("stateDiagram-v2");
    String group = "";
    for (String line : page.substring(begin, page.indexOf("```", begin)).lines().toList()) {
      var opens = GROUP.matcher(line);
      var arrow = ARROW.matcher(line);
      if (opens.matches()) {
        group = opens.group(1);
        groups.put(group, new HashSet<>());
      } else if (line.strip().equals("}")) {
        group = "";
      } else if (arrow.matches()) {
        drawn.add(new RandomStory.Edge(arrow.group(1), arrow.group(2)));
        if (!group.isEmpty()) {
          groups.get(group).add(arrow.group(1));
          groups.get(group).add(arrow.group(2));
        }
      }
    }
  }

  private static Stream<RandomStory.Edge> members(
      Map<String, Set<String>> groups, RandomStory.Edge edge) {
    return groups.getOrDefault(edge.from(), Set.of(edge.from())).stream()
        .flatMap(
            from ->
                groups.getOrDefault(edge.to(), Set.of(edge.to())).stream()
                    .map(to -> new RandomStory.Edge(from, to)));
  }

  private static Set<RandomStory.Edge> seen() {
    var edges = new HashSet<RandomStory.Edge>();
    Stories.tell(story -> edges.addAll(story.edges()));
    return edges;
  }

  private static Set<RandomStory.Edge> minus(
      Set<RandomStory.Edge> all, Set<RandomStory.Edge> without) {
    var rest = new HashSet<>(all);
    rest.removeAll(without);
    return rest;
  }

  private static Set<String> text(Set<RandomStory.Edge> edges) {
    return edges.stream()
        .map(e -> e.from() + " --> " + e.to())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
