package dev.rubicon.oracle;

import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/**
 * One column of a relation.
 *
 * @param fallback the default, as PostgreSQL prints it
 * @param values draws a value that is not NULL
 * @param ofDomain whether the type, a domain, has the default instead of the column
 */
record Field(
    String name,
    String type,
    boolean notNull,
    Optional<String> fallback,
    Function<Random, String> values,
    boolean ofDomain) {

  Field(
      String name,
      String type,
      boolean notNull,
      Optional<String> fallback,
      Function<Random, String> values) {
    this(name, type, notNull, fallback, values, false);
  }

  /** The column's own default. */
  Optional<String> own() {
    return fallback.filter(f -> !ofDomain);
  }

  String ddl() {
    return Sql.quote(name)
        + " "
        + type
        + (notNull ? " NOT NULL" : "")
        + own().map(f -> " DEFAULT " + Sql.literal(f)).orElse("");
  }

  /** A value, or NULL where that may be; null says NULL. */
  String draw(Random random) {
    return !notNull && random.nextInt(6) == 0 ? null : values.apply(random);
  }

  boolean mayBeLeftOut() {
    return !notNull || fallback.isPresent();
  }
}
