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
  private final Keys keys;
  private Optional<PairShape> target;
  private final Optional<KeyAliases> aliases;
  private final CheckedAtEnd checked;
  private final Pairing pairing;
  private final List<MappedColumns> columns = new ArrayList<>();
  private final LegacyName fate;
  private final String before;
  private final String after;
  private final boolean renamed;
  private final String schema;
  private final String builtAs;
  private final Optional<OwnersTrigger> canonicalTrigger;
  private Optional<OwnersTrigger> legacyTrigger;

  PairShape(int number, Random random, Server server, RowFeatures rows) {
    this(
        Integer.toString(number),
        number,
        random,
        server,
        rows,
        rows.aliases("old_" + number),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true);
  }

  /**
   * One of several whose foreign keys form a circle: points at these keys, whose relation comes.
   */
  static PairShape inCircle(
      int number, int at, Keys keys, Keys next, Random random, Server server, RowFeatures rows) {
    return new PairShape(
        number + "_" + at,
        number,
        random,
        server,
        rows,
        Optional.empty(),
        Optional.empty(),
        Optional.of(keys),
        Optional.of(rows.inCircle(at, next)),
        false);
  }

  /** Closes the circle. */
  void pointAt(PairShape next) {
    target = Optional.of(next);
  }

  /** One that another can point at. */
  static PairShape target(int number, Random random, Server server, RowFeatures rows) {
    PairShape target;
    do {
      target =
          new PairShape(
              Integer.toString(number),
              number,
              random,
              server,
              rows,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              false);
    } while (!target.keys.carried() || !target.keys.whole());
    return target;
  }

  /** One that points at it. */
  static PairShape pointingAt(
      PairShape target, int number, Random random, Server server, RowFeatures rows) {
    PairShape pointing;
    do {
      pointing =
          new PairShape(
              number + "_to",
              number,
              random,
              server,
              rows,
              Optional.empty(),
              Optional.of(target),
              Optional.empty(),
              Optional.empty(),
              false);
    } while (!pointing.keys.whole());
    return pointing;
  }

  /**
   * @param target where it points at another
   * @param given keys that others point at before it is made
   * @param pointing the foreign key of one whose target comes later
   * @param alone whether it may have a child and triggers of the owner's
   */
  private PairShape(
      String suffix,
      int number,
      Random random,
      Server server,
      RowFeatures rows,
      Optional<KeyAliases> aliases,
      Optional<PairShape> target,
      Optional<Keys> given,
      Optional<CheckedAtEnd> pointing,
      boolean alone) {
    this.aliases = aliases;
    this.target = target;
    this.keys =
        given.orElseGet(
            () -> aliases.map(Keys::mapped).orElseGet(() -> Keys.draw(random, true, false)));
    columns.addAll(keys.all());
    var drawn = new MappedColumnsGenerator(random, server.citext());
    columns.addAll(rows.withDomains(drawn.some(1 + random.nextInt(4), false)));
    this.checked =
        alone
            ? rows.checkedAtEnd(keys)
            : pointing
                .or(() -> target.map(t -> rows.pointingAt(t.keys)))
                .orElse(CheckedAtEnd.NOTHING);
    columns.addAll(checked.columns());
    String old = aliases.isEmpty() && random.nextInt(4) == 0 ? "Old " + suffix : "old_" + suffix;
    this.fate = LegacyName.values()[random.nextInt(LegacyName.values().length)];
    boolean takesName = fate == LegacyName.HIDE && random.nextBoolean();
    this.schema = !takesName && random.nextInt(4) == 0 ? "canon" : "public";
    String to = takesName ? old : random.nextInt(4) == 0 ? "New " + suffix : "new_" + suffix;
    this.renamed = takesName || random.nextBoolean();
    this.builtAs = renamed ? "next_" + suffix : to;
    this.before = schema + "." + Sql.quote(builtAs);
    this.after = schema + "." + Sql.quote(to);
    String name = "public." + Sql.quote(old);
    this.legacy = relation(old, keys, Side.LEGACY, Places.of(name, fate));
    this.canonical =
        relation(to, keys, Side.CANONICAL, new Places(before, Optional.of(after), false));
    boolean plain = keys.whole();
    this.child =
        alone && keys.carried() && (plain || server.version() >= 15) && random.nextInt(3) == 0
            ? Optional.of(Child.draw(random, number, legacy))
            : Optional.empty();
    this.pairing = Pairing.of(legacy, canonical, columns);
    var carried = columns.subList(keys.all().size(), columns.size());
    this.legacyTrigger = alone ? rows.legacyTrigger(carried) : Optional.empty();
    this.canonicalTrigger =
        alone ? rows.canonicalTrigger(carried, own(Side.CANONICAL)) : Optional.empty();
  }

  private Relation pointsAt(Side side) {
    PairShape at = target.orElse(this);
    return side == Side.LEGACY ? at.legacy : at.canonical;
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
    var sql = new ArrayList<>(tables());
    sql.addAll(legacyChecks());
    return sql;
  }

  /** Legacy's, without what may point at another's. */
  List<String> tables() {
    var sql = new ArrayList<>(legacy.create("public", legacy.name()));
    legacyTrigger.ifPresent(t -> sql.addAll(t.create("public", legacy.places().before())));
    if (aliases.isPresent()) {
      sql.add(key(legacy) + " ADD GENERATED BY DEFAULT AS IDENTITY");
    }
    child.ifPresent(
        c -> {
          sql.addAll(c.relation().create("public", c.relation().name()));
          sql.add(c.constraint("public", legacy.places().before(), legacy.identity()));
        });
    return sql;
  }

  /** Once every relation is there. */
  List<String> legacyChecks() {
    return checked.create(
        Side.LEGACY,
        legacy.places().before(),
        pointsAt(Side.LEGACY).places().before(),
        pointsAt(Side.LEGACY).identity());
  }

  @Override
  public List<String> migration() {
    var sql = new ArrayList<>(canonical.create(schema, builtAs));
    canonicalTrigger.ifPresent(t -> sql.addAll(t.create(schema, canonical.places().before())));
    if (aliases.isPresent()) {
      sql.add(key(canonical) + " SET DEFAULT gen_random_uuid()");
    }
    sql.addAll(checked.unique(Side.CANONICAL, canonical.places().before()));
    return sql;
  }

  private static String key(Relation relation) {
    return "ALTER TABLE " + relation.places().before() + " ALTER " + KeyAliases.COLUMN;
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
    var sql =
        new ArrayList<>(
            checked.reference(
                side, at, Reference.name(side, pointsAt(side)), pointsAt(side).identity()));
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
            Optional.of(
                new Shadow(
                    after,
                    renamed ? Optional.of(before) : Optional.empty(),
                    fate,
                    checked.later(
                        pointsAt(Side.CANONICAL).places().before(),
                        pointsAt(Side.CANONICAL).identity())))));
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
  public Optional<KeyAliases> aliases() {
    return aliases;
  }

  boolean writtenWithItsTarget() {
    return checked.atOnce();
  }

  @Override
  public List<CheckedAtEnd> checkedAtEnd() {
    return List.of(checked);
  }

  @Override
  public Optional<Pointer> pointer(Side side, Relation relation) {
    return relation == relations(side).getFirst() && checked.points()
        ? Optional.of(new Pointer(checked.pointing(), pointsAt(side)))
        : Shape.super.pointer(side, relation);
  }

  @Override
  public Optional<Child> child() {
    return child;
  }
}
