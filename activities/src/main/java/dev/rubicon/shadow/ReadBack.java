package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import java.util.stream.Collectors;

/** What the other side's own triggers made of a row that we wrote. */
record ReadBack(Direction way) {

  /**
   * What the other side's own triggers made of the row comes back, where it means something here. A
   * row that has no counterpart is left alone.
   */
  String sql(String g, String h) {
    var sets =
        way.back().stream()
            .filter(d -> !way.from().identity().contains(d.column()))
            .filter(d -> !disagrees(d).isEmpty())
            .toList();
    if (sets.isEmpty()) {
      return "";
    }
    String any =
        sets.stream().map(d -> "(" + disagrees(d) + ")").collect(Collectors.joining("\n     OR "));
    return """
      IF got.%s IS NOT NULL AND (%s) THEN
        PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', %s), true);
        PERFORM pg_catalog.set_config(%s, '', true);
        UPDATE %s AS t SET
          %s
        WHERE %s;
      END IF;
    """
        .formatted(
            Identifiers.quote(way.to().identity().getFirst()),
            any,
            g,
            way.other(),
            Direction.own(way.from(), "now_"),
            h,
            way.fromView(),
            sets.stream()
                .map(
                    d ->
                        d.quoted()
                            + " = CASE WHEN "
                            + disagrees(d)
                            + " THEN "
                            + d.over("got")
                            + " ELSE t."
                            + d.quoted()
                            + " END")
                .collect(Collectors.joining(",\n      ")),
            Direction.same(way.from(), "t", "now_"));
  }

  /** Neither what we wrote, nor what comes back from it. */
  private String disagrees(Derived back) {
    String forward =
        way.sets().stream()
            .filter(d -> back.source().inputs().contains(d.column()))
            .map(d -> SyncSql.differ("got." + d.quoted(), d.over("now_")))
            .collect(Collectors.joining(" OR "));
    if (forward.isEmpty()) {
      return "";
    }
    return "(" + forward + ") AND " + SyncSql.differ("now_." + back.quoted(), back.over("got"));
  }
}
