package dev.rubicon.finding;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One difference between target and canonical, or one hazard.
 *
 * @param id stable: {@code class:object-kind:qualified-name}, e.g. {@code
 *     missing:column:public.checks.claim} or {@code hazard:rewrite:public.checks}
 * @param target the target's definition, as PostgreSQL prints it
 * @param canonical canonical's definition
 * @param suggestedSql how the target could be brought to canonical; a suggestion, never run
 * @param disposition what the runbook says of it, or what the rollout does about it
 * @param reason why, from the runbook or from the engine
 */
public record Finding(
    String id,
    Kind kind,
    String title,
    Optional<String> target,
    Optional<String> canonical,
    Optional<String> suggestedSql,
    Disposition disposition,
    String reason) {

  /** Kinds of objects that clients of canonical name, or that their statements count on. */
  private static final Set<String> NEEDED =
      Set.of(
          "table",
          "view",
          "materialized-view",
          "column",
          "index",
          "sequence",
          "enum",
          "domain",
          "composite-type",
          "range-type");

  private static final Pattern OF_A_COLUMN = Pattern.compile(" (OWNED BY|IDENTITY OF) ");

  /** Class of a finding. */
  public enum Kind {
    MISSING,
    EXTRA,
    CHANGED,
    INVALID,
    VALUE_DRIFT,
    HAZARD,
    UNSUPPORTED,
    NOTE
  }

  /** What happens with it. */
  public enum Disposition {
    /** The rollout brings it to canonical. */
    FIXED_BY_ROLLOUT,
    ACCEPTED,
    MAPPED,
    IGNORED,
    /** A hazard that the runbook allows by name. */
    ALLOWED,
    /**
     * The runbook says nothing about it: recorded; {@link Finding#blocks} says whether it stops.
     */
    OPEN
  }

  /** A sequence that a column owns: the column is what clients name. */
  private boolean goesWithAColumn() {
    return id.startsWith("missing:sequence:")
        && canonical.filter(OF_A_COLUMN.asPredicate()).isPresent();
  }

  /** Whether target and canonical differ in it, and nobody has said that this is right. */
  public boolean differs() {
    return switch (kind) {
      case MISSING, EXTRA, CHANGED, INVALID, VALUE_DRIFT ->
          disposition != Disposition.ACCEPTED && disposition != Disposition.IGNORED;
      case HAZARD, UNSUPPORTED, NOTE -> false;
    };
  }

  /** Whether it stops a rollout: in the plan, and nowhere later. */
  public boolean blocks() {
    return disposition == Disposition.OPEN
        && switch (kind) {
          case HAZARD, UNSUPPORTED -> true;
          case MISSING -> NEEDED.contains(id.split(":", 3)[1]) && !goesWithAColumn();
          case EXTRA, CHANGED, INVALID, VALUE_DRIFT, NOTE -> false;
        };
  }
}
