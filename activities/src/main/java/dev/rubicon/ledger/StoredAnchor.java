package dev.rubicon.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.ledger.AuditTrail.Anchor;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What lies in the object store where anchors are: the content is whatever somebody put there.
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
