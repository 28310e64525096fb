package dev.rubicon.repair.sql;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.CatalogStructure;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.postgres.PgSession;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The target or canonical: its snapshot and what is not in a snapshot, by names of entries. */
public final class Side {
  private static final CatalogStructure.Relation NO_RELATION =
      new CatalogStructure.Relation(
          false, "", "", "", "", "", "", List.of(), "DEFAULT", false, false, "", List.of(), "");

  private final CatalogSnapshot snapshot;
  private final CatalogStructure structure;
  private final Map<String, CatalogEntry> entries = new HashMap<>();
  private final Map<String, Set<String>> children = new HashMap<>();
  private final Map<String, Set<String>> users = new HashMap<>();
  private final Map<String, Set<String>> heirs = new HashMap<>();

  public Side(CatalogSnapshot snapshot, CatalogStructure structure) {
    this.snapshot = snapshot;
    this.structure = structure;
    for (CatalogEntry entry : snapshot.entries()) {
      entries.put(entry.name(), entry);
      if (!entry.of().isEmpty()) {
        children.computeIfAbsent(entry.of(), ignored -> new HashSet<>()).add(entry.name());
      }
    }
    structure
        .uses()
        .forEach(
            (user, used) ->
                used.forEach(
                    one -> users.computeIfAbsent(one, ignored -> new HashSet<>()).add(user)));
    structure
        .inherited()
        .forEach(
            (heir, parent) -> heirs.computeIfAbsent(parent, ignored -> new HashSet<>()).add(heir));
  }

  public static Side read(PgSession session, List<String> schemas) {
    return new Side(CatalogReader.read(session, schemas), CatalogStructure.read(session, schemas));
  }

  public CatalogSnapshot snapshot() {
    return snapshot;
  }

  public Optional<CatalogEntry> find(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** Names of what cannot be without it. */
  public Set<String> children(String name) {
    return children.getOrDefault(name, Set.of());
  }

  public Set<String> uses(String name) {
    return structure.uses().getOrDefault(name, Set.of());
  }

  public Set<String> users(String name) {
    return users.getOrDefault(name, Set.of());
  }

  /** What a partition or heir has of it. */
  public Set<String> heirs(String name) {
    return heirs.getOrDefault(name, Set.of());
  }

  public Optional<String> inheritedFrom(String name) {
    return Optional.ofNullable(structure.inherited().get(name));
  }

  public Optional<CatalogStructure.Column> column(String name) {
    return Optional.ofNullable(structure.columns().get(name));
  }

  public CatalogStructure.Relation relation(String name) {
    return structure.relations().getOrDefault(name, NO_RELATION);
  }

  /** The relation that an entry is a part of. */
  public CatalogStructure.Relation relationOf(CatalogEntry part) {
    return relation("table:" + part.schema() + "." + part.object());
  }

  public Optional<CatalogStructure.Function> function(String name) {
    return Optional.ofNullable(structure.functions().get(name));
  }

  public Optional<CatalogStructure.Type> type(String name) {
    return Optional.ofNullable(structure.types().get(name));
  }

  /** Parts of one kind that cannot be without it, columns in their order. */
  public List<CatalogEntry> parts(String name, ObjectKind kind) {
    return children(name).stream()
        .map(entries::get)
        .filter(entry -> entry.kind() == kind)
        .sorted(Comparator.comparingInt(this::position).thenComparing(entry -> entry))
        .toList();
  }

  public int position(CatalogEntry entry) {
    return column(entry.name()).map(CatalogStructure.Column::position).orElse(0);
  }

  public List<CatalogEntry> of(ObjectKind kind) {
    return entries.isEmpty() ? Collections.emptyList() : snapshot.of(kind);
  }
}
