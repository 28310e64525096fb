package dev.rubicon.ledger.connection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import org.jooq.JSONB;

/** How facts, evidence and details become JSON: times and durations as ISO 8601 text. */
public final class LedgerJson {
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  private LedgerJson() {}

  public static JSONB write(Object value) {
    try {
      return JSONB.jsonb(MAPPER.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.INTERNAL,
          "a " + value.getClass().getSimpleName() + " cannot be written as JSON",
          "report it",
          e);
    }
  }

  public static JsonNode read(JSONB value) {
    return read(value.data());
  }

  public static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.INTERNAL, "the ledger holds text that is no JSON", "report it", e);
    }
  }
}
