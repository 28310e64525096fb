package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Relation;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.SequenceDefinition;
import dev.rubicon.finding.Finding;
import dev.rubicon.repair.object.GrantSql;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.Closure;
import dev.rubicon.repair.sql.Difference;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Statement;
import dev.rubicon.repair.table.ColumnSql;
import dev.rubicon.repair.table.ConstraintSql;
import dev.rubicon.repair.table.NotNullSql;
import dev.rubicon.repair.table.SequenceSql;
import dev.rubicon.repair.table.TableSql;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The nodes for all differences that are not refused, or what is refused beside them. */
final class Build {
  private final Side from;
  private final Side to;
  private final Closure closure;
  private final Set<String> created = new HashSet<>();
  private final Set<String> dropped = new HashSet<>();
  private final Map<String, Node> nodes = new TreeMap<>();

  /** Entry to the node that makes or alters it, and to the one that drops it. */
  private final Map<String, String> makers = new HashMap<>();

  private final Map<String, String> droppers = new HashMap<>();
  private final Sides sides;
  private final Returning returning;

  Build(
      Side from,
      Side to,
      List<Difference> roots,
      Map<String, String> refused,
      Predicate<String> drops,
      boolean rewrites) {
    this.from = from;
    this.to = to;
    this.closure = new Closure(from, to, dropped);
    this.sides = new Sides(from, to, created, rewrites);
    this.returning = new Returning(from, to, closure, dropped);
    List<Difference> wanted =
        roots.stream().filter(root -> !refused.containsKey(root.id())).toList();
    wanted.stream()
        .filter(difference -> difference.extra() && drops.test(difference.id()))
        .filter(difference -> !NotNullSql.becomesValid(difference, from, to))
        .forEach(difference -> dropped.add(difference.name()));
    wanted.forEach(difference -> decide(difference, drops));
    returning.refuseWhatCannot();
    if (!closure.refused().isEmpty()) {
      return;
    }
    wanted.stream().filter(Difference::missing).forEach(d -> creates(d.name(), to));
    closure
        .goes()
        .keySet()
        .forEach(name -> returning.form(name).ifPresent(side -> creates(name, side)));
    drops();
    wanted.stream()
        .filter(Difference::missing)
        .forEach(difference -> make(difference.name(), to, Set.of(difference.id())));
    closure
        .goes()
        .forEach(
            (name, causes) -> returning.form(name).ifPresent(side -> make(name, side, causes)));
    // Statements depend on what is created, so they are taken once that is known.
    for (Difference difference : wanted) {
      alter(difference);
    }
    detached();
    new Edges(from, to, nodes, makers, droppers, created).draw();
  }

  Map<String, String> refused() {
    return closure.refused();
  }

  Map<String, Node> nodes() {
    return nodes;
  }

  private void decide(Difference difference, Predicate<String> drops) {
    CatalogEntry entry = difference.entry();
    Optional<String> refusal = Kinds.of(entry).refusal(entry, sides);
    if (refusal.isPresent()) {
      closure.refuse(difference.id(), refusal.get());
      return;
    }
    if (difference.missing()) {
      return;
    }
    if (NotNullSql.becomesValid(difference, from, to)) {
      return;
    }
    if (difference.extra()) {
      if (drops.test(difference.id())) {
        closure.go(difference.name(), difference.id());
      } else {
        closure.refuse(difference.id(), "dropped only where the runbook says drop");
      }
      return;
    }
    Change change = change(difference);
    switch (change) {
      case Change.Replace() -> closure.go(difference.name(), difference.id());
      case Change.Alter(List<Statement> ignored, boolean retyped, boolean remade) -> {
        if (retyped) {
          closure.retype(difference.name(), difference.id());
        }
      }
      case Change.Refused(String reason) -> closure.refuse(difference.id(), reason);
      case Change.Implied() ->
          closure.refuse(difference.id(), "it follows from another difference");
    }
  }

  private Change change(Difference difference) {
    return Kinds.of(difference.entry())
        .change(difference.ours().orElseThrow(), difference.theirs().orElseThrow(), sides);
  }

  private void creates(String name, Side side) {
    if (created.add(name)) {
      side.children(name).forEach(child -> creates(child, side));
    }
  }

  private void drops() {
    closure
        .goes()
        .forEach(
            (name, causes) -> {
              CatalogEntry entry = from.find(name).orElseThrow();
              String key = "drop:" + name;
              if (!closure.implied(entry)) {
                node(key, rank(false, entry, from), Kinds.of(entry).drop(entry, sides), causes);
              }
            });
    closure.goes().keySet().forEach(name -> droppers.put(name, dropper(name)));
  }

  private String dropper(String name) {
    CatalogEntry entry = from.find(name).orElseThrow();
    if (nodes.containsKey("drop:" + name)) {
      return "drop:" + name;
    }
    return closure.goes().containsKey(entry.of())
        ? dropper(entry.of())
        : dropper(from.inheritedFrom(name).orElseThrow());
  }

  /** The object and its parts, as far as they do not come with it by themselves. */
  private void make(String name, Side side, Set<String> causes) {
    if (makers.containsKey(name)) {
      nodes.get(makers.get(name)).causes.addAll(causes);
      return;
    }
    CatalogEntry entry = side.find(name).orElseThrow();
    String parent = entry.of();
    boolean byParent = created.contains(parent) && comesWith(entry, side);
    boolean byHeritage =
        side.inheritedFrom(name).filter(created::contains).isPresent()
            && !created.contains("table:" + entry.schema() + "." + entry.object());
    if (byParent || byHeritage) {
      Optional<String> other = byParent ? Optional.of(parent) : side.inheritedFrom(name);
      other.map(makers::get).ifPresent(maker -> makers.put(name, maker));
      if (!makers.containsKey(name)) {
        return;
      }
    } else {
      String key = "make:" + name;
      node(key, rank(true, entry, side), Kinds.of(entry).create(entry, side, sides), causes);
      makers.put(name, key);
      late(entry, side, causes);
    }
    side.children(name).stream().sorted().forEach(child -> make(child, side, causes));
  }

  private boolean comesWith(CatalogEntry entry, Side side) {
    boolean ofTable = entry.of().startsWith("table:");
    return switch (entry.kind()) {
      case COLUMN -> ofTable;
      case CONSTRAINT ->
          ofTable && (TableSql.inline(entry, side) || side.inheritedFrom(entry.name()).isPresent());
      case TRIGGER -> side.inheritedFrom(entry.name()).isPresent();
      case GRANT -> GrantSql.usual(entry);
      default -> false;
    };
  }

  /** What can be said only when more is there: a partition's parent, a sequence's owner. */
  private void late(CatalogEntry entry, Side side, Set<String> causes) {
    if (entry.kind() == ObjectKind.TABLE && side.relation(entry.name()).partition()) {
      attach(entry, side.relation(entry.name()), false, causes);
    }
    if (entry.kind() == ObjectKind.SEQUENCE
        && !SequenceDefinition.of(entry).identity()
        && SequenceDefinition.of(entry).owner().isPresent()) {
      owned(entry, causes);
    }
  }

  private void attach(CatalogEntry entry, Relation table, boolean live, Set<String> causes) {
    node(
        "attach:" + entry.name(),
        rank(true, entry, to),
        TableSql.attach(entry, table, live),
        causes);
  }

  private void owned(CatalogEntry entry, Set<String> causes) {
    node("own:" + entry.name(), rank(true, entry, to), SequenceSql.owned(entry), causes);
  }

  private void alter(Difference difference) {
    if (NotNullSql.becomesValid(difference, from, to)) {
      node(
          "make:" + difference.name(),
          rank(true, difference.entry(), from),
          List.of(Statement.alone(ConstraintSql.validate(difference.entry()))),
          Set.of(difference.id()));
    }
    if (difference.missing() || difference.extra() || makers.containsKey(difference.name())) {
      return;
    }
    if (!(change(difference)
        instanceof Change.Alter(List<Statement> statements, boolean retyped, boolean remade))) {
      return;
    }
    CatalogEntry entry = difference.theirs().orElseThrow();
    Set<String> causes = Set.of(difference.id());
    String key = "make:" + difference.name();
    node(key, rank(true, entry, to), statements, causes);
    makers.put(difference.name(), key);
    if (remade) {
      to.children(difference.name()).stream()
          .filter(child -> to.find(child).filter(one -> !GrantSql.usual(one)).isPresent())
          .forEach(child -> make(child, to, causes));
    }
    if (entry.kind() == ObjectKind.TABLE) {
      Relation theirs = to.relation(entry.name());
      if (TableSql.attached(from.relation(entry.name()), theirs)) {
        attach(entry, theirs, true, causes);
      }
    }
    if (entry.kind() == ObjectKind.SEQUENCE
        && difference.finding().kind() == Finding.Kind.CHANGED
        && !SequenceDefinition.of(entry)
            .owner()
            .equals(SequenceDefinition.of(difference.ours().orElseThrow()).owner())) {
      owned(entry, causes);
    }
  }

  private void detached() {
    closure
        .detached()
        .forEach(
            (name, causes) -> {
              if (closure.goes().containsKey(name)) {
                return;
              }
              CatalogEntry ours = from.find(name).orElseThrow();
              node("drop:" + name, rank(false, ours, from), ColumnSql.dropDefault(ours), causes);
              droppers.put(name, "drop:" + name);
              CatalogEntry back = to.find(name).orElse(ours);
              boolean altered = makers.containsKey(name);
              if (!altered && ColumnSql.hasDefault(back)) {
                node("make:" + name, rank(true, back, to), ColumnSql.setDefault(back), causes);
                makers.put(name, "make:" + name);
              }
            });
  }

  private void node(String key, String rank, List<Statement> statements, Set<String> causes) {
    nodes.put(key, new Node(key, rank, statements, causes));
  }

  private static String rank(boolean makes, CatalogEntry entry, Side side) {
    return "%d %02d %05d".formatted(makes ? 1 : 0, Kinds.rank(entry.kind()), side.position(entry));
  }
}
