package dev.rubicon.transition.inplace;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.KeyColumn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One in-place transition, resolved against the live table. Stored in {@code rubicon.transition}
 * when it is installed; every later phase reads it from there, never compiles again.
 *
 * @param id short, safe in function names and settings
 * @param partitioned whether the relation is a partitioned table
 * @param key columns of a key to walk along; empty when there is none
 * @param partitions at every level, as they were when the plan was made; empty for a plain table
 * @param capturesEarly whether the owner has BEFORE triggers: then a trigger of ours before them
 *     notes what the client's statement gives
 * @param added canonical columns without a counterpart in legacy
 */
public record InPlacePlan(
    String id,
    RelationName relation,
    boolean partitioned,
    List<KeyColumn> key,
    List<Partition> partitions,
    boolean capturesEarly,
    List<Group> groups,
    List<Added> added,
    List<ColumnRule> rules) {
  /** The marker column. */
  public static final String MARKER = "_rubicon";

  /** Flag that an INSERT does not name the marker; above those of all columns. */
  public static final long MARKER_FLAG = 1L << 62;

  public InPlacePlan {
    key = List.copyOf(key);
    partitions = List.copyOf(partitions);
    groups = List.copyOf(groups);
    added = List.copyOf(added);
    rules = List.copyOf(rules);
  }

  /**
   * A partition: what an INSERT that names it does, not the root, follows its own defaults and
   * fires its own statement triggers.
   *
   * @param defaults of the wrapped legacy columns, where it has others than the root
   */
  public record Partition(RelationName relation, Map<String, PartitionDefault> defaults) {
    public Partition {
      defaults = Map.copyOf(defaults);
    }
  }

  /**
   * @param own as the column has it
   * @param effective what an INSERT gets: the column's, its domain's, or NULL
   */
  public record PartitionDefault(Optional<String> own, String effective) {}

  /**
   * @param late whether the default is volatile: set after the column was added, so that the table
   *     is not rewritten, and given to existing rows by the backfill when the column is NOT NULL
   * @param settled any other default, the column's or its domain's
   */
  public record Added(
      String name,
      String type,
      Optional<String> defaultExpression,
      Optional<CompiledExpression> late,
      Optional<CompiledExpression> settled) {

    /** What a row gets that does not give the column a value. */
    public Optional<CompiledExpression> effectiveDefault() {
      return late.or(() -> settled);
    }
  }

  /**
   * What holds for a canonical column once canonical is the authority.
   *
   * @param collation where it is not its type's own
   */
  public record ColumnRule(
      String name,
      String type,
      Optional<String> collation,
      boolean notNull,
      Optional<String> check,
      Optional<String> comment,
      Optional<String> defaultExpression) {}

  @JsonIgnore
  public Stream<Group.Canonical> canonicalColumns() {
    return groups.stream().flatMap(group -> group.canonical().stream());
  }

  @JsonIgnore
  public Stream<Group.Legacy> legacyColumns() {
    return groups.stream().flatMap(group -> group.legacy().stream());
  }

  /** Every compiled expression, in a fixed order. */
  @JsonIgnore
  public Stream<CompiledExpression> expressions() {
    return Stream.of(
            canonicalColumns().flatMap(column -> column.up().stream()),
            legacyColumns().flatMap(column -> column.down().stream()),
            canonicalColumns().flatMap(column -> column.fallback().stream()),
            added.stream().flatMap(column -> column.effectiveDefault().stream()))
        .flatMap(stream -> stream);
  }

  /** Marker bits that stay in the row: filled, and two per group. */
  @JsonIgnore
  public long persistentMask() {
    return (1L << (1 + 2 * groups.size())) - 1;
  }

  /** Transient marker bit: an UPDATE of an unfilled row names this canonical column. */
  @JsonIgnore
  public long namedBit(Group.Canonical column) {
    return 1L << (1 + 2 * groups.size() + column.bit());
  }

  /** Transient marker bit: an UPDATE of an unfilled row names the group's legacy side. */
  @JsonIgnore
  public long namedLegacyBit(Group group) {
    return 1L << (1 + 2 * groups.size() + (int) canonicalColumns().count() + group.index());
  }

  /** Transient marker bit: an UPDATE changes this column, before the owner's triggers do. */
  @JsonIgnore
  public long changedBit(Group.Canonical column) {
    return 1L << (changedBits() + column.bit());
  }

  /** Transient marker bit: an UPDATE changes this column, before the owner's triggers do. */
  @JsonIgnore
  public long changedBit(Group.Legacy column) {
    return 1L << (changedBits() + column.omitBit());
  }

  private int changedBits() {
    return 1 + 3 * groups.size() + (int) canonicalColumns().count();
  }

  /** How many bits of the marker the plan uses. */
  @JsonIgnore
  public int markerBits() {
    long changed = capturesEarly ? canonicalColumns().count() + legacyColumns().count() : 0;
    return changedBits() + (int) changed;
  }

  /** Flag that an INSERT does not name this column. */
  public static long omittedBit(Group.Canonical column) {
    return 1L << column.bit();
  }

  /** Flag that an INSERT does not give this column a value of its own. */
  public static long omittedBit(Group.Legacy column) {
    return 1L << column.omitBit();
  }

  /** The transaction-local setting that collects the "not named" flags of one row. */
  @JsonIgnore
  public String omittedSetting() {
    return "rubicon.omitted_" + id;
  }

  /** The transaction-local setting that keeps the flags of the statements around this one. */
  @JsonIgnore
  public String outerSetting() {
    return "rubicon.outer_" + id;
  }

  /** The transaction-local setting that names the row that an UPDATE may move to a partition. */
  @JsonIgnore
  public String movingSetting() {
    return "rubicon.moving_" + id;
  }

  /** The session's setting with the legacy write that it has noted last. */
  @JsonIgnore
  public String notedSetting() {
    return "rubicon.noted_" + id;
  }

  /** Notes what the client's statement gives, before the owner's triggers change the row. */
  @JsonIgnore
  public String givenFunction() {
    return id + "_given";
  }

  @JsonIgnore
  public String syncFunction() {
    return id + "_sync";
  }

  /** Name of the CHECK that holds a rule until cutover makes it NOT NULL or gives it its name. */
  public String ruleConstraint(ColumnRule rule, String kind) {
    return "rubicon_" + id + "_" + rules.indexOf(rule) + "_" + kind;
  }
}
