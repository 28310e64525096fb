package dev.rubicon.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the oracle draws into the rows of a case beyond columns and their values. Shapes of golden
 * files have none of it.
 */
final class RowFeatures {
  /** What a run of every course has drawn, with what its statements are. */
  static final List<String> ALL =
      List.of(
          "row: a domain's default, LEGACY",
          "row: a domain's default, CANONICAL",
          "row: a trigger fills, LEGACY",
          "row: a trigger fills, CANONICAL",
          "row: a trigger respells, LEGACY",
          "a whole row, INSERT l",
          "a whole row, INSERT c",
          "a whole row, UPDATE l",
          "a whole row, UPDATE c",
          "a copied row, INSERT l",
          "a copied row, INSERT c",
          "SET DEFAULT, UPDATE l",
          "SET DEFAULT, UPDATE c",
          "SET DEFAULT, ON CONFLICT l",
          "SET DEFAULT, ON CONFLICT c",
          "row: a shadow points at another",
          "row: shadows point at each other in a circle",
          "row: a key that nothing computes",
          "row: a key of the relation on itself",
          "row: a unique constraint that may wait",
          "places exchanged l",
          "places exchanged c");

  private final int number;
  private final Optional<Random> random;
  private final List<String> types = new ArrayList<>();
  private final Set<String> drawn = new TreeSet<>();

  private RowFeatures(int number, Optional<Random> random) {
    this.number = number;
    this.random = random;
  }

  static RowFeatures none() {
    return new RowFeatures(0, Optional.empty());
  }

  static RowFeatures draw(int number, Random random) {
    return new RowFeatures(number, Optional.of(random));
  }

  /** Types that the relations of both sides need before they are made. */
  List<String> types() {
    return types;
  }

  /** For the tally. */
  Set<String> drawn() {
    return drawn;
  }

  /** Some get their default from their type, a domain, and others a default that they had not. */
  List<MappedColumns> withDomains(List<MappedColumns> columns) {
    return columns.stream().map(this::withDomain).toList();
  }

  private MappedColumns withDomain(MappedColumns columns) {
    if (columns.same()) {
      return MappedColumns.same(ofDomain(Side.LEGACY, columns.old().getFirst()));
    }
    return new MappedColumns(
        columns.old().stream().map(f -> ofDomain(Side.LEGACY, f)).toList(),
        columns.now().stream()
            // In place a runbook's own default stands where up gives none: that is no domain's.
            .map(f -> f.notNull() ? f : ofDomain(Side.CANONICAL, f))
            .toList(),
        columns.up(),
        columns.down(),
        false);
  }

  /** Whether a shadow is two, with a foreign key between them. */
  boolean linked() {
    boolean linked = random.filter(r -> r.nextInt(4) == 0).isPresent();
    if (linked) {
      drawn.add("row: a shadow points at another");
    }
    return linked;
  }

  /** How many of them point at each other in a circle; none where the last points at nothing. */
  int circle() {
    int circle = random.orElseThrow().nextInt(4);
    if (circle < 2) {
      return 0;
    }
    drawn.add("row: shadows point at each other in a circle");
    return circle;
  }

  /** On one of them, which points at these keys of the next. */
  CheckedAtEnd inCircle(int at, Keys next) {
    return CheckedAtEnd.inCircle(random.orElseThrow(), number * 10 + at, next);
  }

  /** Where nothing computes the keys of a shadow. */
  Optional<KeyAliases> aliases(String legacy) {
    Optional<KeyAliases> aliases =
        random.filter(r -> r.nextInt(5) == 0).map(r -> new KeyAliases(legacy));
    aliases.ifPresent(a -> drawn.add("row: a key that nothing computes"));
    return aliases;
  }

  /** On the first relation of either side. */
  CheckedAtEnd checkedAtEnd(Keys keys) {
    CheckedAtEnd checked =
        random.map(r -> CheckedAtEnd.draw(r, number, keys)).orElse(CheckedAtEnd.NOTHING);
    checked.drawn().forEach(d -> drawn.add("row: " + d));
    return checked;
  }

  /** On the relations that point at these keys. */
  CheckedAtEnd pointingAt(Keys target) {
    return CheckedAtEnd.pointing(random.orElseThrow(), number, target);
  }

  /** On legacy: fills a column that is mapped, and respells one, which may be the same. */
  Optional<OwnersTrigger> legacyTrigger(List<MappedColumns> columns) {
    return trigger(
        Side.LEGACY, columns.stream().filter(c -> !c.same()).flatMap(c -> c.old().stream()));
  }

  /**
   * On a shadow: what canonical's clients leave empty. What comes from legacy it finds filled, for
   * it does not fire before the verification.
   */
  Optional<OwnersTrigger> canonicalTrigger(List<MappedColumns> columns, Field own) {
    return trigger(
        Side.CANONICAL,
        Stream.concat(
            Stream.of(own),
            columns.stream()
                .filter(c -> c.up().stream().allMatch(u -> u.value().apply(nothing(c)) != null))
                .flatMap(c -> c.now().stream())));
  }

  private static Map<String, String> nothing(MappedColumns columns) {
    var row = new HashMap<String, String>();
    columns.old().forEach(f -> row.put(f.name(), null));
    return row;
  }

  private Optional<OwnersTrigger> trigger(Side side, Stream<Field> fields) {
    if (random.isEmpty() || random.get().nextBoolean()) {
      return Optional.empty();
    }
    var candidates = new ArrayList<>(fields.filter(f -> !f.notNull()).toList());
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    Collections.shuffle(candidates, random.get());
    var fills = new HashMap<String, String>();
    candidates
        .subList(0, Math.min(candidates.size(), 1 + random.get().nextInt(2)))
        .forEach(f -> fills.put(f.name(), filling(f)));
    Optional<String> respells =
        side == Side.CANONICAL
            ? Optional.empty()
            : candidates.stream().filter(f -> f.type().equals("text")).map(Field::name).findAny();
    drawn.add("row: a trigger fills, " + side);
    respells.ifPresent(r -> drawn.add("row: a trigger respells, " + side));
    return Optional.of(
        new OwnersTrigger("owners_" + side.schema() + "_" + number, fills, respells));
  }

  /** As PostgreSQL prints it, whatever the type. */
  private String filling(Field field) {
    return Stream.generate(() -> field.values().apply(random.get()))
        .filter(v -> !v.endsWith(".0"))
        .findFirst()
        .orElseThrow();
  }

  Field ofDomain(Side side, Field field) {
    if (random.isEmpty() || random.get().nextInt(field.fallback().isPresent() ? 2 : 3) > 0) {
      return field;
    }
    String domain = "public.told_" + number + "_" + types.size();
    String value = field.fallback().orElseGet(() -> field.values().apply(random.get()));
    String told = " AS " + field.type() + " DEFAULT " + Sql.literal(value);
    if (random.get().nextInt(4) == 0) {
      // A domain has the default of the domain that it is made of.
      types.add("CREATE DOMAIN " + domain + "_base" + told);
      types.add("CREATE DOMAIN " + domain + " AS " + domain + "_base");
    } else {
      types.add("CREATE DOMAIN " + domain + told);
    }
    drawn.add("row: a domain's default, " + side);
    return new Field(
        field.name(), domain, field.notNull(), Optional.of(value), field.values(), true);
  }
}
