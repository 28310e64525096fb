package dev.rubicon.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.rollout.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
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

  /** The same stories every time. */
  private static Set<RandomStory.Edge> seen() {
    var edges = new HashSet<RandomStory.Edge>();
    for (Story.Kind kind : Story.Kind.values()) {
      for (int seed = 0; seed < 9000; seed++) {
        var random = new Random(seed);
        var story =
            new RandomStory(
                Plans.of(random.nextInt(Plans.KINDS)),
                kind,
                Found.values()[Math.max(0, random.nextInt(12) - 9)]);
        for (int i = 0; i < 120 && !story.ended(); i++) {
          story.move(move(random));
        }
        edges.addAll(story.edges());
      }
    }
    return edges;
  }

  private static Move move(Random random) {
    int dice = random.nextInt(300);
    if (dice < 160) {
      return new Move.Finish(random.nextInt(40) + 1);
    } else if (dice < 175) {
      return new Move.Start();
    } else if (dice < 183) {
      return new Move.Fail(random.nextInt(9), random.nextBoolean());
    } else if (dice < 255) {
      return new Move.Answer();
    } else if (dice < 285) {
      return new Move.Say(
          Move.Verb.values()[random.nextInt(Move.Verb.values().length)], Move.Flaw.NONE);
    } else if (dice < 293) {
      return new Move.Wait(20 * (1 + random.nextInt(30)));
    } else if (dice < 295) {
      return new Move.Cancel();
    } else if (dice < 297) {
      return new Move.Reset(random.nextInt(40));
    }
    return new Move.TargetChanges();
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
