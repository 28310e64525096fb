package dev.rubicon.runbook;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP call; {@code ${name}} in url, headers and body is replaced by a variable of the target
 * ({@code rubicon.yaml}) or by a value captured by an earlier check.
 */
public record HttpCall(
    String method,
    String url,
    Map<String, String> headers,
    Optional<String> body,
    Duration timeout) {
  public HttpCall {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
