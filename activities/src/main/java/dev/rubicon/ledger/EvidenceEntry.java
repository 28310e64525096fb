package dev.rubicon.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/** What a phase measured, under a name. */
public record EvidenceEntry(
    String phase, int round, String name, Instant recordedAt, JsonNode value) {

  /** The value as the record that was written. */
  public <T> T as(Class<T> type) {
    return LedgerJson.read(value, type);
  }
}
