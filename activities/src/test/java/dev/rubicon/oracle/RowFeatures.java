package dev.rubicon.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the oracle draws into the rows of a case beyond columns and their values. Shapes of golden
 * files have none of it.
 */
final class RowFeatures {
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
