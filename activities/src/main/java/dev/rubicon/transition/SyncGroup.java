package dev.rubicon.transition;

import dev.rubicon.postgres.Identifiers;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The slots of one group of columns in {@code sync.sql.ftl}.
 *
 * @param columns both sides, for a comment
 * @param canonicalNamed marker bits: an UPDATE of an unfilled row names one of these columns
 * @param legacyNamed marker bit: an UPDATE of an unfilled row names the legacy side
 * @param ownDefault whether a canonical column has a default of its own
 * @param legacyShared whether canonical has some of the legacy columns too
 * @param legacyOnly the legacy columns that canonical does not have
 * @param sharedChanged whether a column that expressions read, but that is on neither side, changed
 */
record SyncGroup(
    int index,
    String columns,
    long canonicalWrote,
    long bothSet,
    long mask,
    long canonicalNamed,
    long legacyNamed,
    boolean ownDefault,
    boolean severalCanonical,
    boolean severalLegacy,
    boolean legacyShared,
    List<Column> canonical,
    List<Column> legacy,
    List<Column> legacyOnly,
    List<Derived> canonicalDerived,
    List<Derived> legacyDerived,
    String canonicalChanged,
    String legacyChanged,
    Optional<String> sharedChanged) {

  /**
   * @param given whether an INSERT gives it a value
   * @param written whether an UPDATE writes it
   */
  record Column(String name, String type, String given, String written) {}

  /** A column with what the other side makes of it, over the new row and over the old one. */
  record Derived(
      String name,
      String type,
      String given,
      String written,
      String derived,
      String derivedFromOld) {}

  static SyncGroup of(TransitionPlan plan, Group group) {
    List<Group.Legacy> only = group.legacy().stream().filter(Group.Legacy::only).toList();
    return new SyncGroup(
        group.index(),
        described(group),
        group.canonicalWrote(),
        group.bothSet(),
        group.mask(),
        group.canonical().stream().mapToLong(plan::namedBit).sum(),
        plan.namedLegacyBit(group),
        group.canonical().stream().anyMatch(column -> column.defaultExpression().isPresent()),
        group.canonical().size() > 1,
        group.legacy().size() > 1,
        only.size() < group.legacy().size(),
        group.canonical().stream().map(column -> canonical(plan, group, column)).toList(),
        group.legacy().stream().map(SyncGroup::legacy).toList(),
        only.stream().map(SyncGroup::legacy).toList(),
        group.canonical().stream()
            .flatMap(
                column ->
                    column.up().stream()
                        .map(
                            up ->
                                derived(
                                    canonical(plan, group, column),
                                    up(column, up, "NEW"),
                                    up(column, up, "OLD"))))
            .toList(),
        group.legacy().stream()
            .flatMap(
                column ->
                    column.down().stream()
                        .map(down -> derived(legacy(column), down.call("NEW"), down.call("OLD"))))
            .toList(),
        changed(group.canonical().stream().map(Group.Canonical::name)),
        changed(group.legacy().stream().map(Group.Legacy::name)),
        group.shared().isEmpty()
            ? Optional.empty()
            : Optional.of(changed(group.shared().stream())));
  }

  private static Column canonical(TransitionPlan plan, Group group, Group.Canonical column) {
    String name = Identifiers.quote(column.name());
    String named = "omitted & " + TransitionPlan.omittedBit(column) + " = 0";
    return new Column(
        name,
        column.type(),
        // Without a default of its own, a value can only come from another trigger.
        column.defaultExpression().isPresent() ? named : named + " OR NEW." + name + " IS NOT NULL",
        changed(Stream.of(column.name()))
            + " OR (named & "
            + plan.namedBit(column)
            + " <> 0 AND named & "
            + plan.namedLegacyBit(group)
            + " = 0)");
  }

  private static Column legacy(Group.Legacy column) {
    String name = Identifiers.quote(column.name());
    String value = "NEW." + name + " IS NOT NULL";
    return new Column(
        name,
        column.type(),
        column.omitBit() < 0
            ? value
            : "(" + value + " AND omitted & " + TransitionPlan.omittedBit(column) + " = 0)",
        changed(Stream.of(column.name())));
  }

  private static Derived derived(Column column, String derived, String derivedFromOld) {
    return new Derived(
        column.name(), column.type(), column.given(), column.written(), derived, derivedFromOld);
  }

  private static String up(Group.Canonical column, CompiledExpression up, String row) {
    String value = up.call(row);
    return column
        .fallback()
        .map(fallback -> "coalesce(" + value + ", " + fallback.call(row) + ")")
        .orElse(value);
  }

  /** By image: sees 1.0 become 1.00, and works for types without equality, such as json. */
  private static String changed(Stream<String> columns) {
    List<String> names = columns.map(Identifiers::quote).toList();
    return row("OLD", names) + " *<> " + row("NEW", names);
  }

  private static String row(String row, List<String> names) {
    return names.stream()
        .map(name -> row + "." + name)
        .collect(Collectors.joining(", ", "ROW(", ")::record"));
  }

  /** In one line, or a name would end the comment. */
  private static String described(Group group) {
    return (group.canonical().stream().map(Group.Canonical::name).collect(Collectors.joining(", "))
            + " <-> "
            + group.legacy().stream().map(Group.Legacy::name).collect(Collectors.joining(", ")))
        .replaceAll("\\s", " ");
  }
}
