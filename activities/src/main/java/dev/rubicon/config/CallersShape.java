package dev.rubicon.config;

import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Lists.map;
import static dev.rubicon.yaml.Scalars.matching;
import static dev.rubicon.yaml.Scalars.number;

import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Keys;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Who may call the HTTP API, and with which keys decisions are signed and checked. */
final class CallersShape {
  private final ConfigValues values;

  CallersShape(ConfigValues values) {
    this.values = values;
  }

  Decoder<RubiconConfig.Http> http() {
    var keys = new Keys();
    var host = keys.or("host", values.text(), "127.0.0.1", "address to listen on");
    var port = keys.or("port", number(0, 65_535), "8787", "port; 0 takes a free one");
    var tokens =
        keys.or(
            "tokens",
            map(
                matching("^[A-Za-z0-9][A-Za-z0-9@._-]{0,62}$", "a principal's name"),
                values.secretOrHash()),
            "{}",
            "principal to token, ${NAME} or file:path, or to sha256: and its SHA-256");
    var roles =
        keys.or(
            "roles",
            map(
                matching("^[A-Za-z0-9][A-Za-z0-9@._+|:-]{0,126}$", "a principal's name"),
                list(grant())),
            "{}",
            "principal to observer, requester, approver, operator, each with @TARGET for one"
                + " target only; left out: everybody who has a token may do everything");
    var issuers =
        keys.or("issuers", list(new IssuerShape(values).issuer()), "[]", "whose JWTs are believed");
    return keys.into(
        v -> {
          if (!loopback(v.get(host)) && !v.has(tokens) && !v.has(issuers)) {
            v.problem(host, "is not loopback, so 'tokens' must say who may call");
          }
          IssuerShape.together(v.get(issuers), !v.get(roles).isEmpty())
              .ifPresent(problem -> v.problem(issuers, problem));
          return new RubiconConfig.Http(
              v.get(host),
              Math.toIntExact(v.get(port)),
              v.get(tokens),
              v.get(roles),
              v.get(issuers));
        });
  }

  static Decoder<RubiconConfig.Grant> grant() {
    Decoder<String> text =
        matching(
            "^(observer|requester|approver|operator)(@[a-z0-9][a-z0-9_-]{0,62})?$",
            "observer, requester, approver or operator, with @TARGET for one target only");
    return Decoder.of(
        text::schema,
        (node, reading) ->
            text.decode(node, reading)
                .map(
                    written -> {
                      String[] parts = written.split("@", 2);
                      return new RubiconConfig.Grant(
                          RubiconConfig.Role.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                          parts.length == 2 ? Optional.of(parts[1]) : Optional.empty());
                    }));
  }

  static boolean loopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      // Literal addresses only: a name would be looked up, and may change its mind.
      return host.matches("[0-9.]+|[0-9a-fA-F:]+")
          && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  Decoder<Function<Boolean, RubiconConfig.Signing>> signing() {
    var keys = new Keys();
    var key =
        keys.optional(
            "key",
            values.path(),
            "PEM file (Ed25519, mode 600) that this worker signs decisions with");
    var trusted =
        keys.or(
            "trusted",
            list(values.path()),
            "[]",
            "PEM files with other workers' public keys; this worker's own is trusted, too");
    return keys.into(
        v -> trustsHost -> new RubiconConfig.Signing(v.get(key), v.get(trusted), trustsHost));
  }
}
