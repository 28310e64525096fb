package dev.rubicon.inventory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.rollout.Digest;
import dev.rubicon.sequence.SequenceState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What some schemas of a database hold, read in one snapshot. Two that are equal are equal as JSON,
 * byte by byte, whatever their history.
 */
public record TargetInventory(
    List<String> schemas,
    Part<CatalogEntry> structure,
    Part<State> validity,
    Part<Position> values) {

  private static final JsonMapper CANONICAL =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .addModule(new com.fasterxml.jackson.datatype.jdk8.Jdk8Module())
          .build();

  /**
   * One channel.
   *
   * @param fingerprint SHA-256 of the entries as JSON, without spaces
   * @param entries sorted
   */
  public record Part<T>(String fingerprint, List<T> entries) {
    static <T> Part<T> of(List<T> entries) {
      try {
        return new Part<>(Digest.of(CANONICAL.writeValueAsString(entries)), List.copyOf(entries));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("an inventory is not writable as JSON", e);
      }
    }
  }

  /**
   * What is not in force as usual.
   *
   * @param name {@code kind:schema.object.part}
   * @param state such as {@code INVALID}, {@code NOT VALID}, {@code DISABLED}
   */
  public record State(String name, String state) {}

  /**
   * @param next what {@code nextval} gives; empty where its range is used up or it was not read
   * @param behind whether a column that it feeds holds that number, or a later one
   * @param free the first number behind all that are in use, where it is behind
   * @param unread what could not be compared, each with the reason
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Position(
      String sequence,
      List<String> feeds,
      Optional<Long> next,
      boolean behind,
      Optional<Long> free,
      List<String> unread) {}

  static TargetInventory of(
      List<String> schemas, CatalogSnapshot snapshot, List<SequenceState> sequences) {
    List<CatalogEntry> entries =
        snapshot.entries().stream().filter(entry -> entry.kind() != ObjectKind.NOTE).toList();
    return new TargetInventory(
        schemas.stream().sorted().toList(),
        Part.of(entries.stream().map(Channel::structure).sorted().toList()),
        Part.of(
            entries.stream()
                .map(entry -> new State(entry.name(), Channel.state(entry)))
                .filter(state -> !state.state().isEmpty())
                .sorted(Comparator.comparing(State::name))
                .toList()),
        Part.of(
            sequences.stream()
                .map(
                    one ->
                        new Position(
                            one.sequence(),
                            one.feeds().stream().sorted().toList(),
                            one.next(),
                            one.behind(),
                            one.free(),
                            one.unasked()))
                .sorted(Comparator.comparing(Position::sequence))
                .toList()));
  }
}
