package dev.rubicon.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.util.List;

/** What callers send; none of it says who they are. */
final class Requests {
  /** A misspelt key is refused: a decision must not lose half of what was meant. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .addModule(new JavaTimeModule())
          .build();

  private Requests() {}

  /**
   * @param digest what is approved, as the status shows it
   */
  public record Approval(Runbook.Gate gate, String digest, String reason) {}

  public record SignOff(String item, String reason) {}

  /** Pause, resume, abort. */
  public record Order(String reason) {}

  /**
   * @param losing relations ({@code schema.name}) that may lose rows; left out: none
   */
  public record Rollback(List<String> losing, String reason) {}

  /**
   * @param rowsPerSecond 0 lifts the limit
   */
  public record Throttle(long rowsPerSecond, String reason) {}

  /**
   * @param by ISO 8601, e.g. PT24H
   */
  public record Extension(Duration by, String reason) {}

  /**
   * @param bundle digest of a bundle that is stored already
   */
  public record Launch(String bundle) {}

  static <T> T read(String body, Class<T> type) {
    Edge.requireSmall(body);
    ObjectReader reader = MAPPER.readerFor(type);
    try {
      T request = reader.readValue(body);
      if (request != null && complete(request)) {
        return request;
      }
    } catch (JsonProcessingException e) {
      throw refused(type, e);
    }
    throw refused(type, null);
  }

  /** The one request with something that may be left out. */
  static Rollback rollback(String body) {
    Edge.requireSmall(body);
    try {
      if (!MAPPER.readTree(body).has("losing")) {
        return new Rollback(List.of(), read(body, Order.class).reason());
      }
    } catch (JsonProcessingException e) {
      throw refused(Rollback.class, e);
    }
    return read(body, Rollback.class);
  }

  /** Each is complete: no component is null or blank. */
  private static boolean complete(Object request) {
    return switch (request) {
      case Approval(var gate, var digest, var reason) ->
          gate != null && given(digest) && given(reason);
      case SignOff(var item, var reason) -> given(item) && given(reason);
      case Order(var reason) -> given(reason);
      case Rollback(var losing, var reason) -> losing != null && given(reason);
      case Throttle(var rows, var reason) -> rows >= 0 && given(reason);
      case Extension(var by, var reason) -> by != null && by.isPositive() && given(reason);
      case Launch(var bundle) -> given(bundle);
      default -> false;
    };
  }

  private static boolean given(String text) {
    return text != null && !text.isBlank();
  }

  private static RubiconException refused(Class<?> type, JsonProcessingException origin) {
    var keys = new StringBuilder();
    for (var component : type.getRecordComponents()) {
      keys.append(keys.isEmpty() ? "" : ", ").append(component.getName());
    }
    return new RubiconException(
        ErrorCode.USAGE,
        "the body is not what this call takes",
        "send a JSON object with exactly: " + keys,
        origin);
  }
}
