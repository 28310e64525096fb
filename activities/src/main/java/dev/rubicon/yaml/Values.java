package dev.rubicon.yaml;

import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** What was read of one mapping. */
public final class Values {
  private final MappingNode node;
  private final Map<String, Node> written;
  private final Map<String, Object> read;
  private final Reading reading;

  Values(MappingNode node, Map<String, Node> written, Map<String, Object> read, Reading reading) {
    this.node = node;
    this.written = written;
    this.read = read;
    this.reading = reading;
  }

  /** The value or its default; leaves the building of the record when a required one is missing. */
  @SuppressWarnings("unchecked")
  public <T> T get(Key<T> key) {
    Object value = read.get(key.name());
    // The map holds under this name only what this key's decoder gave.
    return value != null ? (T) value : key.absent().orElseThrow(Incomplete::new);
  }

  /** Whether the key is written, even where its value could not be read. */
  public boolean has(Key<?> key) {
    return written.containsKey(key.name());
  }

  /** Whether the key is written, as a mapping or list with nothing in it. */
  public boolean writtenEmpty(Key<?> key) {
    return written.get(key.name()) instanceof CollectionNode<?> collection
        && collection.getValue().isEmpty();
  }

  /** Reports a problem at the key's value, or at the mapping where the key is not written. */
  public void problem(Key<?> key, String message) {
    reading.problem(written.getOrDefault(key.name(), node), message);
  }

  public void problem(Key<?> key, String message, Optional<String> suggestion) {
    reading.problem(written.getOrDefault(key.name(), node), message, suggestion);
  }

  /** Reports a problem at the beginning of the mapping. */
  public void problem(String message) {
    reading.problem(node, message);
  }

  /** Ends the building of a record that lacks a required value; the problem is already reported. */
  static final class Incomplete extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Incomplete() {
      super("incomplete", null, false, false);
    }
  }
}
