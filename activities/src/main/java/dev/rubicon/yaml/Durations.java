package dev.rubicon.yaml;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 150ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 7d}. */
public final class Durations {
  private static final String FORM = "^[0-9]{1,9}(ms|s|m|h|d)$";
  private static final String POSITIVE_FORM = "^0*[1-9][0-9]{0,8}(ms|s|m|h|d)$";
  private static final Pattern PATTERN = Pattern.compile("^([0-9]{1,9})(ms|s|m|h|d)$");

  private Durations() {}

  /** May be zero. */
  public static Decoder<Duration> duration() {
    return Scalars.parsed(FORM, "a duration such as 150ms, 10s, 5m, 24h or 7d", Durations::parse);
  }

  /** Zero makes no sense here. */
  public static Decoder<Duration> positive() {
    return Scalars.parsed(
        POSITIVE_FORM,
        "a duration above zero such as 150ms, 10s, 5m, 24h or 7d",
        text -> {
          Duration duration = parse(text);
          if (duration.isZero()) {
            throw new IllegalArgumentException("zero");
          }
          return duration;
        });
  }

  /**
   * @throws IllegalArgumentException when it is none
   */
  public static Duration parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no duration");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }
}
