package dev.rubicon.issuer;

import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTParser;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.text.ParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The issuers of the configuration: a token is judged by the one that it names. */
public final class TrustedIssuers {
  private final Map<String, TrustedIssuer> issuers = new LinkedHashMap<>();
  private final RubiconConfig.Http http;

  public TrustedIssuers(RubiconConfig.Http http) {
    this.http = http;
    http.issuers()
        .forEach(issuer -> issuers.put(issuer.issuer().toString(), new TrustedIssuer(issuer)));
  }

  public boolean any() {
    return !issuers.isEmpty();
  }

  /**
   * Whom the token is of.
   *
   * @throws RubiconException UNAUTHENTICATED where it shows nobody, ISSUER_UNREACHABLE where that
   *     cannot be said
   */
  public KnownPerson person(String token) {
    JWT parsed;
    String named;
    try {
      parsed = JWTParser.parse(token);
      var claims = parsed.getJWTClaimsSet();
      named = claims == null ? "" : claims.getIssuer();
    } catch (ParseException | IllegalArgumentException e) {
      throw refused("the token is none of http.tokens, and no JWT");
    }
    TrustedIssuer issuer = named == null ? null : issuers.get(named);
    if (issuer == null) {
      throw refused("the token's issuer is none of http.issuers");
    }
    KnownPerson person = issuer.person(parsed);
    if (http.tokens().containsKey(person.name())) {
      throw refused(
          "'" + person.name() + "' has a token in http.tokens: a name is known in one way only");
    }
    return person;
  }

  /** As they are named in the configuration. */
  public Set<String> names() {
    return Collections.unmodifiableSet(issuers.keySet());
  }

  /**
   * How many keys that issuer shows now.
   *
   * @throws RubiconException ISSUER_UNREACHABLE
   */
  public int keys(String name) {
    return issuers.get(name).keys();
  }

  private static RubiconException refused(String cause) {
    return new RubiconException(
        ErrorCode.UNAUTHENTICATED,
        cause,
        "send Authorization: Bearer TOKEN, with a token of http.tokens or of an issuer of"
            + " http.issuers in rubicon.yaml");
  }
}
