package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ColumnDefinition;
import dev.rubicon.catalog.ColumnDefinition.Identity;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.SequenceDefinition;
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

  Roots(Side from, Side to) {
    this.from = from;
    this.to = to;
  }

  List<Difference> of(List<Difference> all) {
    Map<String, Difference> byName =
        all.stream().collect(Collectors.toMap(Difference::name, d -> d, (a, b) -> a, HashMap::new));
    return all.stream()
        .filter(difference -> !inherited(difference, byName))
        .filter(difference -> !ofIdentity(difference, byName))
        .filter(difference -> !implied(difference, byName))
        .filter(difference -> !notValidated(difference, all))
        .toList();
  }

  /** A partition or an heir follows its parent. */
  private boolean inherited(Difference difference, Map<String, Difference> byName) {
    Side side = difference.extra() ? from : to;
    String name = difference.name();
    if (difference.entry().kind() == ObjectKind.COLUMN_SETTING) {
      name = "column:" + difference.entry().qualified();
    }
    Optional<Difference> parent =
        side.inheritedFrom(name)
            .map(
                one ->
                    difference.entry().kind() == ObjectKind.COLUMN_SETTING
                        ? one.replaceFirst("^column:", "column-setting:")
                        : one)
            .map(byName::get);
    return parent
        .filter(one -> one.finding().kind() == difference.finding().kind())
        .filter(
            one ->
                difference.missing()
                    || difference.extra()
                    || difference.entry().kind() != ObjectKind.COLUMN
                    || same(one.ours(), difference.ours())
                        && same(one.theirs(), difference.theirs()))
        .isPresent();
  }

  private static boolean same(Optional<CatalogEntry> one, Optional<CatalogEntry> other) {
    return one.map(CatalogEntry::definition).equals(other.map(CatalogEntry::definition));
  }

  /** What an identity counts with comes, goes and is renamed with the identity. */
  private boolean ofIdentity(Difference difference, Map<String, Difference> byName) {
    CatalogEntry entry = difference.entry();
    if (entry.kind() != ObjectKind.SEQUENCE || !entry.of().startsWith("column:")) {
      return false;
    }
    Optional<CatalogEntry> ours = from.find(entry.of());
    Optional<CatalogEntry> theirs = to.find(entry.of());
    if (ours.isEmpty() || theirs.isEmpty()) {
      return false;
    }
    if (identity(ours.get()) != identity(theirs.get())) {
      return byName.containsKey(entry.of());
    }
    return difference.extra()
        && SequenceDefinition.of(entry).identity()
        && SequenceSql.identityOf(entry.of(), to).isPresent();
  }

  private static boolean identity(CatalogEntry column) {
    return ColumnDefinition.of(column).value() instanceof Identity;
  }

  /** Which columns a sequence feeds, and what an index does for its table, is said there. */
  private boolean implied(Difference difference, Map<String, Difference> byName) {
    if (difference.missing() || difference.extra()) {
      return false;
    }
    Change change =
        Kinds.of(difference.entry())
            .change(
                difference.ours().orElseThrow(),
                difference.theirs().orElseThrow(),
                new Sides(from, to, Set.of()));
    if (!(change instanceof Change.Implied)) {
      return false;
    }
    var users = new HashSet<>(from.users(difference.name()));
    users.addAll(to.users(difference.name()));
    users.add(difference.entry().of());
    return byName.values().stream()
        .filter(other -> other != difference)
        .anyMatch(other -> users.contains(other.name()) || sameRelation(other, difference));
  }

  /** A column whose NOT NULL comes and goes with a constraint that is not validated. */
  private boolean notValidated(Difference difference, List<Difference> all) {
    if (difference.entry().kind() != ObjectKind.COLUMN
        || difference.missing()
        || difference.extra()) {
      return false;
    }
    ColumnDefinition ours = ColumnDefinition.of(difference.ours().orElseThrow());
    ColumnDefinition theirs = ColumnDefinition.of(difference.theirs().orElseThrow());
    return ours.notNull(theirs.notNull()).equals(theirs)
        && all.stream()
            .filter(other -> NotNullSql.is(other.entry()))
            .anyMatch(
                other ->
                    NotNullSql.column(other.entry(), other.extra() ? from : to, to)
                        .equals(difference.theirs()));
  }

  private static boolean sameRelation(Difference one, Difference other) {
    return one.entry().schema().equals(other.entry().schema())
        && one.entry().object().equals(other.entry().object());
  }
}
