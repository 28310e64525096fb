package dev.rubicon.runbook;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The canonical relation of a shadow transition.
 *
 * @param to its name from the cutover on, {@code schema.name}
 * @param builtAs its name until then, where that differs: the cutover renames it
 * @param legacyName what becomes of the legacy relation's name at the cutover
 * @param foreignKeys added once every row is there: before, they would refuse rows whose
 *     counterpart has not been copied yet
 * @param rows which legacy rows have a counterpart, as a condition over legacy's row; all if empty.
 *     So one relation is split into several.
 * @param canonicalRows which canonical rows have a counterpart, as a condition over canonical's
 *     row; all if empty. So several relations are merged into one.
 * @param partOf whose row holds more than the other's
 * @param names of constraints, indexes and identity sequences until the cutover, to those that they
 *     get with it
 */
public record Shadow(
    String to,
    Optional<String> builtAs,
    LegacyName legacyName,
    List<ForeignKey> foreignKeys,
    Optional<String> rows,
    Optional<String> canonicalRows,
    PartOf partOf,
    Map<String, String> names) {
  public Shadow {
    foreignKeys = List.copyOf(foreignKeys);
    // One of a history that an earlier version began has none.
    names = names == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(names));
  }

  /** One relation for one relation, row by row. */
  public Shadow(
      String to, Optional<String> builtAs, LegacyName legacyName, List<ForeignKey> foreignKeys) {
    this(to, builtAs, legacyName, foreignKeys, Optional.empty(), Optional.empty(), PartOf.NEITHER);
  }

  /** With the names that canonical's definition gives. */
  public Shadow(
      String to,
      Optional<String> builtAs,
      LegacyName legacyName,
      List<ForeignKey> foreignKeys,
      Optional<String> rows,
      Optional<String> canonicalRows,
      PartOf partOf) {
    this(to, builtAs, legacyName, foreignKeys, rows, canonicalRows, partOf, Map.of());
  }

  /** The name under which the canonical relation stands before the cutover. */
  public String before() {
    return builtAs.orElse(to);
  }
}
