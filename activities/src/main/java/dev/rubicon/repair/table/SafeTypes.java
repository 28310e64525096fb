package dev.rubicon.repair.table;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which changes of a type leave the rows as they lie, and need not look at them. */
final class SafeTypes {
  private static final Pattern TYPE =
      Pattern.compile("([a-z ]+?)(?:\\((\\d+)(?:,(\\d+))?\\))?( w.*)?");

  /** Stored alike: from, to. */
  private static final Map<String, Set<String>> ALIKE =
      Map.of(
          "character varying", Set.of("text", "character varying"),
          "text", Set.of("character varying", "text"),
          "cidr", Set.of("inet", "cidr"));

  private static final Set<String> WIDER =
      Set.of("character varying", "bit varying", "numeric", "timestamp", "time", "interval");

  private SafeTypes() {}

  static boolean keepsRows(String from, String to) {
    if (from.equals(to)) {
      return true;
    }
    Matcher ours = TYPE.matcher(from);
    Matcher theirs = TYPE.matcher(to);
    if (!ours.matches() || !theirs.matches() || !same(ours.group(4), theirs.group(4))) {
      return false;
    }
    boolean unlimited = theirs.group(2) == null;
    if (!ours.group(1).equals(theirs.group(1))) {
      return unlimited && ALIKE.getOrDefault(ours.group(1), Set.of()).contains(theirs.group(1));
    }
    if (!WIDER.contains(ours.group(1))) {
      return false;
    }
    return unlimited
        || ours.group(2) != null
            && Integer.parseInt(ours.group(2)) <= Integer.parseInt(theirs.group(2))
            && same(ours.group(3), theirs.group(3));
  }

  private static boolean same(String one, String other) {
    return one == null ? other == null : one.equals(other);
  }
}
