package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.ColumnDefinition.Identity;
import dev.rubicon.catalog.definition.SequenceDefinition;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.Difference;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.table.NotNullSql;
import dev.rubicon.repair.table.SequenceSql;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The differences without those that only repeat another one. */
final class Roots {
  private final Side from;
  private final Side to;
  private final List<Difference> all;
  private final Map<String, Difference> byName;
  private final Map<String, String> repeats = new HashMap<>();

  Roots(Side from, Side to, List<Difference> all) {
    this.from = from;
    this.to = to;
    this.all = all;
    this.byName =
        all.stream().collect(Collectors.toMap(Difference::name, d -> d, (a, b) -> a, HashMap::new));
    for (Difference difference : all) {
      inherited(difference)
          .or(() -> identity(difference))
          .or(() -> impliedBy(difference))
          .or(() -> notValidated(difference))
          .ifPresent(root -> repeats.put(difference.id(), root.id()));
    }
  }

  /** Ids of those that repeat another one, to that one's. */
  Map<String, String> repeats() {
    return repeats;
  }

  List<Difference> roots() {
    return all.stream().filter(difference -> !repeats.containsKey(difference.id())).toList();
  }

  /** A partition or an heir follows its parent. */
  private Optional<Difference> inherited(Difference difference) {
    Side side = difference.extra() ? from : to;
    boolean setting = difference.entry().kind() == ObjectKind.COLUMN_SETTING;
    Optional<Difference> parent =
        side.inheritedFrom(setting ? "column:" + difference.entry().qualified() : difference.name())
            .map(one -> setting ? one.replaceFirst("^column:", "column-setting:") : one)
            .map(byName::get);
    return parent
        .filter(one -> one.finding().kind() == difference.finding().kind())
        .filter(
            one ->
                difference.missing()
                    || difference.extra()
                    || difference.entry().kind() != ObjectKind.COLUMN
                    || same(one.ours(), difference.ours())
                        && same(one.theirs(), difference.theirs()));
  }

  private static boolean same(Optional<CatalogEntry> one, Optional<CatalogEntry> other) {
    return one.map(CatalogEntry::definition).equals(other.map(CatalogEntry::definition));
  }

  /** What an identity counts with comes, goes and is renamed with the identity. */
  private Optional<Difference> identity(Difference difference) {
    CatalogEntry entry = difference.entry();
    if (entry.kind() != ObjectKind.SEQUENCE || !entry.of().startsWith("column:")) {
      return Optional.empty();
    }
    Optional<CatalogEntry> ours = from.find(entry.of());
    Optional<CatalogEntry> theirs = to.find(entry.of());
    if (ours.isEmpty() || theirs.isEmpty()) {
      return Optional.empty();
    }
    if (isIdentity(ours.get()) != isIdentity(theirs.get())) {
      return Optional.ofNullable(byName.get(entry.of()));
    }
    return difference.extra() && SequenceDefinition.of(entry).identity()
        ? SequenceSql.identityOf(entry.of(), to).map(CatalogEntry::name).map(byName::get)
        : Optional.empty();
  }

  private static boolean isIdentity(CatalogEntry column) {
    return ColumnDefinition.of(column).value() instanceof Identity;
  }

  /** Which columns a sequence feeds, and what an index does for its table, is said there. */
  private Optional<Difference> impliedBy(Difference difference) {
    if (!implied(difference)) {
      return Optional.empty();
    }
    var users = new HashSet<>(from.users(difference.name()));
    users.addAll(to.users(difference.name()));
    users.add(difference.entry().of());
    return all.stream()
        .filter(other -> users.contains(other.name()) || sameRelation(other, difference))
        .filter(other -> !implied(other))
        .findFirst();
  }

  private boolean implied(Difference difference) {
    return difference.ours().isPresent()
        && difference.theirs().isPresent()
        && Kinds.of(difference.entry())
                .change(
                    difference.ours().get(),
                    difference.theirs().get(),
                    new Sides(from, to, Set.of(), false))
            instanceof Change.Implied;
  }

  /** A column whose NOT NULL comes and goes with a constraint that is not validated. */
  private Optional<Difference> notValidated(Difference difference) {
    if (difference.entry().kind() != ObjectKind.COLUMN
        || difference.missing()
        || difference.extra()) {
      return Optional.empty();
    }
    ColumnDefinition ours = ColumnDefinition.of(difference.ours().orElseThrow());
    ColumnDefinition theirs = ColumnDefinition.of(difference.theirs().orElseThrow());
    if (!ours.notNull(theirs.notNull()).equals(theirs)) {
      return Optional.empty();
    }
    return all.stream()
        .filter(other -> NotNullSql.is(other.entry()))
        .filter(
            other ->
                NotNullSql.column(other.entry(), other.extra() ? from : to, to)
                    .equals(difference.theirs()))
        .findFirst();
  }

  private static boolean sameRelation(Difference one, Difference other) {
    return one.entry().schema().equals(other.entry().schema())
        && one.entry().object().equals(other.entry().object());
  }
}
