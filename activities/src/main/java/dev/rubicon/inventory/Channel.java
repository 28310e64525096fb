package dev.rubicon.inventory;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.finding.Finding;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In what two databases differ: each channel changes while the others stay as they are. */
public enum Channel {
  /** What there is, and how it is defined. */
  STRUCTURE,
  /** Whether it is in force: invalid indexes, NOT VALID, what is switched off. */
  VALIDITY,
  /** Where sequences stand against the columns that they feed. */
  VALUES;

  private static final Set<ObjectKind> SWITCHED =
      EnumSet.of(ObjectKind.TRIGGER, ObjectKind.RULE, ObjectKind.CONSTRAINT);

  /** As the catalog's queries print it behind the definition. */
  private static final Pattern STATE =
      Pattern.compile("(?s)(.*?)((?: (?:NOT ENFORCED|DISABLED|ENABLED REPLICA|ENABLED ALWAYS))*)");

  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Where a difference lies. */
  public static Channel of(Finding finding) {
    return switch (finding.kind()) {
      case INVALID -> VALIDITY;
      case VALUE_DRIFT -> VALUES;
      case CHANGED -> {
        Optional<String> is = finding.target().map(Channel::withoutState);
        boolean switched =
            SWITCHED.stream().anyMatch(k -> finding.id().startsWith("changed:" + k.word() + ":"));
        yield switched && is.equals(finding.canonical().map(Channel::withoutState))
            ? VALIDITY
            : STRUCTURE;
      }
      case MISSING, EXTRA, HAZARD, UNSUPPORTED, NOTE -> STRUCTURE;
    };
  }

  private static String withoutState(String shown) {
    return split(shown.replaceFirst(" NOT VALID$", "")).group(1);
  }

  /** The entry without whether it is in force. */
  static CatalogEntry structure(CatalogEntry entry) {
    return new CatalogEntry(
        entry.kind(),
        entry.schema(),
        entry.object(),
        entry.part(),
        SWITCHED.contains(entry.kind()) ? split(entry.definition()).group(1) : entry.definition(),
        true,
        entry.of());
  }

  /** Why the entry is not in force, or not as usual; empty where it is. */
  static String state(CatalogEntry entry) {
    String switched =
        SWITCHED.contains(entry.kind()) ? split(entry.definition()).group(2).strip() : "";
    if (entry.valid()) {
      return switched;
    }
    String invalid = entry.kind() == ObjectKind.INDEX ? "INVALID" : "NOT VALID";
    return switched.isEmpty() ? invalid : invalid + " " + switched;
  }

  private static Matcher split(String definition) {
    Matcher matcher = STATE.matcher(definition);
    if (!matcher.matches()) {
      throw new IllegalStateException("every text matches");
    }
    return matcher;
  }
}
