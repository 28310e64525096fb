package dev.rubicon.client;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;

/**
 * The caller. Never an argument: the operating system's user, or the name that {@code rubicon.yaml}
 * gives to the token in {@code RUBICON_TOKEN}.
 */
public record Principal(String name) {

  /** The principal of this process. */
  public static Principal ofProcess(RubiconConfig config, Map<String, String> environment) {
    String token = environment.get("RUBICON_TOKEN");
    if (token == null || token.isBlank()) {
      return ofUser(environment);
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

  /** The principal whose token it is; every token is compared, in constant time. */
  public static Optional<Principal> ofToken(RubiconConfig config, String token) {
    byte[] given = token.getBytes(StandardCharsets.UTF_8);
    Optional<Principal> found = Optional.empty();
    for (var entry : config.http().tokens().entrySet()) {
      byte[] expected = entry.getValue().reveal().getBytes(StandardCharsets.UTF_8);
      if (MessageDigest.isEqual(given, expected)) {
        found = Optional.of(new Principal(entry.getKey()));
      }
    }
    return found;
  }
}
