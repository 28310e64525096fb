package dev.rubicon.oracle;

import dev.rubicon.oracle.Relation.Places;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A shadow, row for row: renamed, re-typed, re-keyed, partitioned, in another schema. */
final class PairShape implements Shape {
  private final Relation legacy;
  private final Relation canonical;
  private final Optional<Child> child;
  private final CheckedAtEnd checked;
  private final Pairing pairing;
  private final List<MappedColumns> columns = new ArrayList<>();
  private final Shadow shadow;
  private final String schema;
  private final String builtAs;
  private final Optional<OwnersTrigger> canonicalTrigger;
  private Optional<OwnersTrigger> legacyTrigger;

  PairShape(int number, Random random, Server server, RowFeatures rows) {
    Keys keys = Keys.draw(random, true, false);
    columns.addAll(keys.all());
    var drawn = new MappedColumnsGenerator(random, server.citext());
    columns.addAll(rows.withDomains(drawn.some(1 + random.nextInt(4), false)));
    this.checked = rows.checkedAtEnd(keys);
    columns.addAll(checked.columns());
    String old = random.nextInt(4) == 0 ? "Old " + number : "old_" + number;
    LegacyName fate = LegacyName.values()[random.nextInt(LegacyName.values().length)];
    boolean takesName = fate == LegacyName.HIDE && random.nextBoolean();
    this.schema = !takesName && random.nextInt(4) == 0 ? "canon" : "public";
    String to = takesName ? old : random.nextInt(4) == 0 ? "New " + number : "new_" + number;
    boolean renamed = takesName || random.nextBoolean();
    this.builtAs = renamed ? "next_" + number : to;
    String before = schema + "." + Sql.quote(builtAs);
    String after = schema + "." + Sql.quote(to);
    String name = "public." + Sql.quote(old);
    this.legacy = relation(old, keys, Side.LEGACY, Places.of(name, fate));
    this.canonical =
        relation(to, keys, Side.CANONICAL, new Places(before, Optional.of(after), false));
    this.shadow =
        new Shadow(
            after,
            renamed ? Optional.of(before) : Optional.empty(),
            fate,
            checked.later(before, canonical.identity()));
    boolean plain = keys.legacy().isEmpty() && keys.canonical().isEmpty();
    this.child =
        keys.carried() && (plain || server.version() >= 15) && random.nextInt(3) == 0
            ? Optional.of(Child.draw(random, number, legacy))
            : Optional.empty();
    this.pairing = Pairing.of(legacy, canonical, columns);
    var carried = columns.subList(keys.all().size(), columns.size());
    this.legacyTrigger = rows.legacyTrigger(carried);
    this.canonicalTrigger = rows.canonicalTrigger(carried, own(Side.CANONICAL));
  }

  private Relation relation(String name, Keys keys, Side side, Places places) {
    var fields = new ArrayList<Field>();
    columns.forEach(b -> fields.addAll(b.fields(side)));
    fields.add(own(side));
    return new Relation(
        name, fields, keys.primary(side), keys.names(side), keys.layout(side), places);
  }

  /** What the other side knows nothing of. */
  static Field own(Side side) {
    return new Field(
        "own_" + (side == Side.LEGACY ? "old" : "new"),
        "text",
        false,
        Optional.of("mine"),
        r -> "n" + r.nextInt(99));
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
    legacyTrigger.ifPresent(t -> sql.addAll(t.create("public", legacy.places().before())));
    sql.addAll(checked.create(Side.LEGACY, legacy.places().before(), legacy.identity()));
    child.ifPresent(
        c -> {
          sql.addAll(c.relation().create("public", c.relation().name()));
          sql.add(c.constraint("public", legacy.places().before(), legacy.identity()));
        });
    return sql;
  }

  @Override
  public List<String> migration() {
    var sql = new ArrayList<>(canonical.create(schema, builtAs));
    canonicalTrigger.ifPresent(t -> sql.addAll(t.create(schema, canonical.places().before())));
    sql.addAll(checked.unique(Side.CANONICAL, canonical.places().before()));
    return sql;
  }

  @Override
  public List<String> undo() {
    var sql = new ArrayList<>(List.of("DROP TABLE " + canonical.places().before()));
    canonicalTrigger.ifPresent(t -> sql.add(t.dropFunction(schema)));
    return sql;
  }

  @Override
  public List<String> constraints(Side side) {
    Relation mine = side == Side.LEGACY ? legacy : canonical;
    String at = side.schema() + "." + Sql.quote(mine.name());
    var sql = new ArrayList<>(checked.reference(side, at, mine.identity()));
    child.ifPresent(c -> sql.add(c.constraint(side.schema(), at, mine.identity())));
    (side == Side.LEGACY ? legacyTrigger : canonicalTrigger)
        .ifPresent(t -> sql.addAll(t.create(side.schema(), at)));
    return sql;
  }

  @Override
  public List<Runbook.Transition> transitions() {
    return List.of(
        new Runbook.Transition(
            legacy.places().before(),
            Runbook.Transition.Kind.SHADOW,
            columns.stream().flatMap(b -> b.mappings(false).stream()).toList(),
            Optional.of(shadow)));
  }

  @Override
  public boolean inPlace() {
    return false;
  }

  @Override
  public List<Write> follows(
      Side side, Relation relation, Change change, Set<String> named, Rows rows) {
    var writes = new ArrayList<>(pairing.follows(side, change));
    if (side == Side.CANONICAL && change.after().isPresent()) {
      legacyTrigger.ifPresent(t -> writes.addAll(pairing.readBack(side, change, t)));
    }
    return writes;
  }

  @Override
  public Optional<OwnersTrigger> legacyTrigger() {
    return legacyTrigger;
  }

  @Override
  public void withoutLegacyTrigger() {
    legacyTrigger = Optional.empty();
  }

  @Override
  public CheckedAtEnd checkedAtEnd() {
    return checked;
  }

  @Override
  public Optional<Child> child() {
    return child;
  }
}
