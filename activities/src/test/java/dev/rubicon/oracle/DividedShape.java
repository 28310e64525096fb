package dev.rubicon.oracle;

import dev.rubicon.oracle.Relation.Places;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A split by columns, and a merge by columns, which is the same seen from the other side: a whole
 * row here, a head and perhaps a part there.
 */
final class DividedShape implements Shape {
  private final Side wholeSide;
  private final List<MappedColumns> headColumns = new ArrayList<>();
  private final List<MappedColumns> partColumns = new ArrayList<>();
  private final List<MappedColumns> partKeys = new ArrayList<>();
  private final Relation whole;
  private final Relation head;
  private final Relation part;
  private final SplitReference reference;
  private final LegacyName fate;
  private final String legacyKeyAction;
  private final Optional<Child> child;

  DividedShape(int number, Random random, Server server, RowFeatures rows, boolean split) {
    this.wholeSide = split ? Side.LEGACY : Side.CANONICAL;
    Keys keys = Keys.draw(random, false, true);
    headColumns.addAll(keys.all());
    var generator = new MappedColumnsGenerator(random, server.citext());
    headColumns.addAll(rows.withDomains(generator.some(1 + random.nextInt(2), false)));
    for (int i = random.nextInt(3); i >= 0; i--) {
      partColumns.add(generator.plain());
    }
    String stem = random.nextBoolean() ? "of " : "";
    keys.all().forEach(b -> partKeys.add(split ? key(b, "", stem) : key(b, stem, "")));
    this.fate = random.nextInt(3) == 0 ? LegacyName.VIEW : LegacyName.KEEP;
    this.legacyKeyAction = random.nextBoolean() ? " ON DELETE CASCADE" : "";
    Side other = wholeSide.other();
    this.whole = whole((split ? "old_" : "new_") + number, keys);
    this.head = head((split ? "new_" : "old_") + number, keys, other);
    var partFields = new ArrayList<Field>();
    partKeys.forEach(b -> partFields.addAll(b.fields(other)));
    List<String> partKey = partFields.stream().map(Field::name).toList();
    partColumns.forEach(b -> partFields.addAll(b.fields(other)));
    partFields.add(
        new Field("own_part", "text", false, Optional.of("mine"), r -> "n" + r.nextInt(99)));
    this.part = relation("part_" + number, partFields, partKey, other);
    var all = new ArrayList<>(partKeys);
    all.addAll(partColumns);
    this.reference =
        new SplitReference(
            part,
            partColumns.stream()
                .flatMap(b -> b.fields(wholeSide).stream())
                .map(Field::name)
                .toList(),
            split ? Pairing.of(whole, head, headColumns) : Pairing.of(head, whole, headColumns),
            split ? Pairing.of(whole, part, all) : Pairing.of(part, whole, all));
    this.child =
        random.nextInt(4) == 0
            ? Optional.of(Child.draw(random, number, split ? whole : head))
            : Optional.empty();
  }

  private static MappedColumns key(MappedColumns column, String old, String now) {
    Field field = column.old().getFirst();
    String name = field.name();
    if (old.equals(now)) {
      return column;
    }
    Field before = new Field(old + name, field.type(), true, Optional.empty(), field.values());
    Field after = new Field(now + name, field.type(), true, Optional.empty(), field.values());
    return new MappedColumns(
        List.of(before),
        List.of(after),
        List.of(MappedColumns.copy(after.name(), before.name())),
        List.of(MappedColumns.copy(before.name(), after.name())),
        false);
  }

  private Relation whole(String name, Keys keys) {
    var fields = new ArrayList<Field>();
    headColumns.forEach(b -> fields.addAll(b.fields(wholeSide)));
    partColumns.forEach(b -> fields.addAll(b.fields(wholeSide)));
    fields.add(PairShape.own(wholeSide));
    return relation(name, fields, keys.primary(wholeSide), wholeSide);
  }

  private Relation head(String name, Keys keys, Side side) {
    var fields = new ArrayList<Field>();
    headColumns.forEach(b -> fields.addAll(b.fields(side)));
    fields.add(PairShape.own(side));
    return relation(name, fields, keys.primary(side), side);
  }

  private Relation relation(String name, List<Field> fields, List<String> key, Side side) {
    return new Relation(
        name,
        fields,
        key,
        key,
        Optional.empty(),
        Places.of("public." + Sql.quote(name), side == Side.LEGACY ? fate : LegacyName.KEEP));
  }

  private boolean split() {
    return wholeSide == Side.LEGACY;
  }

  @Override
  public List<Relation> relations(Side side) {
    var relations = new ArrayList<>(side == wholeSide ? List.of(whole) : List.of(head, part));
    child.ifPresent(c -> relations.add(c.relation()));
    return relations;
  }

  private List<Relation> own(Side side) {
    return side == wholeSide ? List.of(whole) : List.of(head, part);
  }

  private String partForeignKey(String schema) {
    return "FOREIGN KEY ("
        + Sql.quote(part.key())
        + ") REFERENCES "
        + schema
        + "."
        + Sql.quote(head.name())
        + " ("
        + Sql.quote(head.key())
        + ") ON UPDATE CASCADE"
        + (split() ? " ON DELETE CASCADE" : legacyKeyAction);
  }

  private String addPartForeignKey(String schema) {
    return "ALTER TABLE "
        + schema
        + "."
        + Sql.quote(part.name())
        + " ADD "
        + partForeignKey(schema);
  }

  @Override
  public List<String> legacy() {
    var sql = new ArrayList<String>();
    own(Side.LEGACY).forEach(r -> sql.addAll(r.create("public", r.name())));
    if (!split()) {
      sql.add(addPartForeignKey("public"));
    }
    child.ifPresent(
        c -> {
          sql.addAll(c.relation().create("public", c.relation().name()));
          Relation parent = split() ? whole : head;
          sql.add(c.constraint("public", parent.places().before(), parent.key()));
        });
    return sql;
  }

  @Override
  public List<String> migration() {
    var sql = new ArrayList<String>();
    own(Side.CANONICAL).forEach(r -> sql.addAll(r.create("public", r.name())));
    return sql;
  }

  @Override
  public List<String> undo() {
    return own(Side.CANONICAL).reversed().stream()
        .map(r -> "DROP TABLE " + r.places().before())
        .toList();
  }

  @Override
  public List<String> constraints(Side side) {
    var sql = new ArrayList<String>();
    if (side != wholeSide) {
      sql.add(addPartForeignKey(side.schema()));
    }
    child.ifPresent(
        c -> {
          Relation parent = side == wholeSide ? whole : head;
          sql.add(
              c.constraint(
                  side.schema(), side.schema() + "." + Sql.quote(parent.name()), parent.key()));
        });
    return sql;
  }

  @Override
  public List<Runbook.Transition> transitions() {
    String has =
        partColumns.stream()
            .flatMap(b -> b.fields(wholeSide).stream())
            .map(f -> Sql.quote(f.name()) + " IS NOT NULL")
            .collect(Collectors.joining(" OR "));
    var mapped = new ArrayList<>(partKeys);
    mapped.addAll(partColumns);
    return List.of(
        transition(
            split() ? whole : head,
            new Shadow(
                (split() ? head : whole).places().before(), Optional.empty(), fate, List.of()),
            headColumns),
        transition(
            split() ? whole : part,
            new Shadow(
                (split() ? part : whole).places().before(),
                Optional.empty(),
                split() ? LegacyName.KEEP : fate,
                split()
                    ? List.of(new ForeignKey(part.name() + "_fkey", partForeignKey("public")))
                    : List.of(),
                split() ? Optional.of(has) : Optional.empty(),
                split() ? Optional.empty() : Optional.of(has),
                split() ? PartOf.LEGACY : PartOf.CANONICAL),
            mapped));
  }

  private static Runbook.Transition transition(
      Relation from, Shadow shadow, List<MappedColumns> columns) {
    return new Runbook.Transition(
        from.places().before(),
        Runbook.Transition.Kind.SHADOW,
        columns.stream().flatMap(b -> b.mappings(false).stream()).toList(),
        Optional.of(shadow));
  }

  @Override
  public boolean inPlace() {
    return false;
  }

  @Override
  public Optional<Child> child() {
    return child;
  }

  @Override
  public List<Write> follows(
      Side side, Relation relation, Change change, Set<String> named, Rows rows) {
    return relation == part
        ? reference.ofPart(side, change)
        : relation == head
            ? reference.heads().follows(side, change)
            : reference.ofWhole(side, change, rows);
  }

  /** A part's to its head, between two transitions, besides. */
  @Override
  public List<FamilyStatement.Key> keys(Side side) {
    var keys = new ArrayList<>(Shape.super.keys(side));
    if (side != wholeSide) {
      keys.add(new FamilyStatement.Key(head, part, part.key()));
    }
    return keys;
  }

  /** A part needs a head that has none yet. */
  @Override
  public Optional<List<Map<String, String>>> places(Side side, Relation relation, Rows rows) {
    if (relation != part) {
      return Optional.empty();
    }
    var taken = rows.of(side, part).keySet();
    return Optional.of(
        rows.of(side, head).keySet().stream()
            .filter(key -> !taken.contains(key))
            .map(
                key -> {
                  var row = new java.util.HashMap<String, String>();
                  for (int i = 0; i < key.size(); i++) {
                    row.put(part.key().get(i), key.get(i));
                  }
                  return (Map<String, String>) row;
                })
            .toList());
  }
}
