package dev.rubicon.http;

import dev.rubicon.client.Principal;
import dev.rubicon.client.remote.Api;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.issuer.TrustedIssuers;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The caller. Where {@code http.tokens} or {@code http.issuers} are configured: the principal of
 * the token, or the person whom an issuer names in a JWT. Without either: who the caller says it
 * is, and only over loopback, not through a proxy, and not from a web page that resolves its own
 * name to this machine.
 */
@ServerFilter({"/rollouts", "/rollouts/**", "/targets/**", "/audit", "/audit/**"})
final class Callers {
  static final String PRINCIPAL = "rubicon.principal";
  private static final String BEARER = "Bearer ";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9@._\\\\-]{0,62}");

  private final RubiconConfig config;
  private final TrustedIssuers issuers;
  private final Logins logins;

  Callers(RubiconConfig config, Logins logins) {
    this.config = config;
    this.issuers = new TrustedIssuers(config.http());
    this.logins = logins;
  }

  /** An answer ends the request here; none lets it pass. */
  @RequestFilter
  Optional<HttpResponse<String>> know(HttpRequest<?> request) {
    try {
      Edge.require(request);
      request.setAttribute(PRINCIPAL, caller(request));
      return Optional.empty();
    } catch (RubiconException e) {
      return Optional.of(ProblemHandler.answer(e));
    }
  }

  /** As whom it was taken. */
  @ResponseFilter
  void tell(HttpRequest<?> request, MutableHttpResponse<?> response) {
    request
        .getAttribute(PRINCIPAL, Caller.class)
        .ifPresent(caller -> response.header(Api.PRINCIPAL, caller.name()));
  }

  private Caller caller(HttpRequest<?> request) {
    if (!config.http().knowsCallers()) {
      if (!local(request)) {
        throw refused("without http.tokens only callers on this machine are served");
      }
      String said = request.getHeaders().get(Api.USER);
      return Caller.of(
          said != null && NAME.matcher(said).matches()
              ? new Principal(said)
              : Principal.ofUser(Map.of()),
          config.http());
    }
    InetAddress from = request.getRemoteAddress().getAddress();
    logins.require(from);
    String header = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw refused("the request has no bearer token");
    }
    String token = header.substring(BEARER.length()).strip();
    Optional<Principal> holder = Principal.ofToken(config, token);
    if (holder.isPresent()) {
      return Caller.of(holder.get(), config.http());
    }
    try {
      if (!issuers.any()) {
        throw refused("the token is none of http.tokens in rubicon.yaml");
      }
      return Caller.of(issuers.person(token), config.http());
    } catch (RubiconException e) {
      // An issuer that is away, or a role that is missing, is nobody's guess.
      if (e.code() == ErrorCode.UNAUTHENTICATED) {
        logins.failed(
            from, request.getPath(), issuers.any() ? e.getMessage() : "a token that nobody has");
      }
      throw e;
    }
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
