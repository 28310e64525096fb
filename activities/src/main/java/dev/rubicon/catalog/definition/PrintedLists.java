package dev.rubicon.catalog.definition;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code column IN ('a', 'b')} of a varchar column: PostgreSQL prints it with one cast of the whole
 * array, and where it has read that (after a dump and a restore) with a cast of each element. Both
 * say the same.
 */
public final class PrintedLists {
  private static final String ELEMENT =
      "(?:'(?:[^']|'')*'::character varying|NULL::character varying)";
  private static final Pattern AS_A_WHOLE =
      Pattern.compile("\\(ARRAY\\[(" + ELEMENT + "(?:, " + ELEMENT + ")*)]\\)::text\\[]");
  private static final Pattern EACH = Pattern.compile(ELEMENT);

  private PrintedLists() {}

  /** As it is printed after a dump and a restore. */
  public static String restored(String definition) {
    return AS_A_WHOLE
        .matcher(definition)
        .replaceAll(
            list ->
                Matcher.quoteReplacement(
                    "ARRAY["
                        + EACH.matcher(list.group(1))
                            .replaceAll(
                                one -> Matcher.quoteReplacement("(" + one.group() + ")::text"))
                        + "]"));
  }
}
