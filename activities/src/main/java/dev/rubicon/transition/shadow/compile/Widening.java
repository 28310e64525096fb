package dev.rubicon.transition.shadow.compile;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a column of one type holds every value of another as it is, or refuses it with an error.
 * PostgreSQL's assignment rounds numbers and times, and reads others by the session's settings,
 * without an error: the owner must write that as an {@code up}.
 *
 * <p>Source: PostgreSQL documentation, section 10.4, "Value Storage", and chapter 8.
 */
public final class Widening {
  private static final Pattern PRINTED =
      Pattern.compile("([^(\\[]+?)(?:\\(([-\\d]+)(?:,([-\\d]+))?\\))?( with(?:out)? time zone)?");

  private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");
  private static final Set<String> TEXTS = Set.of("text", "character varying");
  private static final Set<String> MOMENTS = Set.of("timestamp", "time", "interval");

  private Widening() {}

  /** Types as {@code format_type()} prints them. */
  public static boolean keeps(String from, String to) {
    if (from.equals(to)) {
      return true;
    }
    if (from.endsWith("[]") && to.endsWith("[]")) {
      return keeps(from.substring(0, from.length() - 2), to.substring(0, to.length() - 2));
    }
    Optional<Type> is = Type.parse(from);
    Optional<Type> becomes = Type.parse(to);
    return is.isPresent() && becomes.isPresent() && is.get().fits(becomes.get());
  }

  /**
   * @param name without its modifiers
   * @param size length or precision
   */
  private record Type(String name, Optional<Integer> size, Optional<Integer> scale) {
    static Optional<Type> parse(String printed) {
      Matcher matcher = PRINTED.matcher(printed);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      String zone = matcher.group(4) == null ? "" : matcher.group(4);
      return Optional.of(
          new Type(
              matcher.group(1) + zone,
              Optional.ofNullable(matcher.group(2)).map(Integer::parseInt),
              Optional.ofNullable(matcher.group(3)).map(Integer::parseInt)));
    }

    private boolean whole() {
      return INTEGERS.contains(name)
          || name.equals("numeric") && size.isPresent() && scale.orElse(0) <= 0;
    }

    private boolean text() {
      return TEXTS.contains(name) || name.equals("citext") || name.endsWith(".citext");
    }

    /** An error is not silent: lengths and ranges need not fit, what is rounded must. */
    boolean fits(Type to) {
      if (INTEGERS.contains(to.name)) {
        return whole();
      }
      if (to.name.equals("numeric")) {
        return to.size.isEmpty()
            ? INTEGERS.contains(name) || name.equals("numeric")
            : to.scale.orElse(0) >= 0
                && (whole()
                    || name.equals("numeric")
                        && size.isPresent()
                        && to.scale.orElse(0) >= scale.orElse(0));
      }
      if (to.name.equals("double precision")) {
        return Set.of("real", "smallint", "integer").contains(name);
      }
      if (to.name.equals("real")) {
        return name.equals("smallint");
      }
      if (to.text()) {
        return text() || name.equals("character");
      }
      if (to.name.equals("character")) {
        return name.equals("character") && to.length() >= length();
      }
      if (to.name.startsWith("bit")) {
        return name.startsWith("bit");
      }
      boolean moment = MOMENTS.contains(to.name.split(" ")[0]);
      return moment
          && (name.equals(to.name) && to.size.orElse(6) >= size.orElse(6)
              || name.equals("date") && to.name.equals("timestamp without time zone"));
    }

    private int length() {
      return size.orElse(1);
    }
  }
}
