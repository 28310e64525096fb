package dev.rubicon.yaml;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * YAML text to a graph of nodes. Aliases may repeat a part, within bounds: a file that unfolds to
 * something huge or endless is refused before anything walks it.
 */
public final class YamlFile {
  private static final int MAX_NESTING = 30;
  private static final int MAX_NODES = 20_000;
  private static final long ENDLESS = Long.MAX_VALUE / 4;
  private static final int MAX_CHARACTERS = 1024 * 1024;

  private YamlFile() {}

  /** The only document's root; empty when a problem was reported. */
  public static Optional<Node> parse(byte[] content, Reading reading) {
    Optional<String> text = text(content, reading);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      Node root = yaml().compose(new StringReader(text.get()));
      if (root == null) {
        reading.problem(1, 1, "the file is empty");
        return Optional.empty();
      }
      if (new Size().of(root) > MAX_NODES) {
        reading.problem(1, 1, "its aliases unfold to more than " + MAX_NODES + " values");
        return Optional.empty();
      }
      return Optional.of(root);
    } catch (MarkedYAMLException e) {
      // The message itself would quote the file; the problem alone says what is wrong.
      Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      int line = mark == null ? 1 : mark.getLine() + 1;
      int column = mark == null ? 1 : mark.getColumn() + 1;
      String context = e.getContext() == null ? "" : e.getContext() + ": ";
      reading.problem(line, column, "is no YAML: " + context + e.getProblem());
    } catch (ReaderException e) {
      String before = text.get().substring(0, Math.min(e.getPosition(), text.get().length()));
      int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
      int column = before.length() - before.lastIndexOf('\n');
      reading.problem(line, column, "is no YAML: it holds a character that is not allowed");
    } catch (YAMLException e) {
      reading.problem(1, 1, "is no YAML: " + e.getMessage());
    }
    return Optional.empty();
  }

  /** How many nodes there are once every alias is written out. */
  private static final class Size {
    private final Map<Node, Long> known = new IdentityHashMap<>();

    long of(Node node) {
      Long size = known.get(node);
      if (size != null) {
        return size;
      }
      // A node that holds itself is met again here before its size is known: endless.
      known.put(node, ENDLESS);
      long sum = 1;
      for (Node child : children(node)) {
        sum = Math.min(ENDLESS, sum + of(child));
      }
      known.put(node, sum);
      return sum;
    }

    private static List<Node> children(Node node) {
      return switch (node) {
        case SequenceNode list -> list.getValue();
        case MappingNode mapping ->
            mapping.getValue().stream()
                .flatMap(t -> Stream.of(t.getKeyNode(), t.getValueNode()))
                .toList();
        default -> List.of();
      };
    }
  }

  private static Optional<String> text(byte[] content, Reading reading) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      reading.problem(1, 1, "is not UTF-8");
      return Optional.empty();
    }
  }

  private static Yaml yaml() {
    var options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setNestingDepthLimit(MAX_NESTING);
    // Size judges what they unfold to; their number alone says nothing.
    options.setMaxAliasesForCollections(MAX_NODES);
    return new Yaml(options);
  }

  /** A default of docs and schema, written as YAML in the code. */
  static Node literal(String yaml) {
    return yaml().compose(new StringReader(yaml));
  }
}
