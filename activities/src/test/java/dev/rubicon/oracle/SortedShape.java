package dev.rubicon.oracle;

import dev.rubicon.oracle.MappedColumns.Derivation;
import dev.rubicon.oracle.Relation.Places;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A split by rows, and a merge by rows, which is the same seen from the other side: one relation
 * whose rows say of what kind they are, here, and one for each of two kinds there. Rows of a third
 * kind have no counterpart.
 */
final class SortedShape implements Shape {
  private static final List<String> KINDS = List.of("first", "second", "neither");
  private static final String KIND = "Kind";

  private final Side wholeSide;
  private final Keys keys;
  private final List<MappedColumns> shared;
  private final List<List<MappedColumns>> mapped = new ArrayList<>();
  private final List<LegacyName> fates = new ArrayList<>();
  private final Relation whole;
  private final List<Relation> bins = new ArrayList<>();
  private final List<Pairing> pairings = new ArrayList<>();

  SortedShape(int number, Random random, Server server, RowFeatures rows, boolean split) {
    this.wholeSide = split ? Side.LEGACY : Side.CANONICAL;
    this.keys = Keys.draw(random, false, true);
    var drawn = new MappedColumnsGenerator(random, server.citext());
    this.shared = rows.withDomains(drawn.some(1 + random.nextInt(2), false));
    var extras = new ArrayList<List<MappedColumns>>();
    for (int i = 0; i < 2; i++) {
      extras.add(random.nextBoolean() ? List.of(drawn.plain()) : List.of());
      mapped.add(
          Stream.of(split ? sorting(i) : List.of(kind(i)), keys(split), shared, extras.get(i))
              .flatMap(List::stream)
              .toList());
      fates.add(random.nextInt(3) == 0 ? LegacyName.HIDE : LegacyName.KEEP);
    }
    var fields = new ArrayList<Field>();
    Stream.of(keys.all(), shared, extras.get(0), extras.get(1))
        .flatMap(List::stream)
        .forEach(b -> fields.addAll(b.fields(wholeSide)));
    fields.add(new Field(KIND, "text", true, Optional.empty(), r -> KINDS.get(r.nextInt(3))));
    fields.add(PairShape.own(wholeSide));
    this.whole = relation((split ? "old_" : "new_") + number, fields, wholeSide, fates.getFirst());
    Side other = wholeSide.other();
    for (int i = 0; i < 2; i++) {
      var columns = new ArrayList<Field>();
      Stream.of(keys.all(), shared, extras.get(i))
          .flatMap(List::stream)
          .forEach(b -> columns.addAll(b.fields(other)));
      columns.add(PairShape.own(other));
      Relation bin = relation(KINDS.get(i) + "_" + number, columns, other, fates.get(i));
      bins.add(bin);
      pairings.add(
          split ? Pairing.of(whole, bin, mapped.get(i)) : Pairing.of(bin, whole, mapped.get(i)));
    }
  }

  /** A split's keys are mapped together with the kind. */
  private List<MappedColumns> keys(boolean split) {
    return split ? keys.all().subList(1, keys.all().size()) : keys.all();
  }

  /** The first column of the key, from which the kind comes back, too. */
  private List<MappedColumns> sorting(int i) {
    MappedColumns key = keys.all().getFirst();
    String name = key.now().getFirst().name();
    return List.of(
        new MappedColumns(
            key.old(),
            key.now(),
            List.of(MappedColumns.copy(name, name)),
            List.of(MappedColumns.copy(name, name), constant(i, List.of(name))),
            false));
  }

  private static Derivation constant(int i, List<String> reads) {
    return new Derivation(KIND, Sql.literal(KINDS.get(i)) + "::text", reads, row -> KINDS.get(i));
  }

  private static MappedColumns kind(int i) {
    return new MappedColumns(
        List.of(),
        List.of(new Field(KIND, "text", true, Optional.empty(), r -> KINDS.get(i))),
        List.of(constant(i, List.of())),
        List.of(),
        false);
  }

  private Relation relation(String name, List<Field> fields, Side side, LegacyName fate) {
    return new Relation(
        name,
        fields,
        keys.primary(side),
        keys.primary(side),
        Optional.empty(),
        Places.of("public." + Sql.quote(name), side == Side.LEGACY ? fate : LegacyName.KEEP));
  }

  private boolean split() {
    return wholeSide == Side.LEGACY;
  }

  @Override
  public List<Relation> relations(Side side) {
    return side == wholeSide ? List.of(whole) : bins;
  }

  @Override
  public List<String> legacy() {
    return create(Side.LEGACY);
  }

  @Override
  public List<String> migration() {
    return create(Side.CANONICAL);
  }

  private List<String> create(Side side) {
    return relations(side).stream().flatMap(r -> r.create("public", r.name()).stream()).toList();
  }

  @Override
  public List<String> undo() {
    return relations(Side.CANONICAL).stream()
        .map(r -> "DROP TABLE " + r.places().before())
        .toList();
  }

  @Override
  public List<String> constraints(Side side) {
    return List.of();
  }

  @Override
  public List<Runbook.Transition> transitions() {
    return IntStream.range(0, 2)
        .mapToObj(
            i -> {
              Optional<String> rows =
                  Optional.of(Sql.quote(KIND) + " = " + Sql.literal(KINDS.get(i)));
              return new Runbook.Transition(
                  (split() ? whole : bins.get(i)).places().before(),
                  Runbook.Transition.Kind.SHADOW,
                  mapped.get(i).stream().flatMap(b -> b.mappings(false).stream()).toList(),
                  Optional.of(
                      new Shadow(
                          (split() ? bins.get(i) : whole).places().before(),
                          Optional.empty(),
                          split() && i > 0 ? LegacyName.KEEP : fates.get(i),
                          List.of(),
                          split() ? rows : Optional.empty(),
                          split() ? Optional.empty() : rows,
                          PartOf.NEITHER)));
            })
        .toList();
  }

  /** Rows of the third kind are nowhere else. */
  @Override
  public Optional<LegacyRelation> kept() {
    return split()
        ? Optional.of(
            new LegacyRelation(
                whole.places().before(), LegacyColumn.Action.ARCHIVE, Optional.empty()))
        : Optional.empty();
  }

  @Override
  public boolean inPlace() {
    return false;
  }

  @Override
  public Optional<Child> child() {
    return Optional.empty();
  }

  /** The other side holds other rows, too, or in two places. */
  @Override
  public boolean truncatesTogether(Side side, Relation relation) {
    return false;
  }

  @Override
  public List<Write> follows(
      Side side, Relation relation, Change change, Set<String> named, Rows rows) {
    if (relation != whole) {
      return pairings.get(bins.indexOf(relation)).follows(side, change);
    }
    var writes = new ArrayList<Write>();
    for (int i = 0; i < 2; i++) {
      Optional<Map<String, String>> before = change.before().filter(is(i));
      Optional<Map<String, String>> after = change.after().filter(is(i));
      if (before.isPresent() || after.isPresent()) {
        writes.addAll(pairings.get(i).follows(side, new Change(before, after)));
      }
    }
    return writes;
  }

  private static Predicate<Map<String, String>> is(int i) {
    return row -> KINDS.get(i).equals(row.get(KIND));
  }
}
