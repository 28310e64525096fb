package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;

/**
 * That what was written on the other side is this very row's counterpart, and no other row's. Who
 * writes a row of which that cannot be said is refused, and nothing of it stays.
 */
record SamePair(ShadowPlan plan, Direction way) {

  /** The checks, once the other side has the row in {@code got}. */
  String sql() {
    return (way.to().triggers() || !plan.pairsOff() ? leadsBack() : "")
        + (way.shares() ? staysOurs() : "");
  }

  /** The same key for the other side, and another one here. */
  String orIsSpeltAnew() {
    return plan.pairsOff()
        ? ""
        : " OR "
            + SyncSql.differ(
                way.from().quotedIdentity("before."), way.from().quotedIdentity("now_."));
  }

  /**
   * A key that is computed, or that a trigger of the other side's has changed, and that does not
   * lead back to this row, is another row's: it may be taken already.
   */
  private String leadsBack() {
    Direction back = way.word().equals("up") ? plan.down() : plan.up();
    return """
      IF NOT (%s) THEN
        RAISE EXCEPTION 'rubicon: a key in %% does not come back from %% as it is', TG_TABLE_NAME, %s
          USING ERRCODE = 'check_violation';
      END IF;
    """
        .formatted(back.match("now_", "got"), Identifiers.literal(way.to().name().toString()));
  }

  /**
   * A row that by its own columns would be another relation's: it would stand here and there, and
   * each of them would be told of the other's writes.
   */
  private String staysOurs() {
    return """
      IF got.%s IS NOT NULL AND NOT %s THEN
        RAISE EXCEPTION 'rubicon: by its columns a row of %% would not be one of its rows in %%', TG_TABLE_NAME, %s
          USING ERRCODE = 'check_violation';
      END IF;
    """
        .formatted(
            Identifiers.quote(way.to().identity().getFirst()),
            Direction.holds(way.otherRows(), "got"),
            Identifiers.literal(way.to().name().toString()));
  }
}
