package dev.rubicon.ledger.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.engine.CloneEvidence;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.connection.LedgerJson;
import java.time.Instant;
import java.util.Optional;

/** What a phase measured, under a name. */
public record EvidenceEntry(
    String phase, int round, String name, Instant recordedAt, JsonNode value) {

  /** Whether it is stored under that name. */
  public boolean is(EvidenceName<?> other) {
    return name.equals(other.stored());
  }

  /**
   * Its content.
   *
   * @throws RubiconException if it is no such content
   */
  public <T> T as(EvidenceName<T> of) {
    try {
      return read(of);
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.INTERNAL,
          "the ledger's evidence '" + name + "' is not what this version records under " + of,
          "report it: another version may have written it",
          e);
    }
  }

  /**
   * Its content, if it is of that name; empty too where another version has written what this one
   * cannot read.
   */
  public <T> Optional<T> find(EvidenceName<T> of) {
    if (!is(of)) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(of));
    } catch (JsonProcessingException e) {
      // Of another version of Rubicon: the report still shows it as it stands.
      return Optional.empty();
    }
  }

  /** As the same phase would have recorded it on the target, if it was recorded on a clone. */
  public Optional<EvidenceEntry> onClone() {
    return CloneEvidence.parse(name)
        .map(on -> new EvidenceEntry(on.phase(), on.round(), on.name(), recordedAt, value));
  }

  private <T> T read(EvidenceName<T> of) throws JsonProcessingException {
    return LedgerJson.MAPPER.treeToValue(value, of.type());
  }
}
