package dev.rubicon.issuer;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.rubicon.config.RubiconConfig;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;

/** An issuer's public keys, fetched; where they are says the configuration, or the issuer. */
final class IssuerKeys implements JWKSetSource<SecurityContext> {
  private static final int MILLIS = 5_000;
  private static final int BYTES = 256 << 10;
  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private final DefaultResourceRetriever http = new DefaultResourceRetriever(MILLIS, MILLIS, BYTES);
  private final RubiconConfig.Issuer issuer;
  private volatile boolean seen;

  IssuerKeys(RubiconConfig.Issuer issuer) {
    this.issuer = issuer;
  }

  /** Whether they were fetched ever. */
  boolean seen() {
    return seen;
  }

  @Override
  public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, SecurityContext context)
      throws KeySourceException {
    // Where they are is asked each time: an issuer may move them.
    try (var keys = new URLBasedJWKSetSource<SecurityContext>(place(), http)) {
      JWKSet set = keys.getJWKSet(refresh, now, context);
      seen = true;
      return set;
    } catch (IOException e) {
      throw new JWKSetRetrievalException(e.getMessage(), e);
    }
  }

  private URL place() throws JWKSetRetrievalException {
    try {
      if (issuer.keys().isPresent()) {
        return issuer.keys().get().toURL();
      }
      String base = issuer.issuer().toString().replaceFirst("/$", "");
      var found =
          JSONObjectUtils.parse(
              http.retrieveResource(URI.create(base + DISCOVERY).toURL()).getContent());
      if (!issuer.issuer().toString().equals(JSONObjectUtils.getString(found, "issuer"))) {
        throw new JWKSetRetrievalException("its OpenID configuration is another issuer's", null);
      }
      URI keys = JSONObjectUtils.getURI(found, "jwks_uri");
      if (keys == null || !keys.isAbsolute()) {
        throw new JWKSetRetrievalException("its OpenID configuration names no jwks_uri", null);
      }
      if (issuer.issuer().getScheme().equals("https") && !"https".equals(keys.getScheme())) {
        throw new JWKSetRetrievalException("its jwks_uri is not https", null);
      }
      return keys.toURL();
    } catch (MalformedURLException e) {
      throw new JWKSetRetrievalException("its keys are nowhere that can be asked", e);
    } catch (IOException | ParseException e) {
      throw new JWKSetRetrievalException("its OpenID configuration cannot be read", e);
    }
  }

  @Override
  public void close() {}
}
