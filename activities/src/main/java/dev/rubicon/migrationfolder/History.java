package dev.rubicon.migrationfolder;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.finding.Finding;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which migration made, changed and took away what, and where two of them disagree. */
final class History {
  /** What rows or clients stand on; replacing a function or a view is how these are kept. */
  private static final Set<ObjectKind> DECIDED =
      EnumSet.of(
          ObjectKind.TABLE,
          ObjectKind.COLUMN,
          ObjectKind.CONSTRAINT,
          ObjectKind.INDEX,
          ObjectKind.SEQUENCE,
          ObjectKind.TRIGGER,
          ObjectKind.ENUM,
          ObjectKind.DOMAIN,
          ObjectKind.COMPOSITE_TYPE);

  /** Who made or last changed it. */
  private final Map<CatalogChange.Key, String> madeBy = new HashMap<>();

  private final Map<String, Set<String>> touchedBy = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  /** Notes what a migration did. */
  void took(String migration, CatalogSnapshot before, CatalogSnapshot after) {
    List<CatalogChange> changes = CatalogChange.between(before, after);
    for (CatalogChange change : CatalogChange.whole(changes)) {
      CatalogEntry entry = change.entry();
      String earlier = madeBy.get(CatalogChange.Key.of(entry));
      if (change.was().isPresent()
          && DECIDED.contains(entry.kind())
          && earlier != null
          && !earlier.equals(migration)) {
        findings.add(disagree(change, earlier, migration));
      }
    }
    for (CatalogChange change : changes) {
      CatalogEntry entry = change.entry();
      var key = CatalogChange.Key.of(entry);
      if (change.is().isPresent()) {
        madeBy.put(key, migration);
      } else {
        madeBy.remove(key);
      }
      touched(entry.name(), migration);
      if (!entry.object().isEmpty() && !entry.part().isEmpty()) {
        touched("table:" + entry.schema() + "." + entry.object(), migration);
      }
    }
  }

  private void touched(String name, String migration) {
    touchedBy.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(migration);
  }

  /** Migrations in their order, by an entry's name. */
  private List<String> touchedBy(String name) {
    return List.copyOf(touchedBy.getOrDefault(name, Set.of()));
  }

  /** Whose the entry is as it stands. */
  Optional<String> madeBy(ObjectKind kind, String schema, String object) {
    return Optional.ofNullable(madeBy.get(new CatalogChange.Key(kind, schema, object, "")));
  }

  /** What there is in the end, and whose it is. */
  List<MigrationInventory.Table> tables(CatalogSnapshot last) {
    return last.of(ObjectKind.TABLE).stream()
        .map(
            table ->
                new MigrationInventory.Table(
                    table.qualified(),
                    last.of(ObjectKind.COLUMN, table.schema(), table.object()).stream()
                        .map(this::column)
                        .toList(),
                    touchedBy(table.name())))
        .toList();
  }

  private MigrationInventory.Column column(CatalogEntry column) {
    return new MigrationInventory.Column(
        column.part(), column.definition(), touchedBy(column.name()));
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  private static Finding disagree(CatalogChange change, String earlier, String later) {
    CatalogEntry entry = change.entry();
    String what = entry.kind().word().replace('-', ' ') + " " + entry.qualified();
    return new Finding(
        "hazard:migrations-disagree:" + entry.name(),
        Finding.Kind.HAZARD,
        what
            + " comes from "
            + earlier
            + ", and "
            + later
            + (change.is().isEmpty() ? " drops it" : " makes it another")
            + ": which of them is right is a decision to record",
        change.was().map(CatalogEntry::definition),
        change.is().map(CatalogEntry::definition),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }
}
