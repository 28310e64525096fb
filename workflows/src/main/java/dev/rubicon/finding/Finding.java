package dev.rubicon.finding;

import java.util.Optional;

/**
 * One difference between target and canonical, or one hazard.
 *
 * @param id stable: {@code class:object-kind:qualified-name}, e.g. {@code
 *     missing:column:public.checks.claim} or {@code hazard:rewrite:public.checks}
 * @param target the target's definition, as PostgreSQL prints it
 * @param canonical canonical's definition
 * @param suggestedSql how the target could be brought to canonical; a suggestion, never run
 * @param disposition what the runbook says of it; {@link Disposition#OPEN} stops the plan for
 *     hazards and unsupported objects
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
     * The runbook says nothing about it: recorded; a hazard or an unsupported object stops the
     * plan.
     */
    OPEN
  }

  /** Whether the plan stops here. */
  public boolean blocks() {
    return disposition == Disposition.OPEN && (kind == Kind.HAZARD || kind == Kind.UNSUPPORTED);
  }
}
