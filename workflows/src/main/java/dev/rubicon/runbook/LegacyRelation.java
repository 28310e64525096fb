package dev.rubicon.runbook;

import java.util.List;
import java.util.Optional;

/**
 * What becomes of a legacy relation at contract: of a shadow transition's, which is dropped where
 * nothing is said, or of one that goes without a successor.
 *
 * @param reason why it is kept; only with {@link LegacyColumn.Action#KEEP}
 * @param reconcile only without a successor: queries that must return no rows before it goes
 * @param reads only without a successor: what becomes of contract while somebody reads it
 */
public record LegacyRelation(
    String relation,
    LegacyColumn.Action action,
    Optional<String> reason,
    List<Runbook.Invariant> reconcile,
    Reads reads) {

  /** Whether reads within the quiet period stop contract. */
  public enum Reads {
    STOP,
    NOTE
  }

  public LegacyRelation {
    reconcile = List.copyOf(reconcile);
  }

  /** Of a shadow transition. */
  public LegacyRelation(String relation, LegacyColumn.Action action, Optional<String> reason) {
    this(relation, action, reason, List.of(), Reads.STOP);
  }
}
