package dev.rubicon.shadow;

import dev.rubicon.target.Identifiers;

/**
 * An UPDATE that changes a row's partition and its key at once: PostgreSQL tells row triggers of a
 * DELETE and an INSERT with nothing in common. Statement triggers tell that they belong to an
 * UPDATE, so the DELETE waits for its INSERT, and is carried out at the statement's end if none
 * came. Otherwise the other side would lose what only it knows of the row, and its children.
 */
final class Moves {
  private Moves() {}

  private static String setting(ShadowPlan plan, Direction way, String which) {
    return "'rubicon." + which + "_" + plan.id() + "_" + way.word() + "'";
  }

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_statement_" + way.word());
  }

  /** In the DELETE branch, where the row is not there any more. */
  static String stash(ShadowPlan plan, Direction way) {
    String pending = setting(plan, way, "p");
    return """
    IF pg_catalog.texteq(pg_catalog.right(coalesce(pg_catalog.current_setting(%s, true), ''), 1), 'U')
       AND pg_catalog.texteq(coalesce(pg_catalog.current_setting(%s, true), ''), '') THEN
      PERFORM pg_catalog.set_config(%s, ROW(%s)::pg_catalog.text, true);
      RETURN NULL;
    END IF;
    """
        .formatted(setting(plan, way, "s"), pending, pending, way.from().quotedColumns("OLD."));
  }

  /** In the INSERT branch: what the row was before. */
  static String take(ShadowPlan plan, Direction way) {
    String pending = setting(plan, way, "p");
    return """
    ELSIF pg_catalog.texteq(pg_catalog.right(coalesce(pg_catalog.current_setting(%s, true), ''), 1), 'U')
          AND pg_catalog.textne(coalesce(pg_catalog.current_setting(%s, true), ''), '') THEN
      before := pg_catalog.current_setting(%s, true)::%s;
      PERFORM pg_catalog.set_config(%s, '', true);
    """
        .formatted(setting(plan, way, "s"), pending, pending, way.fromView(), pending);
  }

  /** Which statements are under way, innermost last; a DELETE that nobody took is made up for. */
  static String statement(Family family, Direction way) {
    ShadowPlan plan = family.plan();
    String stack = setting(plan, way, "s");
    String pending = setting(plan, way, "p");
    String g = Identifiers.literal(plan.guard());
    return """
    CREATE FUNCTION %s() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
    #variable_conflict use_column
    DECLARE
      stack  pg_catalog.text := coalesce(pg_catalog.current_setting(%s, true), '');
      was_g  pg_catalog.text := coalesce(pg_catalog.current_setting(%s, true), '');
      before %s%%ROWTYPE;
    BEGIN
      IF pg_catalog.texteq(TG_WHEN, 'BEFORE') THEN
        PERFORM pg_catalog.set_config(%s, pg_catalog.concat(stack, pg_catalog.left(TG_OP, 1)), true);
        RETURN NULL;
      END IF;
      IF pg_catalog.texteq(TG_OP, 'UPDATE')
         AND pg_catalog.textne(coalesce(pg_catalog.current_setting(%s, true), ''), '') THEN
        before := pg_catalog.current_setting(%s, true)::%s;
        PERFORM pg_catalog.set_config(%s, '', true);
        PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', %s), true);
    %s    PERFORM pg_catalog.set_config(%s, was_g, true);
      END IF;
      PERFORM pg_catalog.set_config(%s, pg_catalog.regexp_replace(stack,
        pg_catalog.concat(pg_catalog.left(TG_OP, 1), '([^', pg_catalog.left(TG_OP, 1), ']*)$'), '\\1'), true);
      RETURN NULL;
    END
    $rubicon$\
    """
        .formatted(
            name(plan, way),
            stack,
            g,
            way.fromView(),
            stack,
            pending,
            pending,
            way.fromView(),
            pending,
            g,
            way.word(),
            way.key("before"),
            (way.part()
                    ? new Parts(family, way).clear()
                    : "DELETE FROM %s t WHERE %s;\n"
                        .formatted(way.toView(), way.match("t", "before")))
                .indent(4),
            g,
            stack);
  }
}
