package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.runbook.Runbook;
import java.util.stream.Collectors;

/**
 * What is different in a trigger function where not every row has a counterpart, where the
 * counterpart is a part of a larger row, and where other plans write the same relation.
 */
record Parts(Family family, Direction way) {

  /** The counterpart is no row of its own: its columns go back to what they are without it. */
  String clear() {
    return "UPDATE %s AS t SET %s\n  WHERE %s;\n"
        .formatted(
            way.toView(),
            way.cleared().stream()
                .map(ShadowPlan.Cleared::assignment)
                .collect(Collectors.joining(", ")),
            way.match("t", "before"));
  }

  /** An inserted row that has no counterpart. */
  String unlessThere() {
    return way.rows().isEmpty()
        ? ""
        : "    IF NOT %s THEN\n      RETURN NULL;\n    END IF;\n".formatted(way.has("now_"));
  }

  String orComesOrGoes() {
    return way.rows().isEmpty()
        ? ""
        : " OR %s OPERATOR(pg_catalog.<>) %s".formatted(way.has("before"), way.has("now_"));
  }

  /** An updated row that has lost its counterpart. */
  String goes(String remove, String g, String h) {
    if (way.rows().isEmpty()) {
      return "";
    }
    return """
    IF %s AND NOT %s THEN
      PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', old_key), true);
      PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', new_key), true);
    %s  PERFORM pg_catalog.set_config(%s, was_g, true);
      PERFORM pg_catalog.set_config(%s, was_h, true);
      RETURN NULL;
    END IF;
    """
        .formatted(
            way.has("before"),
            way.has("now_"),
            g,
            way.word(),
            h,
            way.word(),
            remove.indent(2),
            g,
            h);
  }

  /**
   * Whether a row of {@code to} hangs on a larger one there, and a foreign key between them may
   * have carried out a change of the key by ON UPDATE CASCADE before this event tells of it.
   */
  boolean follows() {
    return !way.part() && family.plan().partOf() != Runbook.PartOf.NEITHER;
  }

  /**
   * The larger row beside this part gets another key, for a client of the other side, and a foreign
   * key between them takes the part along. That is no write of a client of this side: told to the
   * other side it would bring back what its client has just overwritten.
   */
  String cascaded() {
    if (!way.part()) {
      return "";
    }
    ShadowPlan whole = family.whole();
    return """
      IF pg_catalog.texteq(TG_OP, 'UPDATE')
         AND pg_catalog.textne(%s, %s)
         AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('%s', true), ''), pg_catalog.concat('%s:', %s))
         AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('%s', true), ''), pg_catalog.concat('%s:', %s)) THEN
        RETURN NULL;
      END IF;
    """
        .formatted(
            Direction.own(way.from(), "OLD"),
            Direction.own(way.from(), "NEW"),
            whole.guardBefore(),
            way.other(),
            Direction.own(way.from(), "OLD"),
            whole.guard(),
            way.other(),
            Direction.own(way.from(), "NEW"));
  }

  /** A part that goes while its row gets another key. */
  String takenAlong() {
    return follows()
        ? "IF NOT FOUND AND pg_catalog.textne(old_key, new_key) THEN\n  DELETE FROM %s t WHERE %s;\nEND IF;\n"
            .formatted(way.toView(), way.match("t", "now_"))
        : "";
  }

  /** A part that was none before comes whole. */
  String changed(String update, String setAll) {
    return way.part() && way.rows().isPresent()
        ? "IF %s THEN\n%sELSE\n%sEND IF;\n"
            .formatted(way.has("before"), update.indent(2), setAll.indent(2))
        : update;
  }

  /** A part that stands in its row already is not brought anew. */
  String unlessHeld(String update, String setAll) {
    return way.otherRows().isEmpty()
        ? setAll
        : "PERFORM 1 FROM %s t WHERE %s AND %s;\nIF FOUND THEN\n%sELSE\n%sEND IF;\n"
            .formatted(
                way.toView(),
                way.match("t", "now_"),
                Direction.holds(way.otherRows(), "t"),
                update.indent(2),
                setAll.indent(2));
  }

  /** A part is put into its row, which must be there. */
  String put(String set) {
    return set + unlessFound(set);
  }

  /**
   * The larger row may not have come yet: legacy's, because it was not copied, canonical's, because
   * one statement writes both and PostgreSQL tells of the part first. Then it is brought now; but
   * not under a key that somebody is changing: he tells of the row, and the copy of the part.
   */
  String unlessFound(String set) {
    ShadowPlan whole = family.whole();
    boolean toCanonical = way.upserts();
    String missing =
        """
          RAISE EXCEPTION 'rubicon: %% has no row of which this one in %% could be a part', %s, TG_TABLE_NAME
            USING ERRCODE = CASE WHEN blind THEN 'serialization_failure' ELSE 'foreign_key_violation' END,
                  HINT = 'insert that row first';
        """
            .formatted(
                Identifiers.literal((toCanonical ? whole.legacy().name() : whole.to()).toString()));
    Direction bring = toCanonical ? whole.up() : whole.down();
    Direction back = toCanonical ? whole.down() : whole.up();
    String identity =
        bring.to().identity().stream()
            .map(
                column ->
                    "got."
                        + Identifiers.quote(column)
                        + " := "
                        + way.sets().stream()
                            .filter(d -> d.column().equals(column))
                            .findFirst()
                            .orElseThrow()
                            .over("now_")
                        + ";\n")
            .collect(Collectors.joining());
    String guard = Identifiers.literal(whole.guard());
    return """
    IF NOT FOUND THEN
      DECLARE
        was_whole pg_catalog.text := coalesce(pg_catalog.current_setting(%s, true), '');
        busy boolean := false;
      BEGIN
    %s%s  PERFORM pg_catalog.set_config(%s, 'copy', true);
      INSERT INTO %s AS t (%s)%s
      SELECT %s FROM %s f WHERE %s%s
      ON CONFLICT DO NOTHING;
      PERFORM pg_catalog.set_config(%s, was_whole, true);
    %s  IF NOT (FOUND OR busy) THEN
    %s  END IF;
      END;
    END IF;
    """
        .formatted(
            guard,
            identity.indent(2),
            toCanonical
                ? "  busy := EXISTS (SELECT FROM %s f WHERE %s);\n"
                    .formatted(bring.fromView(), back.match("f", "got"))
                : "",
            guard,
            bring.toView(),
            bring.sets().stream().map(Derived::quoted).collect(Collectors.joining(", ")),
            bring.to().alwaysIdentity() ? " OVERRIDING SYSTEM VALUE" : "",
            bring.sets().stream().map(d -> d.over("f")).collect(Collectors.joining(", ")),
            bring.fromView(),
            back.match("f", "got"),
            toCanonical ? "\n  FOR KEY SHARE OF f SKIP LOCKED" : "",
            guard,
            set.indent(2),
            missing.indent(2));
  }

  /** Whether the larger row may have been brought by a part of it, before its own event. */
  boolean mayBeThere() {
    return family.sharing(family.plan().up()).stream()
        .anyMatch(p -> p.partOf() == Runbook.PartOf.LEGACY && family.plan().leadsLegacy());
  }

  /** Only in a family: whose write this is. */
  String notForAnother() {
    return family.sharing(way).isEmpty()
        ? ""
        : "\n     AND NOT (pg_catalog.textne(TG_OP, 'DELETE') AND (%s) OR pg_catalog.texteq(TG_OP, 'DELETE') AND (%s))"
            .formatted(family.writing(way, "NEW"), family.writing(way, "OLD"));
  }

  /**
   * Another plan of the family takes this row away, or gives it another key, for a client of the
   * other side. What hangs on the counterpart there is for the foreign key there to say: would we
   * act first, a statement that it forbids would take rows along.
   */
  String leftToForeignKey() {
    if (family.sharing(way).isEmpty()) {
      return "";
    }
    String pointed =
        family.sharing(way).stream()
            .map(s -> way.word().equals("up") ? s.canonical() : s.legacy())
            .map(side -> side.oid() + "::pg_catalog.oid")
            .collect(Collectors.joining(", "));
    return """
      IF pg_catalog.texteq(TG_OP, 'DELETE') AND (%s)
         OR pg_catalog.texteq(TG_OP, 'UPDATE') AND (%s) AND pg_catalog.textne(%s, %s) THEN
        PERFORM 1 FROM pg_catalog.pg_constraint c
          WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
            AND c.conrelid OPERATOR(pg_catalog.=) %d::pg_catalog.oid
            AND c.confrelid OPERATOR(pg_catalog.=) ANY (ARRAY[%s]);
        IF FOUND THEN
          RETURN NULL;
        END IF;
      END IF;
    """
        .formatted(
            family.writing(way, "OLD"),
            family.writing(way, "NEW"),
            Direction.own(way.from(), "OLD"),
            Direction.own(way.from(), "NEW"),
            way.to().oid(),
            pointed);
  }
}
