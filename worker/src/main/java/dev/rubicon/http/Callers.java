package dev.rubicon.http;

import dev.rubicon.client.Principal;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The caller. Where {@code http.tokens} are configured: the principal of the token. Without tokens:
 * the operating system's user that the worker runs as, and only over loopback, not through a proxy,
 * and not from a web page that resolves its own name to this machine.
 */
@ServerFilter({"/rollouts", "/rollouts/**", "/targets/**", "/audit", "/audit/**"})
final class Callers {
  static final String PRINCIPAL = "rubicon.principal";
  private static final String BEARER = "Bearer ";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final RubiconConfig config;

  Callers(RubiconConfig config) {
    this.config = config;
  }

  /** An answer ends the request here; none lets it pass. */
  @RequestFilter
  Optional<HttpResponse<String>> know(HttpRequest<?> request) {
    try {
      request.setAttribute(PRINCIPAL, principal(request));
      return Optional.empty();
    } catch (RubiconException e) {
      return Optional.of(ProblemHandler.answer(e));
    }
  }

  private Principal principal(HttpRequest<?> request) {
    if (config.http().tokens().isEmpty()) {
      if (!local(request)) {
        throw refused("without http.tokens only callers on this machine are served");
      }
      return Principal.ofUser(Map.of());
    }
    String header = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw refused("the request has no bearer token");
    }
    return Principal.ofToken(config, header.substring(BEARER.length()).strip())
        .orElseThrow(() -> refused("the token is none of http.tokens in rubicon.yaml"));
  }

  private static boolean local(HttpRequest<?> request) {
    HttpHeaders headers = request.getHeaders();
    String host = headers.get(HttpHeaders.HOST);
    return request.getRemoteAddress().getAddress().isLoopbackAddress()
        && host != null
        && LOOPBACK.contains(host.replaceFirst(":\\d+$", ""))
        && !headers.contains("Forwarded")
        && !headers.contains("X-Forwarded-For");
  }

  private static RubiconException refused(String cause) {
    return new RubiconException(
        ErrorCode.UNAUTHENTICATED,
        cause,
        "send Authorization: Bearer TOKEN, with a token of http.tokens in rubicon.yaml");
  }
}
