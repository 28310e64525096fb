package dev.rubicon.oracle;

import dev.rubicon.oracle.Brick.Link;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The expressions that are drawn from, each with what it does, told in Java. */
final class Bricks {
  private final Random random;
  private final boolean citext;
  private int number;

  Bricks(Random random, boolean citext) {
    this.random = random;
    this.citext = citext;
  }

  private String name(String stem) {
    return (random.nextInt(4) == 0 ? "Odd " + stem : stem) + ++number;
  }

  private static String q(String name) {
    return Sql.quote(name);
  }

  private static Field field(String name, String type, Function<Random, String> values) {
    return new Field(name, type, false, Optional.empty(), values);
  }

  /** A column that both sides have. */
  Brick same() {
    Type type = Type.draw(random, citext);
    boolean notNull = random.nextInt(5) == 0;
    Optional<String> fallback =
        notNull || random.nextInt(4) == 0
            ? Optional.of(type.values.apply(random))
            : Optional.empty();
    return Brick.same(new Field(name("s"), type.sql, notNull, fallback, type.values));
  }

  /** Any column, without a default or a NOT NULL: what a part of a row may have. */
  Brick plain() {
    return switch (random.nextInt(4)) {
      case 0 -> renamed(false);
      case 1 -> firstWord();
      case 2 -> cents();
      default -> Brick.same(field(name("s"), "text", Type::word));
    };
  }

  List<Brick> some(int wanted, boolean inPlace) {
    var bricks = new ArrayList<Brick>();
    for (int i = 0; i < wanted; i++) {
      bricks.add(i == 0 && inPlace ? mapped(inPlace) : one(inPlace));
    }
    return bricks;
  }

  private Brick one(boolean inPlace) {
    return random.nextInt(4) == 0 ? same() : mapped(inPlace);
  }

  private Brick mapped(boolean inPlace) {
    return switch (random.nextInt(14)) {
      case 0 -> renamed(true);
      case 1 -> firstWord();
      case 2 -> joined();
      case 3 -> parted();
      case 4 -> cents();
      case 5 -> loud(inPlace);
      case 6 -> label();
      case 7 -> answer();
      case 8 -> list();
      case 9 -> document();
      case 10 -> length();
      case 11 -> hex();
      case 12 -> day();
      default -> citext ? folded() : renamed(true);
    };
  }

  private static UnaryOperator<String> unlessNull(UnaryOperator<String> f) {
    return v -> v == null ? null : f.apply(v);
  }

  private static Brick pair(
      Field old,
      Field now,
      String up,
      String down,
      UnaryOperator<String> forth,
      UnaryOperator<String> back) {
    return new Brick(
        List.of(old),
        List.of(now),
        List.of(
            new Link(now.name(), up, List.of(old.name()), row -> forth.apply(row.get(old.name())))),
        List.of(
            new Link(
                old.name(), down, List.of(now.name()), row -> back.apply(row.get(now.name())))),
        false);
  }

  private Brick renamed(boolean anyDefault) {
    Type type = Type.draw(random, citext);
    Optional<String> fallback =
        anyDefault && type == Type.TEXT && random.nextBoolean()
            ? Optional.of("as given")
            : Optional.empty();
    String a = name("a");
    String r = name("r");
    return pair(
        new Field(a, type.sql, false, fallback, type.values),
        field(r, type.sql, type.values),
        q(a),
        q(r),
        v -> v,
        v -> v);
  }

  /** Loses information both ways. */
  private Brick firstWord() {
    String a = name("a");
    String f = name("f");
    return pair(
        field(a, "text", Type::word),
        field(f, "text", r -> "w" + r.nextInt(99)),
        "split_part(" + q(a) + ", ' ', 1)",
        q(f) + " || ' ?'",
        unlessNull(v -> v.split(" ", -1)[0]),
        unlessNull(v -> v + " ?"));
  }

  /** Two legacy columns in one canonical column. */
  private Brick joined() {
    String a = name("a");
    String b = name("b");
    String j = name("j");
    Function<Random, String> part = r -> "p" + r.nextInt(9);
    return new Brick(
        List.of(field(a, "text", part), field(b, "text", part)),
        List.of(
            new Field(
                j, "text", true, Optional.of("x/y"), r -> part.apply(r) + "/" + part.apply(r))),
        List.of(
            new Link(
                j,
                "coalesce(" + q(a) + ", '') || '/' || coalesce(" + q(b) + ", '')",
                List.of(a, b),
                row ->
                    Objects.requireNonNullElse(row.get(a), "")
                        + "/"
                        + Objects.requireNonNullElse(row.get(b), ""))),
        List.of(slash(a, j, 0), slash(b, j, 1)),
        false);
  }

  private static Link slash(String to, String from, int at) {
    return new Link(
        to,
        "split_part(" + q(from) + ", '/', " + (at + 1) + ")",
        List.of(from),
        row -> row.get(from).split("/", -1)[at]);
  }

  /** One legacy column in two canonical columns. */
  private Brick parted() {
    String a = name("a");
    String x = name("x");
    String y = name("y");
    Function<Random, String> part = r -> "p" + r.nextInt(9);
    return new Brick(
        List.of(field(a, "text", r -> part.apply(r) + "/" + part.apply(r))),
        List.of(field(x, "text", part), field(y, "text", part)),
        List.of(half(x, a, 0), half(y, a, 1)),
        List.of(
            new Link(
                a,
                q(x) + " || '/' || " + q(y),
                List.of(x, y),
                row ->
                    row.get(x) == null || row.get(y) == null
                        ? null
                        : row.get(x) + "/" + row.get(y))),
        false);
  }

  private static Link half(String to, String from, int at) {
    return new Link(
        to,
        "split_part(" + q(from) + ", '/', " + (at + 1) + ")",
        List.of(from),
        row -> row.get(from) == null ? null : row.get(from).split("/", -1)[at]);
  }

  private Brick cents() {
    String a = name("a");
    String c = name("c");
    return pair(
        field(a, "numeric(10,2)", Type.NUMERIC.values),
        field(c, "bigint", r -> Integer.toString(r.nextInt(9_999))),
        "(" + q(a) + " * 100)::bigint",
        "(" + q(c) + " / 100.0)::numeric(10,2)",
        unlessNull(v -> new BigDecimal(v).movePointRight(2).toBigInteger().toString()),
        unlessNull(v -> new BigDecimal(v).movePointLeft(2).setScale(2).toPlainString()));
  }

  /** Defaults on both sides, and a canonical column that may not be NULL. */
  private Brick loud(boolean inPlace) {
    String a = name("a");
    String u = name("u");
    String up = "upper(" + q(a) + ")";
    return pair(
        new Field(a, "text", false, Optional.of("new"), r -> "v" + r.nextInt(9)),
        new Field(u, "text", true, Optional.of("NONE"), r -> "V" + r.nextInt(9)),
        inPlace ? up : "coalesce(" + up + ", 'NONE')",
        "lower(" + q(u) + ")",
        v -> v == null ? "NONE" : v.toUpperCase(java.util.Locale.ROOT),
        unlessNull(v -> v.toLowerCase(java.util.Locale.ROOT)));
  }

  private Brick label() {
    String a = name("a");
    String t = name("t");
    return pair(
        field(a, "mood", Type::mood),
        field(t, "text", Type::mood),
        q(a) + "::text",
        q(t) + "::mood",
        v -> v,
        v -> v);
  }

  private Brick answer() {
    String a = name("a");
    String t = name("t");
    return pair(
        field(a, "boolean", Type.BOOLEAN.values),
        field(t, "text", r -> List.of("yes", "no", "maybe").get(r.nextInt(3))),
        "CASE " + q(a) + " WHEN true THEN 'yes' WHEN false THEN 'no' END",
        "CASE " + q(t) + " WHEN 'yes' THEN true WHEN 'no' THEN false END",
        unlessNull(v -> v.startsWith("t") ? "yes" : "no"),
        unlessNull(v -> Map.of("yes", "true", "no", "false").get(v)));
  }

  private Brick list() {
    String a = name("a");
    String t = name("t");
    return pair(
        field(a, "integer[]", r -> "{" + r.nextInt(9) + "," + r.nextInt(9) + "}"),
        field(t, "text", r -> r.nextInt(9) + "," + r.nextInt(9) + "," + r.nextInt(9)),
        "array_to_string(" + q(a) + ", ',')",
        "string_to_array(" + q(t) + ", ',')::integer[]",
        unlessNull(v -> v.substring(1, v.length() - 1)),
        unlessNull(v -> "{" + v + "}"));
  }

  private Brick document() {
    String a = name("a");
    String k = name("k");
    return pair(
        field(a, "jsonb", r -> "{\"k\": \"w" + r.nextInt(9) + "\", \"lost\": true}"),
        field(k, "text", r -> "n" + r.nextInt(9)),
        q(a) + " ->> 'k'",
        "jsonb_build_object('k', " + q(k) + ")",
        v -> v == null || v.contains(": null") ? null : v.split("\"", -1)[3],
        v -> v == null ? "{\"k\": null}" : "{\"k\": \"" + v + "\"}");
  }

  /** No way back: what canonical writes stays canonical's. */
  private Brick length() {
    String a = name("a");
    String n = name("n");
    return new Brick(
        List.of(field(a, "text", Type::word)),
        List.of(field(n, "integer", r -> Integer.toString(100 + r.nextInt(99)))),
        List.of(
            new Link(
                n,
                "length(" + q(a) + ")",
                List.of(a),
                row -> row.get(a) == null ? null : Integer.toString(row.get(a).length()))),
        List.of(),
        false);
  }

  private Brick hex() {
    String a = name("a");
    String h = name("h");
    return pair(
        field(a, "bytea", Type.BYTES.values),
        field(h, "text", r -> HexFormat.of().toHexDigits((byte) r.nextInt(256))),
        "encode(" + q(a) + ", 'hex')",
        "decode(" + q(h) + ", 'hex')",
        unlessNull(v -> v.substring(2)),
        unlessNull(v -> "\\x" + v));
  }

  private Brick day() {
    String a = name("a");
    String d = name("d");
    return pair(
        field(a, "timestamptz", Type.AT.values),
        field(d, "date", r -> "2025-0" + (1 + r.nextInt(9)) + "-20"),
        "(" + q(a) + " AT TIME ZONE 'UTC')::date",
        q(d) + "::timestamp AT TIME ZONE 'UTC'",
        unlessNull(v -> v.substring(0, 10)),
        unlessNull(v -> v + " 00:00:00+00"));
  }

  private Brick folded() {
    String a = name("a");
    String t = name("t");
    return pair(
        field(a, "citext", r -> "Mixed" + r.nextInt(9)),
        field(t, "text", r -> "plain" + r.nextInt(9)),
        "lower(" + q(a) + "::text)",
        q(t) + "::citext",
        unlessNull(v -> v.toLowerCase(java.util.Locale.ROOT)),
        v -> v);
  }
}
