package dev.rubicon.oracle;

import dev.rubicon.oracle.MappedColumns.Derivation;
import dev.rubicon.oracle.Relation.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * The key of a case: what links the rows of both sides, and how either side is partitioned.
 *
 * @param identity the columns that link
 * @param wide a column that only canonical's key holds besides, because it partitions by it
 * @param carried whether canonical's columns can take a foreign key from legacy's types
 */
record Keys(
    List<MappedColumns> identity,
    Optional<MappedColumns> wide,
    Optional<Layout> legacy,
    Optional<Layout> canonical,
    boolean carried) {

  static Keys draw(Random random, boolean shadow, boolean divided) {
    var identity = new ArrayList<MappedColumns>();
    boolean carried = true;
    String id = random.nextInt(4) == 0 ? "Key Id" : "id";
    switch (random.nextInt(divided ? 4 : 7)) {
      case 0 -> identity.add(number(id, "integer", shadow ? "bigint" : "integer"));
      case 1 -> identity.add(number(id, "bigint", "bigint"));
      case 2 -> identity.add(word(id));
      case 3 -> identity.add(uuid(id));
      case 4 -> {
        identity.add(number(id, "integer", "integer"));
        identity.add(word("Tenant"));
      }
      case 5 -> {
        carried = !shadow;
        identity.add(shadow ? spelt(id) : number(id, "integer", "integer"));
      }
      default -> {
        identity.add(shadow ? renamed(id) : number(id, "integer", "integer"));
      }
    }
    if (divided || random.nextInt(5) < 2) {
      return new Keys(identity, Optional.empty(), Optional.empty(), Optional.empty(), carried);
    }
    return partitioned(random, shadow, identity, carried);
  }

  private static Keys partitioned(
      Random random, boolean shadow, List<MappedColumns> identity, boolean carried) {
    boolean first = random.nextBoolean();
    boolean second = shadow && random.nextInt(3) > 0;
    if (random.nextInt(3) == 0) {
      return new Keys(
          identity,
          Optional.empty(),
          hash(first, identity.getFirst().old().getFirst().name()),
          hash(second, identity.getFirst().now().getFirst().name()),
          carried);
    }
    boolean list = random.nextBoolean();
    MappedColumns column =
        list
            ? plain("region", "text", r -> List.of("eu", "us", "asia").get(r.nextInt(3)))
            : plain("bucket", "integer", r -> Integer.toString(r.nextInt(30)));
    String by = (list ? "LIST (" : "RANGE (") + (list ? "region)" : "bucket)");
    var layout =
        Optional.of(
            new Layout(
                by,
                list
                    ? List.of("FOR VALUES IN ('eu')", "FOR VALUES IN ('us')", "DEFAULT")
                    : List.of("FOR VALUES FROM (0) TO (10)", "FOR VALUES FROM (10) TO (100)")));
    if (shadow && random.nextBoolean()) {
      return new Keys(identity, Optional.of(column), Optional.empty(), layout, false);
    }
    identity.add(column);
    return new Keys(
        identity,
        Optional.empty(),
        first ? layout : Optional.empty(),
        second ? layout : Optional.empty(),
        carried);
  }

  private static Optional<Layout> hash(boolean wanted, String column) {
    return wanted
        ? Optional.of(
            new Layout(
                "HASH (" + Sql.quote(column) + ")",
                List.of(
                    "FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                    "FOR VALUES WITH (MODULUS 2, REMAINDER 1)")))
        : Optional.empty();
  }

  private static MappedColumns plain(
      String name, String type, java.util.function.Function<Random, String> values) {
    return MappedColumns.same(new Field(name, type, true, Optional.empty(), values));
  }

  private static String number(Random random) {
    return Integer.toString(1_000 + random.nextInt(1_000_000_000));
  }

  private static MappedColumns number(String name, String old, String now) {
    var link = List.of(MappedColumns.copy(name, name));
    return new MappedColumns(
        List.of(new Field(name, old, true, Optional.empty(), Keys::number)),
        List.of(new Field(name, now, true, Optional.empty(), Keys::number)),
        link,
        link,
        true);
  }

  private static MappedColumns word(String name) {
    return plain(name, "text", r -> "k " + number(r) + (r.nextInt(5) == 0 ? "'\\,{" : ""));
  }

  private static MappedColumns uuid(String name) {
    return plain(name, "uuid", r -> new UUID(r.nextLong(), r.nextLong()).toString());
  }

  /** A number that becomes a word. */
  private static MappedColumns spelt(String name) {
    return linked(name, "integer", "Spelt", "text", "::text", "::integer");
  }

  /** A number that becomes a random uuid. */
  static Keys mapped(KeyAliases aliases) {
    String name = KeyAliases.COLUMN;
    String mapped = "mapped(" + name + ")";
    var id =
        new MappedColumns(
            List.of(new Field(name, "integer", true, Optional.empty(), Keys::number)),
            List.of(
                new Field(
                    name,
                    "uuid",
                    true,
                    Optional.empty(),
                    r -> new UUID(r.nextLong(), r.nextLong()).toString())),
            List.of(
                new Derivation(name, mapped, List.of(name), r -> aliases.canonical(r.get(name)))),
            List.of(new Derivation(name, mapped, List.of(name), r -> aliases.legacy(r.get(name)))),
            false);
    return new Keys(List.of(id), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }

  private static MappedColumns renamed(String name) {
    return linked(name, "integer", "Other Id", "bigint", "", "::integer");
  }

  private static MappedColumns linked(
      String old, String oldType, String now, String newType, String up, String down) {
    return new MappedColumns(
        List.of(new Field(old, oldType, true, Optional.empty(), Keys::number)),
        List.of(new Field(now, newType, true, Optional.empty(), Keys::number)),
        List.of(new Derivation(now, Sql.quote(old) + up, List.of(old), row -> row.get(old))),
        List.of(new Derivation(old, Sql.quote(now) + down, List.of(now), row -> row.get(now))),
        false);
  }

  /** Whether neither side is partitioned. */
  boolean whole() {
    return legacy.isEmpty() && canonical.isEmpty();
  }

  List<MappedColumns> all() {
    var all = new ArrayList<>(identity);
    wide.ifPresent(all::add);
    return all;
  }

  List<String> names(Side side) {
    return identity.stream().map(b -> b.fields(side).getFirst().name()).toList();
  }

  /** The primary key of a side. */
  List<String> primary(Side side) {
    var names = new ArrayList<>(names(side));
    if (side == Side.CANONICAL) {
      wide.ifPresent(b -> names.add(b.now().getFirst().name()));
    }
    return names;
  }

  Optional<Layout> layout(Side side) {
    return side == Side.LEGACY ? legacy : canonical;
  }
}
