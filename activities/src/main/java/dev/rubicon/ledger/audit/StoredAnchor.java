package dev.rubicon.ledger.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.ledger.audit.AuditTrail.Anchor;
import dev.rubicon.ledger.connection.LedgerJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An object in the place of an anchor; its content need not be an anchor's.
 *
 * @param content empty where it cannot be read
 */
public record StoredAnchor(String key, Optional<byte[]> content) {

  /** Empty unless it is an anchor's JSON. */
  Optional<Anchor> read() {
    try {
      JsonNode said =
          LedgerJson.MAPPER.readTree(
              new String(content.orElse(new byte[0]), StandardCharsets.UTF_8));
      var anchor =
          new Anchor(
              said.path("rollout").asText(),
              said.path("gate").asText(),
              said.path("seq").asLong(),
              said.path("hash").asText());
      boolean whole =
          !anchor.rollout().isEmpty()
              && !anchor.gate().isEmpty()
              && anchor.seq() > 0
              && anchor.hash().matches("[0-9a-f]{64}");
      return whole ? Optional.of(anchor) : Optional.empty();
    } catch (JsonProcessingException garbage) {
      return Optional.empty();
    }
  }
}
