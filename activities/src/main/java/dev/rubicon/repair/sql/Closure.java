package dev.rubicon.repair.sql;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.ColumnDefinition.Default;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must go, if only for a moment: what is replaced or dropped, its parts, and whatever
 * PostgreSQL would not let go of it. Each remembers the findings that it goes for.
 */
public final class Closure {
  private final Side from;
  private final Side to;
  private final Map<String, Set<String>> goes = new TreeMap<>();
  private final Map<String, Set<String>> detached = new TreeMap<>();
  private final Map<String, Set<String>> retyped = new HashMap<>();
  private final Map<String, String> refused = new TreeMap<>();

  private final Set<String> dropped;

  /**
   * @param dropped names of what goes for good, for its own sake
   */
  public Closure(Side from, Side to, Set<String> dropped) {
    this.from = from;
    this.to = to;
    this.dropped = dropped;
  }

  /** Whether it is gone in the end, with or without the difference at hand. */
  private boolean leaves(CatalogEntry entry) {
    return dropped.contains(entry.name()) || from.find(entry.of()).filter(this::leaves).isPresent();
  }

  /** Entries of the target that are dropped, to the ids of findings. */
  public Map<String, Set<String>> goes() {
    return goes;
  }

  /** Columns that lose their default for a moment. */
  public Map<String, Set<String>> detached() {
    return detached;
  }

  /** Ids of findings that something in their way keeps from being fixed, and what. */
  public Map<String, String> refused() {
    return refused;
  }

  /** Whether something that it is a part of, or has from its parent, goes: then it goes as well. */
  public boolean implied(CatalogEntry entry) {
    // A publication outlives its last table: empty, and then a difference of its own.
    if (entry.kind() == ObjectKind.PUBLICATION
        && to.of(ObjectKind.PUBLICATION).stream().noneMatch(p -> p.part().equals(entry.part()))) {
      return false;
    }
    return goes.containsKey(entry.of())
        || from.inheritedFrom(entry.name()).filter(goes::containsKey).isPresent();
  }

  public void go(String name, String cause) {
    var family = new TreeSet<String>();
    family(withParent(name), cause, family);
    family.forEach(one -> from.users(one).forEach(user -> goFor(user, one, cause)));
  }

  /** What a partition has attached goes only with its parent's. */
  private String withParent(String name) {
    return from.inheritedFrom(name)
        .filter(parent -> !name.startsWith("column:"))
        .map(this::withParent)
        .orElse(name);
  }

  /** Its parts, and what partitions and heirs have of it, go without a word of their own. */
  private void family(String name, String cause, Set<String> family) {
    if (from.has(name) && goes.computeIfAbsent(name, ignored -> new TreeSet<>()).add(cause)) {
      family.add(name);
      from.children(name).forEach(child -> family(child, cause, family));
      from.heirs(name).forEach(heir -> family(heir, cause, family));
    }
  }

  /** A type, or a column's, becomes another one. */
  public void retype(String name, String cause) {
    if (!retyped.computeIfAbsent(name, ignored -> new HashSet<>()).add(cause)) {
      return;
    }
    from.heirs(name).forEach(heir -> retype(heir, cause));
    for (String user : from.users(name)) {
      Optional<CatalogEntry> entry = from.find(user);
      if (entry.isEmpty() || goes.containsKey(user)) {
        continue;
      }
      boolean ofColumn = name.startsWith("column:");
      switch (entry.get().kind()) {
        case COLUMN -> {
          if (ofColumn) {
            refuse(cause, part(entry.get()) + " is generated from it");
          } else {
            retype(user, cause);
          }
        }
        case CONSTRAINT, INDEX, STATISTICS -> {
          if (!ofColumn) {
            go(keyOf(entry.get()), cause);
          }
        }
        case SEQUENCE -> {}
        case DOMAIN, COMPOSITE_TYPE, RANGE_TYPE, TABLE ->
            refuse(cause, entry.get().qualified() + " is made of it");
        default -> go(user, cause);
      }
    }
  }

  private void goFor(String user, String used, String cause) {
    Optional<CatalogEntry> found = from.find(user);
    if (found.isEmpty() || found.get().of().equals(used)) {
      return;
    }
    CatalogEntry entry = found.get();
    if (leaves(entry)) {
      return;
    }
    switch (entry.kind()) {
      case COLUMN -> goForColumn(entry, used, cause);
      case TABLE -> {
        boolean leaves =
            goes.containsKey(user)
                || used.startsWith("table:") && to.relation(user).parents().isEmpty();
        if (!leaves) {
          refuse(cause, entry.qualified() + " is made of it");
        }
      }
      case SEQUENCE -> {}
      default -> go(keyOf(entry), cause);
    }
  }

  private void goForColumn(CatalogEntry column, String used, String cause) {
    if (goes.containsKey(column.name())) {
      return;
    }
    boolean ofType = !used.startsWith("function:") && !used.startsWith("sequence:");
    if (ofType) {
      refuse(
          cause,
          part(column) + (used.startsWith("column:") ? " is generated from it" : " has this type"));
    } else if (ColumnDefinition.of(column).value() instanceof Default) {
      detached.computeIfAbsent(column.name(), ignored -> new TreeSet<>()).add(cause);
    } else {
      refuse(cause, part(column) + " is generated by it");
    }
  }

  /** A key's index goes with the key. */
  private static String keyOf(CatalogEntry entry) {
    return entry.kind() == ObjectKind.INDEX && entry.of().startsWith("constraint:")
        ? entry.of()
        : entry.name();
  }

  public void refuse(String cause, String reason) {
    refused.putIfAbsent(cause, reason);
  }

  private static String part(CatalogEntry entry) {
    return entry.object() + "." + entry.part();
  }

  /** A column that has the type. */
  public static Optional<String> columnOf(String type, Side side) {
    return side.users(type).stream()
        .filter(user -> user.startsWith("column:"))
        .sorted()
        .findFirst();
  }
}
