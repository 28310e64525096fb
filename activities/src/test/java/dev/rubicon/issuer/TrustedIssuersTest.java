package dev.rubicon.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.config.RubiconConfig.Grant;
import dev.rubicon.config.RubiconConfig.Role;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom a JWT is of, and which are of nobody; the issuer is one over loopback. */
class TrustedIssuersTest {
  private static final Grant APPROVES = new Grant(Role.APPROVER, Optional.of("prod"));

  private final TestIssuer issuer = TestIssuer.start();
  private final TrustedIssuers issuers = of(config(issuer, "sub", Optional.empty()));

  @AfterEach
  void stop() {
    issuer.close();
  }

  private static RubiconConfig.Issuer config(
      TestIssuer issuer, String person, Optional<String> realm) {
    return new RubiconConfig.Issuer(
        URI.create(issuer.url()),
        "rubicon",
        Optional.empty(),
        person,
        Optional.of("realm_access.roles"),
        Map.of("dba", List.of(APPROVES)),
        realm,
        Duration.ofSeconds(30));
  }

  private static TrustedIssuers of(RubiconConfig.Issuer... issuers) {
    return new TrustedIssuers(
        new RubiconConfig.Http(
            "127.0.0.1",
            0,
            Map.of("carl", new Secret("a-token-of-carl")),
            Map.of(),
            List.of(issuers)));
  }

  private RubiconException refused(String token, String cause) {
    var refusal = catchThrowableOfType(RubiconException.class, () -> issuers.person(token));
    assertThat(refusal).as(cause).isNotNull();
    assertThat(refusal.code()).as(cause).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(refusal).hasMessageContaining(cause);
    assertThat(refusal.getMessage()).doesNotContain(token);
    return refusal;
  }

  private static Date in(Duration time) {
    return Date.from(Instant.now().plus(time));
  }

  @Test
  void aTokenSaysWhoItIsAndWhatTheRolesMayDo() {
    KnownPerson anna =
        issuers.person(
            issuer.token(
                issuer
                    .claims("anna")
                    .claim("realm_access", Map.of("roles", List.of("dba", "cook")))
                    .build()));
    assertThat(anna)
        .isEqualTo(new KnownPerson("anna", "jwt " + issuer.url() + " anna", List.of(APPROVES)));
    assertThat(issuers.person(issuer.token(issuer.claims("otto").build())).grants()).isEmpty();
    assertThat(issuer.asked()).as("the keys are kept").isOne();

    var byMail = of(config(issuer, "email", Optional.of("corp")));
    var mail = issuer.claims("f3a1").claim("email", "anna@example.org").build();
    assertThat(byMail.person(issuer.token(mail)))
        .extracting(KnownPerson::name, KnownPerson::knownBy)
        .containsExactly("anna@example.org@corp", "jwt " + issuer.url() + " f3a1");
  }

  @Test
  void clocksMayDifferByTheSkewAndNoMore() {
    var justOver = issuer.claims("anna").expirationTime(in(Duration.ofSeconds(-20))).build();
    assertThat(issuers.person(issuer.token(justOver)).name()).isEqualTo("anna");
    refused(
        issuer.token(issuer.claims("anna").expirationTime(in(Duration.ofSeconds(-40))).build()),
        "Expired JWT");
    refused(
        issuer.token(issuer.claims("anna").notBeforeTime(in(Duration.ofSeconds(45))).build()),
        "JWT before use time");
    refused(issuer.token(issuer.claims("anna").expirationTime(null).build()), "exp");
  }

  @Test
  void aTokenForSomebodyElseOrOfSomebodyElseIsRefused() {
    refused(issuer.token(issuer.claims("anna").audience("wiki").build()), "audience");
    refused(issuer.token(issuer.claims("anna").audience((String) null).build()), "aud");
    refused(
        issuer.token(issuer.claims("anna").issuer(issuer.url() + "/").build()),
        "issuer is none of http.issuers");
    refused(issuer.token(issuer.claims(null).build()), "sub");
    refused(issuer.token(issuer.claims("anna\nbob").build()), "no name of a person");
    refused(issuer.token(issuer.claims("carl").build()), "has a token in http.tokens");
    refused("carl", "no JWT");
    refused("a.b.c", "no JWT");
  }

  @Test
  void whatNoKeyOfTheIssuerHasSignedIsRefused() throws Exception {
    JWTClaimsSet anna = issuer.claims("anna").build();
    String key = "no key of its issuer's";
    refused(new PlainJWT(anna).serialize(), key);

    RSAKey other = TestIssuer.newKey("first");
    refused(TestIssuer.signed(header().keyID("first"), anna, other), key);
    refused(TestIssuer.signed(header().jwk(other.toPublicJWK()), anna, other), key);
    refused(TestIssuer.signed(header().keyID("unheard-of"), anna, other), key);

    // The public key, which everybody has, as if it were the secret that both sides share.
    for (byte[] secret :
        List.of(
            issuer.key().toRSAPublicKey().getEncoded(),
            issuer.key().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))) {
      var shared =
          new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(), anna);
      shared.sign(new MACSigner(secret));
      refused(shared.serialize(), key);
    }
    String good = issuer.token(anna);
    String payload =
        java.util.Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                issuer.claims("bob").build().toString().getBytes(StandardCharsets.UTF_8));
    refused(good.replaceFirst("\\.[^.]+\\.", "." + payload + "."), key);
    assertThat(issuers.person(good).name()).isEqualTo("anna");
  }

  private static JWSHeader.Builder header() {
    return new JWSHeader.Builder(JWSAlgorithm.RS256);
  }

  /** Otherwise who runs one issuer could be everybody whom another knows. */
  @Test
  void anIssuersKeyIsNoneForAnother() {
    try (var second = TestIssuer.start()) {
      var both =
          of(config(issuer, "sub", Optional.of("one")), config(second, "sub", Optional.of("two")));
      assertThat(both.person(second.token(second.claims("anna").build())).name())
          .isEqualTo("anna@two");
      String posed = second.token(issuer.claims("anna").build());
      var refusal = catchThrowableOfType(RubiconException.class, () -> both.person(posed));
      assertThat(refusal).isNotNull().hasMessageContaining("no key of its issuer's");
    }
  }

  @Test
  void aNewKeyWorksAtOnceAndStrangersDoNotMakeUsAskForever() {
    String before = issuer.token(issuer.claims("anna").build());
    assertThat(issuers.person(before).name()).isEqualTo("anna");
    issuer.rotate("second");
    assertThat(issuers.person(issuer.token(issuer.claims("anna").build())).name())
        .isEqualTo("anna");
    refused(before, "no key of its issuer's");
    for (int i = 0; i < 20; i++) {
      refused(
          TestIssuer.signed(
              header().keyID("stranger-" + i), issuer.claims("anna").build(), issuer.key()),
          "no key of its issuer's");
    }
    assertThat(issuer.asked()).isLessThanOrEqualTo(3);
  }

  @Test
  void anIssuerThatIsAwayIsNamedAndWhoWasKnownStaysKnown() {
    var fresh = of(config(issuer, "sub", Optional.empty()));
    String token = issuer.token(issuer.claims("anna").build());
    assertThat(issuers.person(token).name()).isEqualTo("anna");
    assertThat(issuers.keys(issuer.url())).isOne();
    issuer.close();
    assertThat(issuers.person(token).name()).isEqualTo("anna");
    for (int i = 0; i < 4; i++) {
      var away = catchThrowableOfType(RubiconException.class, () -> fresh.person(token));
      assertThat(away.code()).isEqualTo(ErrorCode.ISSUER_UNREACHABLE);
      assertThat(away).hasMessageContaining(issuer.url());
    }
    assertThat(catchThrowableOfType(RubiconException.class, () -> fresh.keys(issuer.url())).code())
        .isEqualTo(ErrorCode.ISSUER_UNREACHABLE);
  }
}
