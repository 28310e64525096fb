package dev.rubicon.transition.inplace.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.TypeNames;
import dev.rubicon.transition.inplace.Group;
import dev.rubicon.transition.inplace.InPlacePlan;
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
    List<CanonicalDerived> canonicalDerived,
    List<LegacyDerived> legacyDerived,
    String canonicalChanged,
    String legacyChanged,
    Optional<String> sharedChanged) {

  /**
   * @param given whether an INSERT gives it a value
   * @param written whether an UPDATE writes it
   */
  record Column(String name, String given, String written) {}

  /** A column with what up makes of the new row, and of the old one. */
  record CanonicalDerived(
      String name,
      String type,
      String given,
      String written,
      String derived,
      String derivedFromOld) {}

  /** A column with what down makes of the new row. */
  record LegacyDerived(String name, String type, String given, String written, String derived) {}

  static SyncGroup of(InPlacePlan plan, Group group) {
    List<Group.Legacy> only = group.legacy().stream().filter(Group.Legacy::only).toList();
    return new SyncGroup(
        group.index(),
        described(group),
        group.canonicalWrote(),
        group.bothSet(),
        group.mask(),
        group.canonical().stream().mapToLong(plan::namedBit).sum(),
        plan.namedLegacyBit(group),
        group.canonical().stream().anyMatch(column -> column.effectiveDefault().isPresent()),
        group.canonical().size() > 1,
        group.legacy().size() > 1,
        only.size() < group.legacy().size(),
        group.canonical().stream().map(column -> canonical(plan, group, column)).toList(),
        group.legacy().stream().map(column -> legacy(plan, group, column)).toList(),
        only.stream().map(column -> legacy(plan, group, column)).toList(),
        group.canonical().stream()
            .filter(column -> column.up().isPresent())
            .map(column -> derived(canonical(plan, group, column), column))
            .toList(),
        group.legacy().stream()
            .filter(column -> column.down().isPresent())
            .map(column -> derived(legacy(plan, group, column), column))
            .toList(),
        written(
            plan,
            group,
            canonicalChanged(plan, group),
            group.canonical().stream().map(Group.Canonical::name)),
        written(
            plan,
            group,
            legacyChanged(plan, group),
            group.legacy().stream().map(Group.Legacy::name)),
        group.shared().isEmpty()
            ? Optional.empty()
            : Optional.of(changed(group.shared().stream())));
  }

  private static Column canonical(InPlacePlan plan, Group group, Group.Canonical column) {
    String name = Identifiers.quote(column.name());
    return new Column(
        name,
        given(plan, group, column),
        written(plan, group, plan.changedBit(column), Stream.of(column.name()))
            // Beside a column that it changes, the NULL that a statement names is meant.
            + " OR ("
            + some("named", plan.namedBit(column))
            + " AND "
            + none("named", plan.namedLegacyBit(group))
            + ")");
  }

  /** Without a default of its own, a value can also come from a trigger of the owner. */
  private static String given(InPlacePlan plan, Group group, Group.Canonical column) {
    String named = none("omitted", InPlacePlan.omittedBit(column));
    if (column.effectiveDefault().isPresent()) {
      return named;
    }
    String filled = "NEW." + Identifiers.quote(column.name()) + " IS NOT NULL";
    return plan.capturesEarly()
        ? named + " OR (" + nothingGiven(group) + " AND " + filled + ")"
        : named + " OR " + filled;
  }

  /** The statement gives neither side; the owner's triggers have not filled legacy. */
  private static String nothingGiven(Group group) {
    long all =
        group.canonical().stream().mapToLong(InPlacePlan::omittedBit).sum()
            | group.legacy().stream().mapToLong(InPlacePlan::omittedBit).sum();
    return Stream.concat(
            Stream.of(masked("omitted", all) + " OPERATOR(pg_catalog.=) " + all),
            group.legacy().stream()
                .map(column -> "NEW." + Identifiers.quote(column.name()) + " IS NULL"))
        .collect(Collectors.joining(" AND "));
  }

  private static Column legacy(InPlacePlan plan, Group group, Group.Legacy column) {
    String name = Identifiers.quote(column.name());
    String value = "NEW." + name + " IS NOT NULL";
    String given = column.omitBit() < 0 ? value : none("omitted", InPlacePlan.omittedBit(column));
    return new Column(
        name,
        column.omitBit() < 0 || plan.capturesEarly() ? given : "(" + value + " AND " + given + ")",
        written(
            plan,
            group,
            plan.capturesEarly() ? plan.changedBit(column) : 0,
            Stream.of(column.name())));
  }

  private static long canonicalChanged(InPlacePlan plan, Group group) {
    return group.canonical().stream().mapToLong(plan::changedBit).sum();
  }

  private static long legacyChanged(InPlacePlan plan, Group group) {
    return plan.capturesEarly() ? group.legacy().stream().mapToLong(plan::changedBit).sum() : 0;
  }

  /**
   * Whether an UPDATE writes one of the columns. Where the owner has triggers, what the client's
   * statement changes counts, and what they change only where it changes nothing of the group.
   */
  private static String written(
      InPlacePlan plan, Group group, long changedBits, Stream<String> columns) {
    if (!plan.capturesEarly()) {
      return changed(columns);
    }
    long all = canonicalChanged(plan, group) | legacyChanged(plan, group);
    return "(%s OR (%s AND %s))"
        .formatted(some("changed", changedBits), none("changed", all), changed(columns));
  }

  private static CanonicalDerived derived(Column slots, Group.Canonical column) {
    return new CanonicalDerived(
        slots.name(),
        TypeNames.qualified(column.type()),
        slots.given(),
        slots.written(),
        up(column, "NEW"),
        up(column, "OLD"));
  }

  private static LegacyDerived derived(Column slots, Group.Legacy column) {
    return new LegacyDerived(
        slots.name(),
        TypeNames.qualified(column.type()),
        slots.given(),
        slots.written(),
        column.down().orElseThrow().call("NEW"));
  }

  private static String up(Group.Canonical column, String row) {
    String value = column.up().orElseThrow().call(row);
    return column
        .fallback()
        .map(fallback -> "coalesce(" + value + ", " + fallback.call(row) + ")")
        .orElse(value);
  }

  private static String some(String variable, long bits) {
    return masked(variable, bits) + " OPERATOR(pg_catalog.<>) 0";
  }

  private static String none(String variable, long bits) {
    return masked(variable, bits) + " OPERATOR(pg_catalog.=) 0";
  }

  private static String masked(String variable, long bits) {
    return variable + " OPERATOR(pg_catalog.&) " + bits;
  }

  /** By image: sees 1.0 become 1.00, and works for types without equality, such as json. */
  private static String changed(Stream<String> columns) {
    List<String> names = columns.map(Identifiers::quote).toList();
    return row("OLD", names) + " OPERATOR(pg_catalog.*<>) " + row("NEW", names);
  }

  private static String row(String row, List<String> names) {
    return names.stream()
        .map(name -> row + "." + name)
        .collect(Collectors.joining(", ", "ROW(", ")::pg_catalog.record"));
  }

  /** In one line, or a name would end the comment. */
  private static String described(Group group) {
    return (group.canonical().stream().map(Group.Canonical::name).collect(Collectors.joining(", "))
            + " <-> "
            + group.legacy().stream().map(Group.Legacy::name).collect(Collectors.joining(", ")))
        .replaceAll("\\s", " ");
  }
}
