package dev.rubicon.yaml;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * YAML text to a graph of nodes. Anchors and aliases are refused: they make small files huge, and a
 * reader of the review cannot see what a line means.
 */
public final class YamlFile {
  private static final int MAX_NESTING = 30;
  private static final int MAX_CHARACTERS = 1024 * 1024;

  private YamlFile() {}

  /** The only document's root; empty when a problem was reported. */
  public static Optional<Node> parse(byte[] content, Reading reading) {
    Optional<String> text = text(content, reading);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      boolean shared = false;
      for (Event event : yaml().parse(new StringReader(text.get()))) {
        shared |= refused(event, reading);
      }
      if (shared) {
        return Optional.empty();
      }
      Node root = yaml().compose(new StringReader(text.get()));
      if (root == null) {
        reading.problem(1, 1, "the file is empty");
      }
      return Optional.ofNullable(root);
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

  private static boolean refused(Event event, Reading reading) {
    Mark mark = event.getStartMark();
    if (event instanceof AliasEvent) {
      reading.problem(
          mark.getLine() + 1, mark.getColumn() + 1, "aliases (*) are not read: write it out");
      return true;
    }
    if (event instanceof NodeEvent node && node.getAnchor() != null) {
      reading.problem(
          mark.getLine() + 1, mark.getColumn() + 1, "anchors (&) are not read: write it out");
      return true;
    }
    return false;
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
    return new Yaml(options);
  }

  /** A default of docs and schema, written as YAML in our own code. */
  static Node literal(String yaml) {
    return yaml().compose(new StringReader(yaml));
  }
}
