package dev.rubicon.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One object, or part of one, that is not what it was.
 *
 * @param was empty for what came
 * @param is empty for what went
 */
public record CatalogChange(Optional<CatalogEntry> was, Optional<CatalogEntry> is) {

  /** By this name an entry is the same one in two snapshots. */
  public record Key(ObjectKind kind, String schema, String object, String part) {
    public static Key of(CatalogEntry entry) {
      return new Key(entry.kind(), entry.schema(), entry.object(), entry.part());
    }
  }

  public CatalogEntry entry() {
    return is.or(() -> was).orElseThrow();
  }

  /** {@code added:}, {@code removed:} or {@code changed:}, and the entry's name. */
  public String id() {
    String how = was.isEmpty() ? "added:" : is.isEmpty() ? "removed:" : "changed:";
    return how + entry().name();
  }

  /** All that differs, in the order of names. */
  public static List<CatalogChange> between(CatalogSnapshot before, CatalogSnapshot after) {
    Map<Key, CatalogEntry> was = byKey(before);
    Map<Key, CatalogEntry> is = byKey(after);
    var entries = new TreeSet<CatalogEntry>(before.entries());
    entries.addAll(after.entries());
    return entries.stream()
        .map(Key::of)
        .distinct()
        .map(
            key ->
                new CatalogChange(
                    Optional.ofNullable(was.get(key)), Optional.ofNullable(is.get(key))))
        .filter(change -> !change.was().equals(change.is()))
        .toList();
  }

  /** Without the parts of what came or went as a whole. */
  public static List<CatalogChange> whole(List<CatalogChange> changes) {
    Set<String> cameOrWent =
        changes.stream()
            .filter(change -> change.was().isEmpty() || change.is().isEmpty())
            .map(change -> change.entry().name())
            .collect(Collectors.toSet());
    return changes.stream().filter(c -> !cameOrWent.contains(c.entry().of())).toList();
  }

  public static Map<Key, CatalogEntry> byKey(CatalogSnapshot snapshot) {
    var map = new LinkedHashMap<Key, CatalogEntry>();
    snapshot.entries().forEach(entry -> map.put(Key.of(entry), entry));
    return map;
  }
}
