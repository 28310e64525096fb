package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What makes a trigger or a rule, and when it fires.
 *
 * @param create as PostgreSQL prints it
 * @param state {@link #USUAL}, {@code DISABLED}, {@code ENABLED REPLICA} or {@code ENABLED ALWAYS}
 */
public record Firing(String create, String state) {
  public static final String USUAL = "ENABLED";

  private static final Pattern PRINTED =
      Pattern.compile("(?s)(.*?);?(?: (DISABLED|ENABLED REPLICA|ENABLED ALWAYS))?");

  /** Of an entry of kind {@link ObjectKind#TRIGGER} or {@link ObjectKind#RULE}. */
  public static Firing of(CatalogEntry entry) {
    Matcher printed = PRINTED.matcher(entry.definition());
    if (!printed.matches()) {
      throw new IllegalArgumentException("neither trigger nor rule: " + entry.definition());
    }
    return new Firing(printed.group(1), printed.group(2) == null ? USUAL : printed.group(2));
  }
}
