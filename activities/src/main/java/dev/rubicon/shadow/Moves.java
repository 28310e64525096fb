package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;

/**
 * An UPDATE that changes a row's partition and its key at once: PostgreSQL tells row triggers of a
 * DELETE and an INSERT with nothing in common. Statement triggers tell that they belong to an
 * UPDATE, so the DELETE waits for its INSERT, and is carried out if another event comes first, or
 * at the statement's end. Otherwise the other side would lose what only it knows of the row, and
 * its children.
 *
 * <p>A MERGE has all its actions' statement triggers. Where it updates and deletes, any DELETE may
 * be a move, and waiting costs it nothing; where it updates and inserts, only a move deletes. Where
 * it does all three, nothing tells a move from a DELETE with an INSERT after it: none waits.
 */
final class Moves {
  private Moves() {}

  private static String prefix(ShadowPlan plan, Direction way, String which) {
    return "rubicon." + which + "_" + plan.id() + "_" + way.word();
  }

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_statement_" + way.word());
  }

  /** Carries out what waits. */
  static String carry(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_carry_" + way.word());
  }

  /**
   * Events of one statement come at one depth. Its statement triggers are of that depth too, or of
   * the next, if a foreign key's trigger runs it: then its events come with those of the statement
   * outside.
   */
  static String declarations(ShadowPlan plan, Direction way) {
    return """
      depth   integer := pg_catalog.pg_trigger_depth();
      stack   pg_catalog.text := coalesce(pg_catalog.current_setting('%s', true), '');
      own     pg_catalog.text := pg_catalog.concat('(', depth, '|', depth OPERATOR(pg_catalog.+) 1, ');');
      waits   pg_catalog.text[];
    """
        .formatted(prefix(plan, way, "s"));
  }

  /**
   * Any event but its own INSERT ends a DELETE's waiting, of the same statement or, where it is no
   * certain move or is about the same key, of one inside. Of what is left, {@code waits} is a row
   * that this INSERT brings to another partition.
   */
  static String before(ShadowPlan plan, Direction way) {
    return """
      FOR d IN 1 .. depth LOOP
        waits := nullif(pg_catalog.current_setting(pg_catalog.concat('%s_', d), true), '')::pg_catalog.text[];
        IF waits IS NOT NULL AND (CASE
             WHEN d OPERATOR(pg_catalog.=) depth
               THEN pg_catalog.textne(TG_OP, 'INSERT') OR pg_catalog.texteq(waits[1], TG_RELID::pg_catalog.text)
             WHEN pg_catalog.texteq(TG_OP, 'DELETE') THEN pg_catalog.texteq(waits[2], 'maybe')
             ELSE pg_catalog.texteq(waits[2], 'maybe') OR pg_catalog.texteq(waits[3], %s)
           END) THEN
          PERFORM %s(d);
          waits := NULL;
        END IF;
      END LOOP;
    """
        .formatted(prefix(plan, way, "p"), Direction.own(way.from(), "NEW"), carry(plan, way));
  }

  /** In the DELETE branch, where the row is not there any more. */
  static String stash(ShadowPlan plan, Direction way) {
    return """
    IF pg_catalog.textregexeq(stack, pg_catalog.concat('U', own))
       AND NOT (pg_catalog.textregexeq(stack, pg_catalog.concat('D', own))
                AND pg_catalog.textregexeq(stack, pg_catalog.concat('I', own))) THEN
      PERFORM pg_catalog.set_config(
        pg_catalog.concat('%s_', depth),
        ARRAY[TG_RELID::pg_catalog.text,
              CASE WHEN pg_catalog.textregexeq(stack, pg_catalog.concat('D', own)) THEN 'maybe' ELSE 'yes' END,
              %s,
              ROW(%s)::pg_catalog.text]::pg_catalog.text,
        true);
      RETURN NULL;
    END IF;
    """
        .formatted(
            prefix(plan, way, "p"),
            Direction.own(way.from(), "OLD"),
            way.from().quotedColumns("OLD."));
  }

  /** In the INSERT branch: what the row was before. */
  static String take(ShadowPlan plan, Direction way) {
    return """
    ELSIF waits IS NOT NULL THEN
      before := waits[4]::%s;
      PERFORM pg_catalog.set_config(pg_catalog.concat('%s_', depth), '', true);
    """
        .formatted(way.fromView(), prefix(plan, way, "p"));
  }

  /** With the rights of who calls it: our own functions, which run with ours. */
  static String carrying(Family family, Direction way) {
    ShadowPlan plan = family.plan();
    return """
    CREATE FUNCTION %s(d integer) RETURNS void
      LANGUAGE plpgsql AS $rubicon$
    #variable_conflict use_column
    DECLARE
      place   pg_catalog.text := pg_catalog.concat('%s_', d);
      before  %s%%ROWTYPE;
      was_g   pg_catalog.text := coalesce(pg_catalog.current_setting('%s', true), '');
      was_h   pg_catalog.text := coalesce(pg_catalog.current_setting('%s', true), '');
      old_key pg_catalog.text;
      level   pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
      blind   boolean := pg_catalog.texteq(level, 'repeatable read')
                         OR pg_catalog.texteq(level, 'serializable');
    BEGIN
      before := (pg_catalog.current_setting(place)::pg_catalog.text[])[4]::%s;
      PERFORM pg_catalog.set_config(place, '', true);
      PERFORM 1 FROM %s f WHERE %s;
      IF FOUND THEN
        -- It has come back meanwhile, and stays the same row.
        PERFORM pg_catalog.set_config('%s', %s, true);
        PERFORM pg_catalog.set_config('%s', ROW(%s)::pg_catalog.text, true);
        RETURN;
      END IF;
    %sEND
    $rubicon$\
    """
        .formatted(
            carry(plan, way),
            prefix(plan, way, "p"),
            way.fromView(),
            plan.guard(),
            plan.guardBefore(),
            way.fromView(),
            way.fromView(),
            Direction.same(way.from(), "f", "before"),
            prefix(plan, way, "m") + "_key",
            Direction.own(way.from(), "before"),
            prefix(plan, way, "m") + "_row",
            way.from().quotedColumns("before."),
            SyncSql.gone(family, way).indent(2));
  }

  /** Which statements are under way, innermost last; a DELETE that nobody took is made up for. */
  static String statement(ShadowPlan plan, Direction way) {
    String stack = prefix(plan, way, "s");
    return """
    CREATE FUNCTION %s() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
    DECLARE
      depth integer := pg_catalog.pg_trigger_depth();
      stack pg_catalog.text := coalesce(pg_catalog.current_setting('%s', true), '');
    BEGIN
      IF pg_catalog.texteq(TG_WHEN, 'BEFORE') THEN
        PERFORM pg_catalog.set_config('%s', pg_catalog.concat(stack, pg_catalog.left(TG_OP, 1), depth, ';'), true);
        RETURN NULL;
      END IF;
      IF pg_catalog.textne(coalesce(pg_catalog.current_setting(pg_catalog.concat('%s_', depth), true), ''), '') THEN
        PERFORM %s(depth);
      END IF;
      PERFORM pg_catalog.set_config('%s', pg_catalog.regexp_replace(stack,
        pg_catalog.concat('^(.*)', pg_catalog.left(TG_OP, 1), '(', depth, '|', depth OPERATOR(pg_catalog.+) 1, ');'),
        '\\1'), true);
      RETURN NULL;
    END
    $rubicon$\
    """
        .formatted(name(plan, way), stack, stack, prefix(plan, way, "p"), carry(plan, way), stack);
  }
}
