package dev.rubicon.installed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;

/** What the target keeps as JSON in schema {@code rubicon}. */
public final class StoredJson {
  private static final ObjectMapper JSON = new ObjectMapper().registerModule(new Jdk8Module());

  private StoredJson() {}

  static String write(Object value) {
    try {
      return value instanceof String json ? json : JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
    }
  }

  /** Reads what was stored. */
  public static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw otherVersion(e);
    }
  }

  /** Schema {@code rubicon} is not as this version makes it. */
  static RubiconException otherVersion(Exception cause) {
    return new RubiconException(
        ErrorCode.INTERNAL,
        "schema rubicon on the target was written by another version of Rubicon",
        "use the version that launched the rollout",
        cause);
  }
}
