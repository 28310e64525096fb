package dev.rubicon.report;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Text as HTML and SVG may hold it, and numbers and times as people read them. */
final class Markup {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DecimalFormatSymbols SYMBOLS = DecimalFormatSymbols.getInstance(Locale.ROOT);

  private Markup() {}

  /** For element content and for attribute values in either quotes. */
  static String esc(String text) {
    var out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                  // Control characters have no place in a page, and no way to be seen.
                  boolean control = c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0;
                  out.appendCodePoint(control || c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
                }
              }
            });
    return out.toString();
  }

  static String moment(Instant at) {
    return MOMENT.format(at);
  }

  static String day(Instant at) {
    return DAY.format(at);
  }

  static String clock(Instant at) {
    return CLOCK.format(at);
  }

  static String duration(Duration took) {
    double seconds = took.toMillis() / 1000.0;
    if (seconds < 1) {
      return took.toMillis() + " ms";
    }
    if (seconds < 60) {
      return decimal(seconds, "0.0") + " s";
    }
    if (seconds < 3600) {
      return took.toMinutes() + " min " + took.toSecondsPart() + " s";
    }
    return took.toHours() < 48
        ? took.toHours() + " h " + took.toMinutesPart() + " min"
        : took.toDays() + " d " + took.toHoursPart() + " h";
  }

  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? decimal(value, "#,##0")
        : decimal(value, "#,##0.###");
  }

  /** For coordinates. */
  static String px(double value) {
    return decimal(value, "0.#");
  }

  private static String decimal(double value, String pattern) {
    return new DecimalFormat(pattern, SYMBOLS).format(value);
  }

  /** {@code rowsPerSecond} and {@code constraint-locks} become words; names in SQL stay. */
  static String words(String key) {
    if (!key.matches("[A-Za-z0-9-]+")) {
      return key;
    }
    String spaced = key.replaceAll("([a-z0-9])([A-Z])", "$1 $2").replace('-', ' ');
    return spaced.equals(key) ? key : spaced.toLowerCase(Locale.ROOT);
  }

  static String pill(String kind, String text) {
    return "<span class=\"pill " + kind + "\">" + esc(text) + "</span>";
  }

  /** Cut in the middle of long words only by the browser; the whole stands in the title. */
  static String shortened(String text, int most) {
    return text.length() <= most
        ? esc(text)
        : "<span title=\"" + esc(text) + "\">" + esc(text.substring(0, most)) + "…</span>";
  }

  static String outcome(String outcome) {
    return pill(
        switch (outcome) {
          case "done" -> "good";
          case "failed" -> "bad";
          default -> "plain";
        },
        outcome);
  }

  static String figure(String svg) {
    return "<figure>" + svg + "</figure>";
  }

  static String none(String text) {
    return "<p class=\"none\">" + esc(text) + "</p>";
  }

  static String low(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
