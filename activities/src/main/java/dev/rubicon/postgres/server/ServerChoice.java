package dev.rubicon.postgres.server;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which of several hosts of a URL is taken. The driver and libpq have a parameter each, of the same
 * meaning; a URL may have either.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html">PostgreSQL
 *     documentation, 34.1.2 Parameter Key Words</a>
 */
public final class ServerChoice {
  private static final String DRIVERS = "targetServerType";
  private static final Pattern LIBPQS = Pattern.compile("target_session_attrs=([^&]*)");
  private static final Pattern HOSTS = Pattern.compile("^jdbc:postgresql://[^/?]*,");

  private static final Map<String, String> TO_DRIVER =
      Map.of(
          "any", "any",
          "read-write", "primary",
          "primary", "primary",
          "read-only", "secondary",
          "standby", "secondary",
          "prefer-standby", "preferSecondary");

  /** With the driver's older words. */
  private static final Map<String, String> TO_LIBPQ =
      Map.of(
          "any", "any",
          "primary", "primary",
          "master", "primary",
          "secondary", "standby",
          "slave", "standby",
          "preferSecondary", "prefer-standby",
          "preferSlave", "prefer-standby",
          "preferPrimary", "any");

  private ServerChoice() {}

  /**
   * The URL as the driver understands it. Of several hosts it takes the primary unless something
   * else is said: on a standby Rubicon can do nothing.
   *
   * @return empty where {@code target_session_attrs} says what libpq does not know
   */
  public static Optional<String> forDriver(String url) {
    Matcher libpqs = LIBPQS.matcher(url);
    if (libpqs.find()) {
      return Optional.ofNullable(TO_DRIVER.get(libpqs.group(1)))
          .map(word -> libpqs.replaceFirst(DRIVERS + "=" + word));
    }
    return Optional.of(
        !HOSTS.matcher(url).find() || url.contains(DRIVERS + "=")
            ? url
            : url + (url.contains("?") ? "&" : "?") + DRIVERS + "=primary");
  }

  /**
   * @param driver value of {@code targetServerType}
   */
  public static Optional<String> forLibpq(String driver) {
    return Optional.ofNullable(TO_LIBPQ.get(driver));
  }
}
