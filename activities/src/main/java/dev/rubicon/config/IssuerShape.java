package dev.rubicon.config;

import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Lists.map;
import static dev.rubicon.yaml.Scalars.matching;
import static dev.rubicon.yaml.Scalars.text;

import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An issuer of JWTs. */
final class IssuerShape {
  private final ConfigValues values;

  IssuerShape(ConfigValues values) {
    this.values = values;
  }

  Decoder<RubiconConfig.Issuer> issuer() {
    var keys = new Keys();
    var issuer = keys.required("issuer", values.uri(), "as its tokens name it (iss)");
    var audience = keys.required("audience", values.text(), "whom a token must be for (aud)");
    var jwks =
        keys.optional(
            "jwks",
            values.uri(),
            "where its public keys are; left out: what ISSUER/.well-known/openid-configuration"
                + " says");
    var person = keys.or("person", claim(), "sub", "the claim that names the person");
    var roles =
        keys.optional("roles-claim", claim(), "the claim that has roles; a.b for one in another");
    var grants =
        keys.or(
            "grants",
            map(text(), list(CallersShape.grant())),
            "{}",
            "role of that claim to what it may do, as under roles");
    var realm =
        keys.optional(
            "realm",
            matching("^[a-z0-9][a-z0-9-]{0,30}$", "a realm's name (lower case, up to 31)"),
            "a person is NAME@REALM; needed where there is more than one issuer");
    var skew =
        keys.or(
            "clock-skew",
            Durations.positive(),
            "30s",
            "by how much its clock may differ, up to 5m");
    return keys.into(
        v -> {
          for (var url : List.of(Optional.of(v.get(issuer)), v.get(jwks))) {
            if (url.filter(u -> !secured(u)).isPresent()) {
              v.problem(
                  issuer, "is not https, and not on this machine: anybody on the way could be it");
            }
          }
          if (v.get(skew).compareTo(java.time.Duration.ofMinutes(5)) > 0) {
            v.problem(skew, "is more than 5m: a token would be good for longer than it says");
          }
          if (v.has(roles) != v.has(grants)) {
            v.problem(v.has(roles) ? roles : grants, "roles-claim and grants belong together");
          }
          return new RubiconConfig.Issuer(
              v.get(issuer),
              v.get(audience),
              v.get(jwks),
              v.get(person),
              v.get(roles),
              v.get(grants),
              v.get(realm),
              v.get(skew));
        });
  }

  private static Decoder<String> claim() {
    return matching("^[^\\s.]+(\\.[^\\s.]+)*$", "a claim's name");
  }

  private static boolean secured(URI url) {
    return "https".equals(url.getScheme())
        || url.getHost() != null && CallersShape.loopback(url.getHost().replaceAll("[\\[\\]]", ""));
  }

  /** What is wrong with all of them together. */
  static Optional<String> together(List<RubiconConfig.Issuer> issuers, boolean roles) {
    // It knows everybody who has an account there.
    if (!roles && issuers.stream().anyMatch(issuer -> issuer.roles().isEmpty())) {
      return Optional.of(
          "say who may do what: 'roles' by name, or 'roles-claim' and 'grants' of each issuer");
    }
    Set<Object> seen = new HashSet<>();
    for (RubiconConfig.Issuer issuer : issuers) {
      if (!seen.add(issuer.issuer())) {
        return Optional.of("name the same issuer twice");
      }
      if (issuers.size() > 1 && (issuer.realm().isEmpty() || !seen.add(issuer.realm()))) {
        return Optional.of("could name different people alike: give each issuer its own 'realm'");
      }
    }
    return Optional.empty();
  }
}
