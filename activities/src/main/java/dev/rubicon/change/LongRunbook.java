package dev.rubicon.change;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/**
 * The text of {@code runbook.yaml} in the long form: what the short one says stays as it is
 * written, but for comments; its short transitions go, and the long ones come in their place.
 */
final class LongRunbook {
  private final Yaml yaml;
  private final MappingNode root;

  LongRunbook(String text) {
    var dumper = new DumperOptions();
    dumper.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    dumper.setIndicatorIndent(2);
    dumper.setIndentWithIndicator(true);
    dumper.setWidth(Integer.MAX_VALUE);
    dumper.setSplitLines(false);
    this.yaml = new Yaml(new SafeConstructor(new LoaderOptions()), new Representer(dumper), dumper);
    this.root = (MappingNode) yaml.compose(new StringReader(text));
  }

  /** In place of the first short transition; the other short ones go. */
  void transitions(List<Map<String, Object>> made) {
    SequenceNode list = list(root, "transitions");
    var transitions = new ArrayList<Node>();
    boolean placed = false;
    for (Node transition : list.getValue()) {
      if (!isShort(transition)) {
        transitions.add(transition);
      } else if (!placed) {
        placed = true;
        made.forEach(one -> transitions.add(yaml.represent(one)));
      }
    }
    put(root, "transitions", block(transitions));
  }

  void migrations(String folder) {
    put(mapping(root, "expand"), "migrations", yaml.represent(folder));
  }

  void timeseries(String form) {
    put(root, "timeseries", yaml.represent(form));
  }

  /** A file of contract's, behind those that are there. */
  void contractSql(String file) {
    add(mapping(root, "contract"), "sql", file);
  }

  void hazard(Map<String, Object> allowance) {
    add(root, "hazards", allowance);
  }

  String text(String head) {
    var text = new StringWriter();
    yaml.serialize(root, text);
    return head + text;
  }

  private void add(MappingNode mapping, String key, Object entry) {
    var entries = new ArrayList<>(list(mapping, key).getValue());
    entries.add(yaml.represent(entry));
    put(mapping, key, block(entries));
  }

  private static SequenceNode block(List<Node> entries) {
    return new SequenceNode(Tag.SEQ, entries, DumperOptions.FlowStyle.BLOCK);
  }

  private static boolean isShort(Node transition) {
    return transition instanceof MappingNode mapping && find(mapping, "change").isPresent();
  }

  private static SequenceNode list(MappingNode mapping, String key) {
    return find(mapping, key)
        .map(tuple -> (SequenceNode) tuple.getValueNode())
        .orElseGet(() -> block(List.of()));
  }

  private static MappingNode mapping(MappingNode mapping, String key) {
    Optional<NodeTuple> there = find(mapping, key);
    if (there.isPresent()) {
      return (MappingNode) there.get().getValueNode();
    }
    var made = new MappingNode(Tag.MAP, new ArrayList<>(), DumperOptions.FlowStyle.BLOCK);
    put(mapping, key, made);
    return made;
  }

  private static Optional<NodeTuple> find(MappingNode mapping, String key) {
    return mapping.getValue().stream()
        .filter(tuple -> ((ScalarNode) tuple.getKeyNode()).getValue().equals(key))
        .findFirst();
  }

  private static void put(MappingNode mapping, String key, Node value) {
    var tuples = new ArrayList<NodeTuple>();
    boolean there = false;
    for (NodeTuple tuple : mapping.getValue()) {
      boolean same = ((ScalarNode) tuple.getKeyNode()).getValue().equals(key);
      there |= same;
      tuples.add(same ? new NodeTuple(tuple.getKeyNode(), value) : tuple);
    }
    if (!there) {
      var name = new ScalarNode(Tag.STR, key, null, null, DumperOptions.ScalarStyle.PLAIN);
      tuples.add(new NodeTuple(name, value));
    }
    mapping.setValue(tuples);
  }
}
