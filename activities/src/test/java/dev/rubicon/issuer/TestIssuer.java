package dev.rubicon.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer of a test's own: OpenID configuration and keys over loopback, tokens by its key. */
public final class TestIssuer implements AutoCloseable {
  private final HttpServer server;
  private final List<JWK> shown = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private RSAKey key;

  private TestIssuer(HttpServer server) {
    this.server = server;
  }

  public static TestIssuer start() {
    try {
      var issuer =
          new TestIssuer(
              HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
      issuer.rotate("first");
      issuer.serve("/.well-known/openid-configuration", issuer::configuration);
      issuer.serve(
          "/keys",
          () -> {
            issuer.asked.incrementAndGet();
            return new JWKSet(issuer.shown).toString();
          });
      issuer.server.start();
      return issuer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(String path, java.util.function.Supplier<String> body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private String configuration() {
    return "{\"issuer\": \"" + url() + "\", \"jwks_uri\": \"" + url() + "/keys\"}";
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How often the keys were fetched. */
  int asked() {
    return asked.get();
  }

  RSAKey key() {
    return key;
  }

  /** From now on it shows that key alone, and signs with it. */
  void rotate(String id) {
    key = newKey(id);
    shown.clear();
    shown.add(key.toPublicJWK());
  }

  static RSAKey newKey(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What it says of somebody, for rubicon, good for a minute. */
  public JWTClaimsSet.Builder claims(String subject) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(url())
        .subject(subject)
        .audience("rubicon")
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(60)));
  }

  public String token(JWTClaimsSet claims) {
    return signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()), claims, key);
  }

  static String signed(JWSHeader.Builder header, JWTClaimsSet claims, RSAKey with) {
    try {
      var jwt = new SignedJWT(header.build(), claims);
      jwt.sign(new RSASSASigner(with));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
