package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Canonical that nobody has written down: what the target has now, and what the rollout makes of
 * it. That is tried on a copy, and a copy lacks some things, such as a grant to a role that staging
 * has not; so what the rollout leaves alone is taken from the target.
 */
final class DerivedCanonical {
  private DerivedCanonical() {}

  /**
   * @param target as it is
   * @param before the copy of it
   * @param after the copy as the finished rollout leaves it
   */
  static CatalogSnapshot of(CatalogSnapshot target, CatalogSnapshot before, CatalogSnapshot after) {
    Map<String, CatalogEntry> was = byName(before);
    Map<String, CatalogEntry> is = byName(after);
    var derived = new ArrayList<CatalogEntry>();
    for (CatalogEntry entry : target.entries()) {
      Optional<CatalogEntry> old = Optional.ofNullable(was.get(entry.name()));
      Optional<CatalogEntry> now = Optional.ofNullable(is.get(entry.name()));
      if (old.equals(now)) {
        derived.add(entry);
      } else {
        now.ifPresent(derived::add);
      }
      is.remove(entry.name());
    }
    // What the target has not, the rollout brings; or the copy alone has it, before as after.
    is.values().stream().filter(entry -> !was.containsKey(entry.name())).forEach(derived::add);
    return new CatalogSnapshot(derived);
  }

  private static Map<String, CatalogEntry> byName(CatalogSnapshot snapshot) {
    var entries = new HashMap<String, CatalogEntry>();
    snapshot.entries().forEach(entry -> entries.put(entry.name(), entry));
    return entries;
  }
}
