package dev.rubicon.migrationtool;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;

/** How a tool orders its versions, where the version itself says it. */
public enum Order {
  /** By a graph that only the tool's own files have. */
  NONE(null),
  TEXT(Function.identity()),
  NUMBER(version -> padded(version)),
  /** As {@code 1.10}: number by number. */
  DOTTED(version -> dotted(version)),
  /** By the milliseconds that a name ends with. */
  ENDING(version -> padded(version.substring(Math.max(0, version.length() - 13))));

  private final Optional<Comparator<String>> comparator;

  Order(Function<String, String> key) {
    this.comparator = Optional.ofNullable(key).map(Comparator::comparing);
  }

  /** Empty where the versions alone do not say it. */
  public Optional<Comparator<String>> comparator() {
    return comparator;
  }

  /** One spelling for one version: {@code 0002} is 2 where versions are numbers. */
  public String normal(String version) {
    return this == NUMBER && version.matches("[0-9]+")
        ? new BigInteger(version).toString()
        : version;
  }

  private static String padded(String version) {
    return "0".repeat(Math.max(0, 40 - version.length())) + version;
  }

  private static String dotted(String version) {
    var key = new StringBuilder();
    for (String part : version.split("\\.")) {
      key.append(padded(part)).append('.');
    }
    return key.toString();
  }
}
