package dev.rubicon.transition.shadow;

import java.util.List;
import java.util.Optional;

/**
 * Sequences of {@code serial} columns; an identity column's cannot be parted from its table.
 *
 * @param legacy those of legacy, without any that canonical's own default draws from
 * @param canonical the one that canonical's numbering has put out of use until contract
 */
public record OwnedSequences(List<Owned> legacy, Optional<Owned> canonical) {
  public static final OwnedSequences NONE = new OwnedSequences(List.of(), Optional.empty());

  public OwnedSequences {
    legacy = List.copyOf(legacy);
  }

  /**
   * @param sequence its OID: it may be renamed or moved
   */
  public record Owned(long sequence, String column) {}
}
