package dev.rubicon.client;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.issuer.TrustedIssuers;
import dev.rubicon.message.Proof;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The caller: the operating system's user, who only says who that is, or the name that the worker's
 * {@code rubicon.yaml} gives to a token, or that an issuer of it gives to a person.
 *
 * @param knownBy how the caller is known ({@link Proof})
 */
public record Principal(String name, String knownBy) {
  private static final String HASHED = "sha256:";

  /** One who only says who it is. */
  public Principal(String name) {
    this(name, Proof.ASSERTED);
  }

  /** The principal of this process. */
  public static Principal ofProcess(RubiconConfig config, Map<String, String> environment) {
    String token = environment.get("RUBICON_TOKEN");
    if (token == null || token.isBlank()) {
      return ofUser(environment);
    }
    if (!config.http().issuers().isEmpty() && ofToken(config, token.strip()).isEmpty()) {
      var person = new TrustedIssuers(config.http()).person(token.strip());
      return new Principal(person.name(), person.knownBy());
    }
    return ofToken(config, token.strip())
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.APPROVAL_REFUSED,
                    "RUBICON_TOKEN is none of the tokens under http.tokens in rubicon.yaml",
                    "unset RUBICON_TOKEN to act as the operating system's user, or correct it"));
  }

  /**
   * The operating system's user; behind sudo, the user who called it. Root may act as any user
   * anyway, so trusting {@code SUDO_USER} of a root process weakens nothing.
   */
  public static Principal ofUser(Map<String, String> environment) {
    String user = System.getProperty("user.name");
    String caller = environment.get("SUDO_USER");
    boolean sudo = "root".equals(user) && caller != null && !caller.isBlank();
    return new Principal(sudo ? caller : user);
  }

  /** The principal whose token it is; every token is compared, by its hash and in constant time. */
  public static Optional<Principal> ofToken(RubiconConfig config, String token) {
    byte[] given = hash(token);
    Optional<Principal> found = Optional.empty();
    for (var entry : config.http().tokens().entrySet()) {
      if (MessageDigest.isEqual(given, expected(entry.getValue().reveal()))) {
        found = Optional.of(new Principal(entry.getKey(), Proof.TOKEN));
      }
    }
    return found;
  }

  private static byte[] expected(String configured) {
    return configured.startsWith(HASHED)
        ? HexFormat.of().parseHex(configured.substring(HASHED.length()))
        : hash(configured);
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
