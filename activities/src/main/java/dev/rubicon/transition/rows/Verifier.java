package dev.rubicon.transition.rows;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.Optional;

/** How both sides of a transition are compared, inside the caller's snapshot. */
public interface Verifier {
  /** Why a comparison always has to look at all rows; empty where it does not. */
  Optional<String> whole();

  /** Looks at rows that were written since the pass before. */
  Verified.Look<VerificationResult> since(PgSession session, Verified.Since since);

  /** Looks at all rows. */
  VerificationResult all(PgSession session);

  /** The statement that compares all rows, where nothing disagrees. */
  String statement();

  /** Expressions whose results are compared. */
  List<CompiledExpression> expressions();

  /** The first rows that disagree, where a single row can be shown. */
  default List<DisagreeingRow> disagreeing(PgSession session, int most) {
    return List.of();
  }
}
