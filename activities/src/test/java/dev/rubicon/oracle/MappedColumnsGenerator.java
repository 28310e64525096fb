package dev.rubicon.oracle;

import dev.rubicon.oracle.MappedColumns.Derivation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/** Draws mapped columns: expressions, each with a Java function that does the same. */
final class MappedColumnsGenerator {
  private final Random random;
  private final boolean citext;
  private final Conversions conversions = new Conversions(this::name);
  private int number;

  MappedColumnsGenerator(Random random, boolean citext) {
    this.random = random;
    this.citext = citext;
  }

  private String name(String stem) {
    return (random.nextInt(4) == 0 ? "Odd " + stem : stem) + ++number;
  }

  /** A column that both sides have. */
  MappedColumns same() {
    Type type = Type.draw(random, citext);
    boolean notNull = random.nextInt(5) == 0;
    Optional<String> fallback =
        notNull || random.nextInt(4) == 0
            ? Optional.of(type.values.apply(random))
            : Optional.empty();
    return MappedColumns.same(new Field(name("s"), type.sql, notNull, fallback, type.values));
  }

  /** Any column, without a default or a NOT NULL: what a part of a row may have. */
  MappedColumns plain() {
    return switch (random.nextInt(4)) {
      case 0 -> renamed(false);
      case 1 -> firstWord();
      case 2 -> conversions.cents();
      default -> MappedColumns.same(Conversions.field(name("s"), "text", Type::word));
    };
  }

  List<MappedColumns> some(int wanted, boolean inPlace) {
    var columns = new ArrayList<MappedColumns>();
    for (int i = 0; i < wanted; i++) {
      columns.add(i == 0 && inPlace ? mapped(inPlace) : one(inPlace));
    }
    return columns;
  }

  private MappedColumns one(boolean inPlace) {
    return random.nextInt(4) == 0 ? same() : mapped(inPlace);
  }

  private MappedColumns mapped(boolean inPlace) {
    return switch (random.nextInt(14)) {
      case 0 -> renamed(true);
      case 1 -> firstWord();
      case 2 -> joined();
      case 3 -> parted();
      case 4 -> conversions.cents();
      case 5 -> conversions.loud(inPlace);
      case 6 -> conversions.label();
      case 7 -> conversions.answer();
      case 8 -> conversions.list();
      case 9 -> conversions.document();
      case 10 -> length();
      case 11 -> conversions.hex();
      case 12 -> conversions.day();
      default -> citext ? conversions.folded() : renamed(true);
    };
  }

  private MappedColumns renamed(boolean anyDefault) {
    Type type = Type.draw(random, citext);
    Optional<String> fallback =
        anyDefault && type == Type.TEXT && random.nextBoolean()
            ? Optional.of("as given")
            : Optional.empty();
    String a = name("a");
    String r = name("r");
    return Conversions.pair(
        new Field(a, type.sql, false, fallback, type.values),
        Conversions.field(r, type.sql, type.values),
        Sql.quote(a),
        Sql.quote(r),
        v -> v,
        v -> v);
  }

  /** Loses information both ways. */
  private MappedColumns firstWord() {
    String a = name("a");
    String f = name("f");
    return Conversions.pair(
        Conversions.field(a, "text", Type::word),
        Conversions.field(f, "text", r -> "w" + r.nextInt(99)),
        "split_part(" + Sql.quote(a) + ", ' ', 1)",
        Sql.quote(f) + " || ' ?'",
        Conversions.unlessNull(v -> v.split(" ", -1)[0]),
        Conversions.unlessNull(v -> v + " ?"));
  }

  /** Two legacy columns in one canonical column. */
  private MappedColumns joined() {
    String a = name("a");
    String b = name("b");
    String j = name("j");
    Function<Random, String> part = r -> "p" + r.nextInt(9);
    return new MappedColumns(
        List.of(Conversions.field(a, "text", part), Conversions.field(b, "text", part)),
        List.of(
            new Field(
                j, "text", true, Optional.of("x/y"), r -> part.apply(r) + "/" + part.apply(r))),
        List.of(
            new Derivation(
                j,
                "coalesce(" + Sql.quote(a) + ", '') || '/' || coalesce(" + Sql.quote(b) + ", '')",
                List.of(a, b),
                row ->
                    Objects.requireNonNullElse(row.get(a), "")
                        + "/"
                        + Objects.requireNonNullElse(row.get(b), ""))),
        List.of(slash(a, j, 0), slash(b, j, 1)),
        false);
  }

  private static Derivation slash(String to, String from, int at) {
    return new Derivation(
        to,
        "split_part(" + Sql.quote(from) + ", '/', " + (at + 1) + ")",
        List.of(from),
        row -> row.get(from).split("/", -1)[at]);
  }

  /** One legacy column in two canonical columns. */
  private MappedColumns parted() {
    String a = name("a");
    String x = name("x");
    String y = name("y");
    Function<Random, String> part = r -> "p" + r.nextInt(9);
    return new MappedColumns(
        List.of(Conversions.field(a, "text", r -> part.apply(r) + "/" + part.apply(r))),
        List.of(Conversions.field(x, "text", part), Conversions.field(y, "text", part)),
        List.of(half(x, a, 0), half(y, a, 1)),
        List.of(
            new Derivation(
                a,
                Sql.quote(x) + " || '/' || " + Sql.quote(y),
                List.of(x, y),
                row ->
                    row.get(x) == null || row.get(y) == null
                        ? null
                        : row.get(x) + "/" + row.get(y))),
        false);
  }

  private static Derivation half(String to, String from, int at) {
    return new Derivation(
        to,
        "split_part(" + Sql.quote(from) + ", '/', " + (at + 1) + ")",
        List.of(from),
        row -> row.get(from) == null ? null : row.get(from).split("/", -1)[at]);
  }

  /** No way back: what canonical writes stays canonical's. */
  private MappedColumns length() {
    String a = name("a");
    String n = name("n");
    return new MappedColumns(
        List.of(Conversions.field(a, "text", Type::word)),
        List.of(Conversions.field(n, "integer", r -> Integer.toString(100 + r.nextInt(99)))),
        List.of(
            new Derivation(
                n,
                "length(" + Sql.quote(a) + ")",
                List.of(a),
                row -> row.get(a) == null ? null : Integer.toString(row.get(a).length()))),
        List.of(),
        false);
  }
}
