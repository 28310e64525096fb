package dev.rubicon.oracle;

import java.util.Random;
import java.util.function.Function;

/** Types of columns that are carried as they are. */
enum Type {
  TEXT("text", Type::word),
  VARCHAR("varchar(20)", Type::word),
  NUMERIC("numeric(10,2)", r -> r.nextInt(90) + "." + (10 + r.nextInt(90))),
  SCALE("numeric", r -> r.nextInt(9) + (r.nextBoolean() ? ".0" : ".00")),
  INTEGER("integer", r -> Integer.toString(r.nextInt(1_000) - 500)),
  JSONB("jsonb", r -> "{\"k\": " + r.nextInt(9) + ", \"l\": [" + r.nextInt(3) + ", null]}"),
  JSON("json", r -> "{\"k\":" + " ".repeat(r.nextInt(3)) + r.nextInt(9) + "}"),
  INTEGERS("integer[]", r -> "{" + r.nextInt(4) + ",NULL," + r.nextInt(4) + "}"),
  TEXTS("text[]", r -> "{\"a b\",x" + r.nextInt(9) + "}"),
  MOOD("mood", r -> mood(r)),
  AT("timestamptz", r -> "2026-0" + (1 + r.nextInt(9)) + "-11 12:00:0" + r.nextInt(9) + "+00"),
  BYTES("bytea", r -> "\\x0" + r.nextInt(9) + "ff"),
  BOOLEAN("boolean", r -> Boolean.toString(r.nextBoolean())),
  UUID("uuid", r -> new java.util.UUID(r.nextLong(), r.nextLong()).toString()),
  DOUBLE("double precision", r -> Double.toString(r.nextInt(1_000) / 8.0)),
  CITEXT("citext", Type::word);

  private static final String[] WORDS = {
    "ann", "Bob", "cy dee", "x y z", "", "Ü ß", "a'b", "1.0", "{}", "q\\w", "ANN"
  };

  final String sql;
  final Function<Random, String> values;

  Type(String sql, Function<Random, String> values) {
    this.sql = sql;
    this.values = values;
  }

  static String word(Random random) {
    return WORDS[random.nextInt(WORDS.length)];
  }

  static String mood(Random random) {
    return new String[] {"sad", "ok", "so so"}[random.nextInt(3)];
  }

  /** One that the server has. */
  static Type draw(Random random, boolean citext) {
    Type type = values()[random.nextInt(values().length)];
    return type == CITEXT && !citext ? TEXT : type;
  }
}
