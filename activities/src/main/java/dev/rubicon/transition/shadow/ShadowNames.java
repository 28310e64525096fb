package dev.rubicon.transition.shadow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.Optional;

/** What a relation is called by now. */
public final class ShadowNames {
  private ShadowNames() {}

  public static RelationName of(PgSession session, Side side) {
    return of(session, side.oid());
  }

  public static RelationName of(PgSession session, long oid) {
    return find(session, oid)
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.TARGET_CHANGED,
                    "relation " + oid + " is gone: somebody dropped it during the rollout",
                    "bring it back, then: rubicon resume; or end the rollout: rubicon abort"));
  }

  /** Empty where somebody has dropped it. */
  public static Optional<RelationName> find(PgSession session, long oid) {
    return session.first(
        """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = ?::bigint::oid
        """,
        row -> new RelationName(row.getString(1), row.getString(2)),
        oid);
  }
}
