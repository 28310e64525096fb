package dev.rubicon.transition.inplace;

import dev.rubicon.expression.CompiledExpression;
import java.util.List;
import java.util.Optional;

/**
 * Columns that are derived from each other: the marker says per group which side was written last.
 *
 * @param index 0 for the first group of the relation
 * @param shared columns that expressions read but that belong to both shapes
 */
public record Group(
    int index, List<Canonical> canonical, List<Legacy> legacy, List<String> shared) {
  public Group {
    canonical = List.copyOf(canonical);
    legacy = List.copyOf(legacy);
    shared = List.copyOf(shared);
  }

  /**
   * @param bit position among the relation's canonical columns: says "not named" on INSERT and
   *     "named" on UPDATE
   * @param domainDefault what the type, a domain, gives where the column has no default of its own
   * @param nullableDomain whether the domain's default must be kept from rows that are not filled:
   *     the domain takes NULL
   * @param fallback default used where {@code up} gives nothing for a NOT NULL column
   */
  public record Canonical(
      String name,
      String type,
      int bit,
      Optional<CompiledExpression> up,
      Optional<String> defaultExpression,
      Optional<String> domainDefault,
      boolean nullableDomain,
      Optional<CompiledExpression> fallback) {

    /** What an INSERT that does not name the column gives it. */
    public Optional<String> effectiveDefault() {
      return defaultExpression.or(() -> domainDefault);
    }
  }

  /**
   * @param defaultExpression the column's own default, wrapped while the transition lasts
   * @param domainDefault what the type, a domain, gives where the column has no default of its own
   * @param contested whether canonical gives something in its stead: {@code down}, or a default of
   *     the group's that stands where the statement speaks of canonical and not of this column
   * @param omitBit position of its "no value given" bit; -1 when NULL says it
   * @param notNull in the legacy shape
   * @param only whether canonical does not have the column: only such writes are noted as legacy's
   */
  public record Legacy(
      String name,
      String type,
      Optional<CompiledExpression> down,
      Optional<String> defaultExpression,
      Optional<String> domainDefault,
      boolean contested,
      int omitBit,
      boolean notNull,
      boolean only) {

    /** The default that must be told from a value that was written. */
    public Optional<String> wrappedDefault() {
      return contested ? defaultExpression.or(() -> domainDefault) : Optional.empty();
    }
  }

  /** Marker bit: canonical wrote last, legacy is what {@code down} gives. */
  public long canonicalWrote() {
    return 2L << (2 * index);
  }

  /** Marker bit: one writer set both sides, and both stand. */
  public long bothSet() {
    return 4L << (2 * index);
  }

  /** Both bits of this group. */
  public long mask() {
    return canonicalWrote() | bothSet();
  }
}
