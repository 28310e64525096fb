package dev.rubicon.oracle;

import dev.rubicon.oracle.MappedColumns.Derivation;
import dev.rubicon.oracle.Relation.Places;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Bench;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Canonical columns beside the legacy columns of one table; in the reference they are two tables. A
 * group of columns is derived as a whole when a write changes its other side, and else not.
 */
final class InPlaceShape implements Shape {
  private final List<MappedColumns> shared = new ArrayList<>();
  private final List<MappedColumns> groups = new ArrayList<>();
  private final Optional<Field> added;
  private final CheckedAtEnd checked;
  private final Relation legacy;
  private final Relation canonical;
  private final Optional<Child> child;
  private Optional<OwnersTrigger> trigger;

  InPlaceShape(int number, Random random, Server server, RowFeatures rows) {
    Keys keys = Keys.draw(random, false, false);
    shared.addAll(keys.all());
    var drawn = new MappedColumnsGenerator(random, server.citext());
    for (MappedColumns column : rows.withDomains(drawn.some(1 + random.nextInt(5), true))) {
      (column.same() ? shared : groups).add(column);
    }
    this.checked = rows.checkedAtEnd(keys);
    shared.addAll(checked.columns());
    this.added =
        random.nextBoolean()
            ? Optional.of(
                rows.ofDomain(
                    Side.CANONICAL,
                    new Field(
                        "added", "text", false, Optional.of("theirs"), r -> "n" + r.nextInt(99))))
            : Optional.empty();
    this.trigger = rows.legacyTrigger(groups);
    String name = random.nextInt(4) == 0 ? "In Place " + number : "in_place_" + number;
    this.legacy = relation(name, keys, Side.LEGACY);
    this.canonical = relation(name, keys, Side.CANONICAL);
    this.child =
        (keys.legacy().isEmpty() || server.version() >= 15) && random.nextInt(3) == 0
            ? Optional.of(Child.draw(random, number, legacy))
            : Optional.empty();
  }

  private Relation relation(String name, Keys keys, Side side) {
    var fields = new ArrayList<Field>();
    shared.forEach(b -> fields.addAll(b.fields(side)));
    groups.forEach(b -> fields.addAll(b.fields(side)));
    if (side == Side.CANONICAL) {
      added.ifPresent(fields::add);
    }
    return new Relation(
        name,
        fields,
        keys.primary(side),
        keys.names(side),
        keys.legacy(),
        Places.stays("public." + Sql.quote(name)));
  }

  @Override
  public List<Relation> relations(Side side) {
    var relations = new ArrayList<>(List.of(side == Side.LEGACY ? legacy : canonical));
    child.ifPresent(c -> relations.add(c.relation()));
    return relations;
  }

  @Override
  public List<String> legacy() {
    var sql = new ArrayList<>(legacy.create("public", legacy.name()));
    trigger.ifPresent(t -> sql.addAll(t.create("public", legacy.places().before())));
    sql.addAll(
        checked.create(
            Side.LEGACY, legacy.places().before(), legacy.places().before(), legacy.identity()));
    child.ifPresent(
        c -> {
          sql.addAll(c.relation().create("public", c.relation().name()));
          sql.add(c.constraint("public", legacy.places().before(), legacy.identity()));
        });
    return sql;
  }

  @Override
  public List<String> migration() {
    return List.of();
  }

  @Override
  public List<String> undo() {
    return List.of();
  }

  @Override
  public List<String> constraints(Side side) {
    String at = side.schema() + "." + Sql.quote(legacy.name());
    var sql = new ArrayList<>(checked.reference(side, at, at, legacy.identity()));
    child.ifPresent(c -> sql.add(c.constraint(side.schema(), at, legacy.identity())));
    return sql;
  }

  @Override
  public List<Runbook.Transition> transitions() {
    var mappings = new ArrayList<ColumnMapping>();
    groups.forEach(b -> mappings.addAll(b.mappings(true)));
    added.ifPresent(
        f ->
            mappings.add(
                Bench.with(
                    Bench.map(f.name(), f.type(), null, Map.of()),
                    f.own().map(Sql::literal).orElse(null),
                    true,
                    null)));
    return List.of(
        new Runbook.Transition(
            legacy.places().before(), Runbook.Transition.Kind.IN_PLACE, mappings));
  }

  @Override
  public List<String> dropped() {
    return groups.stream().flatMap(g -> g.old().stream()).map(f -> Sql.quote(f.name())).toList();
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  /** Columns of a group that are written apart, or by a trigger, have more than one writer. */
  @Override
  public boolean tellsCopies() {
    return trigger.isEmpty()
        && groups.stream().allMatch(g -> g.old().size() == 1 && g.now().size() == 1);
  }

  @Override
  public Optional<OwnersTrigger> legacyTrigger() {
    return trigger;
  }

  @Override
  public void withoutLegacyTrigger() {
    trigger = Optional.empty();
  }

  @Override
  public List<CheckedAtEnd> checkedAtEnd() {
    return List.of(checked);
  }

  @Override
  public Optional<Pointer> pointer(Side side, Relation relation) {
    return relation == relations(side).getFirst() && checked.points()
        ? Optional.of(new Pointer(checked.pointing(), relation))
        : Shape.super.pointer(side, relation);
  }

  @Override
  public Optional<Child> child() {
    return child;
  }

  @Override
  public List<Write> follows(
      Side side, Relation relation, Change change, Set<String> named, Rows rows) {
    Side to = side.other();
    if (change.after().isEmpty()) {
      return List.of(
          new Write(to, at(to), "DELETE FROM " + Op.HERE + where(change.before().orElseThrow())));
    }
    var said = change.after().get();
    // The reference has no such trigger: what a statement says is told from what it leaves.
    var after = side == Side.LEGACY ? touched(said) : said;
    var sets = new HashMap<String, String>();
    shared.forEach(b -> b.to(to).forEach(l -> sets.put(l.column(), l.value().apply(after))));
    if (change.before().isEmpty()) {
      return change.whole().isEmpty()
          ? inserted(side, after, named, sets)
          : whole(side, said, change.whole().get(), sets, rows);
    }
    var before = change.before().get();
    var back = new HashMap<String, String>();
    for (MappedColumns group : groups) {
      if (writes(group, side, before, said)) {
        derive(group, to, after, sets);
      } else if (side == Side.LEGACY) {
        if (writes(group, side, before, after)) {
          derive(group, to, after, sets);
        }
        continue;
      }
      if (side == Side.CANONICAL) {
        var there = rows.of(Side.LEGACY, legacy).get(legacy.key(before));
        var left = touched(there);
        group.old().stream()
            .filter(f -> touches(f.name()) && !sets.containsKey(f.name()))
            .forEach(f -> sets.put(f.name(), left.get(f.name())));
        if (!writes(group, side, before, said) && writes(group, Side.LEGACY, there, left)) {
          derive(group, Side.CANONICAL, left, back);
        }
      }
    }
    var writes = new ArrayList<>(own(side, after));
    writes.add(update(to, before, sets));
    if (!back.isEmpty()) {
      writes.add(update(side, after, back));
    }
    return writes;
  }

  private static boolean writes(
      MappedColumns group, Side side, Map<String, String> before, Map<String, String> after) {
    return group.fields(side).stream()
        .anyMatch(f -> !Objects.equals(before.get(f.name()), after.get(f.name())));
  }

  private Map<String, String> touched(Map<String, String> row) {
    return trigger.map(t -> t.apply(row)).orElse(row);
  }

  private void touch(MappedColumns group, Map<String, String> row) {
    var left = touched(row);
    group.old().forEach(f -> row.put(f.name(), left.get(f.name())));
  }

  private boolean touches(String column) {
    return trigger.filter(t -> t.touches(column)).isPresent();
  }

  /** What the trigger makes of the row that a client of legacy writes. */
  private List<Write> own(Side side, Map<String, String> after) {
    var sets = new HashMap<>(after);
    sets.keySet().removeIf(c -> !touches(c));
    return side == Side.CANONICAL || sets.isEmpty()
        ? List.of()
        : List.of(update(Side.LEGACY, after, sets));
  }

  private List<Write> inserted(
      Side side, Map<String, String> after, Set<String> named, Map<String, String> sets) {
    var writes = new ArrayList<>(own(side, after));
    var back = new HashMap<String, String>();
    boolean speaks =
        groups.stream().flatMap(g -> g.now().stream()).anyMatch(f -> named.contains(f.name()));
    for (MappedColumns group : groups) {
      boolean given = group.fields(side).stream().anyMatch(f -> named.contains(f.name()));
      boolean own = group.now().stream().anyMatch(f -> f.fallback().isPresent());
      var defaults = new HashMap<String, String>();
      group.old().forEach(f -> defaults.put(f.name(), f.fallback().orElse(null)));
      var left = touched(defaults);
      if (side == Side.LEGACY || given || own && speaks) {
        derive(group, side.other(), after, sets);
        if (side == Side.CANONICAL) {
          left.keySet().removeAll(sets.keySet());
          sets.putAll(left);
        }
      } else {
        // Nobody spoke of the group: legacy's defaults are what is there.
        sets.putAll(left);
        derive(group, Side.CANONICAL, left, back);
      }
    }
    writes.add(insert(side.other(), sets));
    if (!back.isEmpty()) {
      writes.add(update(side, after, back));
    }
    return writes;
  }

  /** Past the owner's trigger, whatever that would make of the row. */
  @Override
  public List<Write> backfilled(Relation relation, Map<String, String> row, Rows rows) {
    var sets = new HashMap<String, String>();
    shared.forEach(
        b -> b.to(Side.CANONICAL).forEach(l -> sets.put(l.column(), row.get(l.column()))));
    groups.forEach(group -> derive(group, Side.CANONICAL, row, sets));
    return List.of(insert(Side.CANONICAL, sets));
  }

  /** docs/clients.md: what is NULL is not given, and is filled from the other side. */
  private List<Write> whole(
      Side side, Map<String, String> row, Whole whole, Map<String, String> sets, Rows rows) {
    var mine = new HashMap<>(row);
    var theirs = new HashMap<String, String>();
    Relation other = at(side.other());
    other.names().forEach(n -> theirs.put(n, null));
    whole.copied().ifPresent(k -> theirs.putAll(rows.of(side.other(), other).get(k)));
    theirs.putAll(sets);
    var old = side == Side.LEGACY ? mine : theirs;
    var now = side == Side.LEGACY ? theirs : mine;
    boolean speaks =
        groups.stream().flatMap(g -> g.now().stream()).anyMatch(f -> now.get(f.name()) != null);
    for (MappedColumns group : groups) {
      boolean oldGiven = group.old().stream().anyMatch(f -> old.get(f.name()) != null);
      boolean nowGiven = group.now().stream().anyMatch(f -> now.get(f.name()) != null);
      boolean own = group.now().stream().anyMatch(f -> f.fallback().isPresent());
      if (!nowGiven && !(own && speaks && !oldGiven)) {
        touch(group, old);
        derive(group, Side.CANONICAL, old, now);
      } else if (!oldGiven) {
        derive(group, Side.LEGACY, now, old);
        // What has no way back is the trigger's.
        if (group.down().isEmpty()) {
          touch(group, old);
        }
      }
    }
    if (whole.copied().isEmpty()) {
      added.ifPresent(f -> now.computeIfAbsent(f.name(), n -> f.fallback().orElseThrow()));
    }
    return List.of(insert(side.other(), theirs), update(side, row, mine));
  }

  private static void derive(
      MappedColumns group, Side to, Map<String, String> row, Map<String, String> sets) {
    for (Derivation link : group.to(to)) {
      sets.put(link.column(), link.value().apply(row));
    }
  }

  private Write insert(Side side, Map<String, String> sets) {
    return new Write(
        side,
        at(side),
        "INSERT INTO "
            + Op.HERE
            + " ("
            + Sql.quote(sets.keySet())
            + ") VALUES ("
            + sets.values().stream().map(Sql::literal).collect(Collectors.joining(", "))
            + ")");
  }

  private Write update(Side side, Map<String, String> row, Map<String, String> sets) {
    return new Write(
        side,
        at(side),
        "UPDATE "
            + Op.HERE
            + " SET "
            + sets.entrySet().stream()
                .map(e -> Sql.quote(e.getKey()) + " = " + Sql.literal(e.getValue()))
                .collect(Collectors.joining(", "))
            + where(row));
  }

  private Relation at(Side side) {
    return side == Side.LEGACY ? legacy : canonical;
  }

  private String where(Map<String, String> row) {
    return " WHERE "
        + legacy.identity().stream()
            .map(c -> Sql.quote(c) + " = " + Sql.literal(row.get(c)))
            .collect(Collectors.joining(" AND "));
  }
}
