package dev.rubicon.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.config.RubiconConfig.Grant;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One issuer: its own keys and no other's are believed for what it says. The keys are kept for
 * {@link #KEPT}; one that is not among them is looked for at once, so that a new one works; while
 * the issuer is away those that were last seen are good for {@link #WITHOUT}.
 */
final class TrustedIssuer {
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final Duration WITHOUT = Duration.ofHours(1);
  private static final Duration REFRESH = Duration.ofSeconds(15);

  /** In so long the issuer is asked twice at most, whatever tokens are sent. */
  private static final Duration ASKED = Duration.ofSeconds(10);

  /** Only with public keys: none, and no secret that the public key could be mistaken for. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9@._+|:-]{0,126}");

  /** As OpenID Connect has it, less what cannot be printed. */
  private static final Pattern SUBJECT = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private final RubiconConfig.Issuer issuer;
  private final IssuerKeys keys;
  private final DefaultJWTProcessor<SecurityContext> processor;

  TrustedIssuer(RubiconConfig.Issuer issuer) {
    this.issuer = issuer;
    this.keys = new IssuerKeys(issuer);
    this.processor = processor(issuer, keys);
  }

  private static DefaultJWTProcessor<SecurityContext> processor(
      RubiconConfig.Issuer issuer, JWKSetSource<SecurityContext> keys) {
    var source =
        JWKSourceBuilder.create(keys)
            .cache(KEPT.toMillis(), REFRESH.toMillis())
            .refreshAheadCache(false)
            .rateLimited(ASKED.toMillis())
            .outageTolerant(WITHOUT.toMillis())
            .build();
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, source));
    var claims =
        new DefaultJWTClaimsVerifier<>(
            issuer.audience(),
            new JWTClaimsSet.Builder().issuer(issuer.issuer().toString()).build(),
            Set.of("sub", "exp", "aud"));
    claims.setMaxClockSkew(Math.toIntExact(issuer.clockSkew().toSeconds()));
    processor.setJWTClaimsSetVerifier(claims);
    return processor;
  }

  /** Whom it is of; fails where it is not the issuer's, not for us, or not now. */
  KnownPerson person(JWT token) {
    JWTClaimsSet claims;
    try {
      claims = processor.process(token, null);
    } catch (RateLimitReachedException e) {
      throw keys.seen() ? refused("no key of its issuer's has signed it", e) : unreachable(e);
    } catch (KeySourceException e) {
      throw unreachable(e);
    } catch (BadJWTException e) {
      // Expired, not yet valid, of another audience: nothing of it is a secret.
      throw refused(e.getMessage(), e);
    } catch (BadJOSEException | JOSEException e) {
      throw refused("no key of its issuer's has signed it, with an algorithm for public keys", e);
    }
    String subject = claims.getSubject();
    Object name = claim(claims.getClaims(), issuer.person());
    if (!(name instanceof String text) || !NAME.matcher(text).matches()) {
      throw refused("its claim '" + issuer.person() + "' is no name of a person", null);
    }
    if (!SUBJECT.matcher(subject).matches()) {
      throw refused("its subject cannot be written down", null);
    }
    return new KnownPerson(
        issuer.realm().map(realm -> text + "@" + realm).orElse(text),
        "jwt " + issuer.issuer() + " " + subject,
        grants(claims));
  }

  private List<Grant> grants(JWTClaimsSet claims) {
    Object roles = issuer.roles().map(name -> claim(claims.getClaims(), name)).orElse(List.of());
    List<Grant> grants = new ArrayList<>();
    // Some write one role as a text, OAuth's scope several with blanks between them.
    List<?> named =
        roles instanceof List<?> list
            ? list
            : roles instanceof String text ? List.of(text.split(" ")) : List.of();
    for (Object role : named) {
      if (role instanceof String text) {
        grants.addAll(issuer.grants().getOrDefault(text, List.of()));
      }
    }
    return grants;
  }

  /** A name with dots may be a claim's, or lead through objects. */
  private static Object claim(Map<?, ?> claims, String name) {
    if (claims.containsKey(name)) {
      return claims.get(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner
        ? claim(inner, name.substring(dot + 1))
        : null;
  }

  /** How many keys it has now. */
  int keys() {
    try {
      return keys.getJWKSet(null, System.currentTimeMillis(), null).getKeys().size();
    } catch (KeySourceException e) {
      throw unreachable(e);
    }
  }

  private RubiconException unreachable(Exception e) {
    return new RubiconException(
        ErrorCode.ISSUER_UNREACHABLE,
        "the keys of issuer " + issuer.issuer() + " cannot be fetched: " + reason(e),
        "see what the worker's machine finds there (http.issuers in rubicon.yaml): rubicon doctor",
        e);
  }

  private static String reason(Exception e) {
    return e instanceof RateLimitReachedException ? "asked too often" : e.getMessage();
  }

  private static RubiconException refused(String why, Exception e) {
    return new RubiconException(
        ErrorCode.UNAUTHENTICATED,
        "the token is refused: " + why.replaceAll("\\p{Cntrl}", "?"),
        "get a new one of its issuer, and send it: Authorization: Bearer TOKEN",
        e);
  }
}
