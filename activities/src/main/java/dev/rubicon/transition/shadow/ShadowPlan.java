package dev.rubicon.transition.shadow;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.TypeNames;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One shadow transition, resolved against both live tables. Stored in {@code rubicon.transition}
 * when it is installed; every later phase reads it from there.
 *
 * @param id short, safe in names of functions and settings
 * @param to canonical's name from the cutover on
 * @param ups columns of canonical that follow legacy
 * @param downs columns of legacy that follow canonical
 * @param asleep canonical's own triggers: they are disabled until it takes clients, because a
 *     copied row is no event
 * @param numbering where both sides must draw their numbers from one sequence
 * @param checks what waits on one side for the end of a statement on the other
 * @param renamed what of canonical gets another name with the cutover
 * @param rows condition over legacy's row: whether canonical has a row for it
 * @param canonicalRows condition over canonical's row: whether legacy has a row for it
 * @param cleared what the larger row's columns become when the part goes
 * @param keyMap where canonical's key cannot be computed from legacy's
 * @param leadsLegacy whether it is the first of the plans that share this legacy relation: names,
 *     foreign keys and the end of the relation are its business
 * @param leadsCanonical the same for the canonical relation
 * @param sequences that columns own: their names must outlive the exchange of the relations'
 * @param keyHolders what foreign keys may point at where canonical is not unique over its columns
 */
public record ShadowPlan(
    String id,
    Side legacy,
    Side canonical,
    RelationName to,
    LegacyName legacyName,
    List<Derived> ups,
    List<Derived> downs,
    Optional<Numbering> numbering,
    List<DisabledTrigger> asleep,
    List<ForeignKey> foreignKeys,
    StatementChecks checks,
    List<Renamed> renamed,
    Optional<CompiledExpression> rows,
    Optional<CompiledExpression> canonicalRows,
    PartOf partOf,
    List<Cleared> cleared,
    Optional<KeyMap> keyMap,
    boolean leadsLegacy,
    boolean leadsCanonical,
    OwnedSequences sequences,
    List<KeyHolder> keyHolders) {
  private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");

  public ShadowPlan {
    ups = List.copyOf(ups);
    downs = List.copyOf(downs);
    asleep = List.copyOf(asleep);
    // One that was stored by an earlier version has none.
    keyHolders = keyHolders == null ? List.of() : List.copyOf(keyHolders);
    foreignKeys = List.copyOf(foreignKeys);
    renamed = List.copyOf(renamed);
    cleared = List.copyOf(cleared);
    // A plan that an earlier version stored has none, and its sequences went with their table.
    sequences = sequences == null ? OwnedSequences.NONE : sequences;
  }

  /**
   * A column of the larger row without its part.
   *
   * @param value its default; empty for NULL
   */
  public record Cleared(String column, String type, Optional<CompiledExpression> value) {
    public String assignment() {
      String nothing = "NULL::" + TypeNames.qualified(type);
      return Identifiers.quote(column)
          + " = "
          + value.map(v -> "(" + v.call("t") + ")::" + TypeNames.qualified(type)).orElse(nothing);
    }
  }

  /** Identifies the plan; several may share a relation. */
  @JsonIgnore
  public String key() {
    return leadsLegacy ? legacy.name().toString() : legacy.name() + " -> " + to;
  }

  /** What its triggers' names end in. */
  @JsonIgnore
  public String suffix() {
    return leadsLegacy && leadsCanonical ? "" : "_" + id;
  }

  /**
   * Canonical's numbers come from legacy's sequence until contract: both sides take inserts, and
   * two sequences would give the same number twice.
   *
   * @param column of canonical
   * @param legacySequence its OID: a hidden table takes its sequence along
   * @param canonicalSequence its own, advanced at contract; empty where it had none
   * @param canonicalDefault its own default, as SQL; empty for an identity column
   * @param identity {@code ALWAYS}, {@code BY DEFAULT}, or empty
   * @param options of an identity's own sequence, as in {@code ADD GENERATED}
   */
  public record Numbering(
      String column,
      long legacySequence,
      Optional<String> canonicalSequence,
      Optional<String> canonicalDefault,
      String identity,
      Optional<String> options) {
    private static final Pattern NAMED =
        Pattern.compile("^SEQUENCE NAME (?:\"(?:[^\"]|\"\")*\"|[^\\s\"])+");

    /**
     * Before the cutover legacy's own sequence has the name that canonical's gets with it.
     *
     * @param crossed whether canonical has its own name
     */
    public Optional<String> options(boolean crossed) {
      return options.map(
          all ->
              crossed
                  ? all
                  : NAMED
                      .matcher(all)
                      .replaceFirst(
                          Matcher.quoteReplacement(
                              "SEQUENCE NAME " + canonicalSequence.orElseThrow())));
    }
  }

  /**
   * A table that holds columns of canonical's, each value once, kept by canonical's own trigger.
   *
   * @param oid its name may change
   */
  public record KeyHolder(RelationName name, long oid) {}

  /**
   * @param mode as in {@code pg_trigger.tgenabled}
   */
  public record DisabledTrigger(String trigger, String mode) {
    public String enable(String table) {
      String how =
          switch (mode) {
            case "A" -> "ENABLE ALWAYS TRIGGER ";
            case "R" -> "ENABLE REPLICA TRIGGER ";
            default -> "ENABLE TRIGGER ";
          };
      return "ALTER TABLE " + table + " " + how + Identifiers.quote(trigger);
    }

    public String disable(String table) {
      return "ALTER TABLE " + table + " DISABLE TRIGGER " + Identifiers.quote(trigger);
    }
  }

  /** The legacy relation's view, bound by OID: it follows the table through every rename. */
  @JsonIgnore
  public String legacyView() {
    return "rubicon." + Identifiers.quote(id + "_legacy");
  }

  @JsonIgnore
  public String canonicalView() {
    return "rubicon." + Identifiers.quote(id + "_canonical");
  }

  /** Both relations, under names of the engine's, ready for SQL. */
  @JsonIgnore
  public List<String> views() {
    return List.of(legacyView(), canonicalView());
  }

  /** Setting that holds the key which the engine itself is writing, so that it is not sent back. */
  @JsonIgnore
  public String guard() {
    return "rubicon.guard_key_" + id;
  }

  /** The same for the key that a row had before. */
  @JsonIgnore
  public String guardBefore() {
    return "rubicon.guard_key_before_" + id;
  }

  @JsonIgnore
  public Direction up() {
    return new Direction(
        "up",
        "down",
        legacyView(),
        canonicalView(),
        legacy,
        canonical,
        ups,
        downs,
        true,
        rows,
        canonicalRows,
        partOf == PartOf.CANONICAL ? cleared : List.of(),
        partOf == PartOf.CANONICAL);
  }

  @JsonIgnore
  public Direction down() {
    return new Direction(
        "down",
        "up",
        canonicalView(),
        legacyView(),
        canonical,
        legacy,
        downs,
        ups,
        false,
        canonicalRows,
        rows,
        partOf == PartOf.LEGACY ? cleared : List.of(),
        partOf == PartOf.LEGACY);
  }

  @JsonIgnore
  public Stream<CompiledExpression> expressions() {
    return Stream.of(
            ups.stream().flatMap(d -> d.source().expression().stream()),
            downs.stream().flatMap(d -> d.source().expression().stream()),
            rows.stream(),
            canonicalRows.stream(),
            cleared.stream().flatMap(c -> c.value().stream()))
        .flatMap(s -> s);
  }

  /** Where the legacy relation waits once its name is another's. */
  @JsonIgnore
  public RelationName hidden() {
    return new RelationName("rubicon", id + "_hidden");
  }

  /** Whether unique keys alone guarantee that two rows of legacy never share a counterpart. */
  @JsonIgnore
  public boolean pairsOff() {
    return up().identity().stream()
        .allMatch(
            d ->
                d.source().map().isPresent()
                    || d.source().expression().isEmpty()
                        && legacy.columns().stream()
                            .filter(c -> c.name().equals(d.source().inputs().getFirst()))
                            .anyMatch(
                                c ->
                                    c.type().equals(d.type())
                                        || INTEGERS.containsAll(List.of(c.type(), d.type()))));
  }
}
