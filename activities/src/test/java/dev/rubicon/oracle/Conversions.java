package dev.rubicon.oracle;

import dev.rubicon.oracle.MappedColumns.Derivation;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** One column for one column, of another type or with another meaning. */
record Conversions(UnaryOperator<String> names) {
  private String name(String stem) {
    return names.apply(stem);
  }

  static String q(String name) {
    return Sql.quote(name);
  }

  static Field field(String name, String type, Function<Random, String> values) {
    return new Field(name, type, false, Optional.empty(), values);
  }

  static UnaryOperator<String> unlessNull(UnaryOperator<String> f) {
    return v -> v == null ? null : f.apply(v);
  }

  static MappedColumns pair(
      Field old,
      Field now,
      String up,
      String down,
      UnaryOperator<String> forth,
      UnaryOperator<String> back) {
    return new MappedColumns(
        List.of(old),
        List.of(now),
        List.of(
            new Derivation(
                now.name(), up, List.of(old.name()), row -> forth.apply(row.get(old.name())))),
        List.of(
            new Derivation(
                old.name(), down, List.of(now.name()), row -> back.apply(row.get(now.name())))),
        false);
  }

  MappedColumns cents() {
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
  MappedColumns loud(boolean inPlace) {
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

  MappedColumns label() {
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

  MappedColumns answer() {
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

  MappedColumns list() {
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

  MappedColumns document() {
    String a = name("a");
    String k = name("k");
    return pair(
        field(a, "jsonb", r -> "{\"k\": \"w" + r.nextInt(9) + "\", \"lost\": true}"),
        field(k, "text", r -> "n" + r.nextInt(9)),
        q(a) + " ->> 'k'",
        "CASE WHEN " + q(k) + " IS NOT NULL THEN jsonb_build_object('k', " + q(k) + ") END",
        unlessNull(v -> v.split("\"", -1)[3]),
        unlessNull(v -> "{\"k\": \"" + v + "\"}"));
  }

  MappedColumns hex() {
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

  MappedColumns day() {
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

  MappedColumns folded() {
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
