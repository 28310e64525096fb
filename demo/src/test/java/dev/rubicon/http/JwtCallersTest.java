package dev.rubicon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.rubicon.cli.Answer;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.e2e.TestSite;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** People whom an issuer knows decide through the API; its keys are served over loopback. */
@Timeout(300)
final class JwtCallersTest {
  private static TestSite site;
  private static WorkerProcess worker;
  private static HttpServer issuer;
  private static RSAKey key;

  @BeforeAll
  static void start() throws Exception {
    key = new RSAKeyGenerator(2048).keyID("one").generate();
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
    issuer.createContext(
        "/keys",
        exchange -> {
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    issuer.start();
    site = TestSite.start(50, TemporalChoice.IN_PROCESS);
    Path file = site.folder.resolve("issuer.yaml");
    Files.writeString(
        file,
        Files.readString(site.configFile)
            .replace("identity: trusted-host\n", "")
            .replace(
                "http:\n",
                """
                http:
                  roles: {otto: [operator@prod]}
                  issuers:
                    - issuer: "%s"
                      audience: rubicon
                      jwks: "%s/keys"
                      roles-claim: groups
                      grants: {release: [requester], dba: [approver@prod], ops: [operator@other]}
                """
                    .formatted(url(), url())));
    worker = WorkerProcess.start(ConfigReader.read(file, Map.of()), true);
  }

  @AfterAll
  static void stop() {
    worker.close();
    site.close();
    issuer.stop(0);
  }

  private static String url() {
    return "http://127.0.0.1:" + issuer.getAddress().getPort();
  }

  private static String token(String subject, Instant until, List<String> groups)
      throws JOSEException {
    var jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(),
            new JWTClaimsSet.Builder()
                .issuer(url())
                .subject(subject)
                .audience("rubicon")
                .expirationTime(Date.from(until))
                .claim("groups", groups)
                .build());
    jwt.sign(new RSASSASigner(key));
    return jwt.serialize();
  }

  /** As that person types it, who has nothing but a token of the issuer. */
  private static Answer command(String token, String... arguments) {
    return Answer.as(
        Map.of("RUBICON_SERVER", worker.url().orElseThrow(), "RUBICON_TOKEN", token),
        site.folder.resolve("there-is-none.yaml"),
        arguments);
  }

  private static String good(String subject, String... groups) throws JOSEException {
    return token(subject, Instant.now().plusSeconds(120), List.of(groups));
  }

  private static void forbidden(Answer answer, String words) {
    assertThat(answer.err()).contains("FORBIDDEN: ", words);
    assertThat(answer.exit()).isEqualTo(ErrorCode.Exit.POLICY);
  }

  @Test
  void anIssuersPeopleDecideByTheirRolesAndTheTrailSaysHowTheyWereKnown() throws Exception {
    String runbook = site.checksCanonical("20s").toString();
    String[] launch = {"launch", "-t", "prod", "--runbook", runbook};
    forbidden(command(good("anna", "dba"), launch), "anna is no requester of prod");
    forbidden(command(good("gast"), launch), "gast has no role here");
    forbidden(command(good("gast", "cooks"), launch), "gast has no role here");
    String expired = token("rita", Instant.now().minusSeconds(60), List.of("release"));
    assertThat(command(expired, launch).err()).contains("UNAUTHENTICATED: ", "Expired JWT");
    Answer launched = command(good("rita", "release", "dba"), launch);
    assertThat(launched.exit()).as(launched.err()).isZero();
    assertThat(site.rollouts.status(TestSite.TARGET).requestedBy()).isEqualTo("rita");

    site.signOff(List.of("mapping-decided", "pqs-backfill-ticket", "stakeholders-informed"));
    String digest = site.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    String[] approve = {
      "approve", "-t", "prod", "--gate", "expand", "--digest", digest, "-r", "looked at it"
    };
    assertThat(command(good("rita", "dba"), approve).err())
        .contains("rita launched this rollout and may not approve it");
    Answer approved = command(good("anna", "dba"), approve);
    assertThat(approved.exit()).as(approved.err()).isZero();
    assertThat(approved.err()).contains("recorded as anna");
    assertThat(
            site.rollouts.ledger().audit().chain().stream()
                .filter(entry -> entry.action().equals("approved"))
                .map(entry -> entry.actor() + " " + entry.detail()))
        .singleElement()
        .asString()
        .startsWith("anna ")
        .contains("jwt " + url() + " anna", "verified")
        .doesNotContain("eyJ");

    String[] abort = {"abort", "-t", "prod", "-r", "enough"};
    forbidden(command(good("olga", "ops"), abort), "olga is no operator of prod");
    Answer aborted = command(good("otto"), abort);
    assertThat(aborted.exit()).as("a role by name; " + aborted.err()).isZero();
  }
}
