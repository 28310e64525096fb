package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import java.util.stream.Collectors;

/**
 * The trigger function of one direction. It is told by an event that a key was written, and looks
 * at the row as it stands by now: of a statement's events some come late, after triggers of the
 * user's have written the same row again.
 */
final class SyncSql {
  private final ShadowPlan plan;
  private final Direction way;
  private final Parts parts;
  private final Counterpart other;
  private final SamePair pair;
  private final StringBuilder out = new StringBuilder();

  private SyncSql(Family family, Direction way) {
    this.plan = family.plan();
    this.way = way;
    this.parts = new Parts(family, way);
    this.other = new Counterpart(way, parts);
    this.pair = new SamePair(plan, way);
  }

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_" + way.word());
  }

  /** The whole {@code CREATE OR REPLACE FUNCTION} statement. */
  static String open(Family family, Direction way) {
    return new SyncSql(family, way).write();
  }

  private String write() {
    String g = Identifiers.literal(plan.guard());
    String h = Identifiers.literal(plan.guardBefore());
    out.append(
        """
        CREATE OR REPLACE FUNCTION %s() RETURNS trigger
          LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
        #variable_conflict use_column
        DECLARE
          before  %s%%ROWTYPE;  -- the row as it was
          now_    %s%%ROWTYPE;  -- the row as it is by now
          got     %s%%ROWTYPE;  -- what the other side made of it
          was_g   pg_catalog.text := coalesce(pg_catalog.current_setting(%s, true), '');
          was_h   pg_catalog.text := coalesce(pg_catalog.current_setting(%s, true), '');
          moved_key pg_catalog.text := 'rubicon.m_%s_key';
          moved_row pg_catalog.text := 'rubicon.m_%s_row';
          old_key pg_catalog.text;
          new_key pg_catalog.text;
          level   pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
          blind   boolean := pg_catalog.texteq(level, 'repeatable read')
                             OR pg_catalog.texteq(level, 'serializable');
        %sBEGIN
        """
            .formatted(
                name(plan, way),
                way.fromView(),
                way.fromView(),
                way.toView(),
                g,
                h,
                plan.id() + "_" + way.word(),
                plan.id() + "_" + way.word(),
                way.from().partitioned() ? Moves.declarations(plan, way) : ""));
    noteLegacyWrite();
    out.append(parts.leftToForeignKey());
    out.append(parts.cascaded());
    if (way.from().partitioned()) {
      out.append(Moves.before(plan, way));
    }
    deleted();
    row();
    pairs();
    written(g, h);
    out.append("  RETURN NULL;\nEND\n$rubicon$");
    return out.toString();
  }

  /** Contract asks who still writes legacy; once per session and minute is enough to know. */
  private void noteLegacyWrite() {
    if (!way.word().equals("up")) {
      return;
    }
    String setting = Identifiers.literal("rubicon.noted_" + plan.id());
    out.append(
        """
          old_key := pg_catalog.concat(
            pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
            pg_catalog.current_setting('application_name'));
          IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting(%s, true), ''), old_key)%s THEN
            PERFORM pg_catalog.set_config(%s, old_key, false);
            PERFORM rubicon.note_legacy_write(%s, pg_catalog.current_setting('application_name'));
          END IF;
        """
            .formatted(
                setting,
                parts.notForAnother(),
                setting,
                Identifiers.literal(plan.legacy().name().toString())));
  }

  private void deleted() {
    out.append(
        """
          IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
            -- A move between partitions is a DELETE and an INSERT: the row is there, the INSERT tells.
            PERFORM 1 FROM %s f WHERE %s;
            IF FOUND THEN
              PERFORM pg_catalog.set_config(moved_key, %s, true);
              PERFORM pg_catalog.set_config(moved_row, ROW(%s)::pg_catalog.text, true);
              RETURN NULL;
            END IF;
            SELECT %s INTO before;
        %s%s    RETURN NULL;
          END IF;
        """
            .formatted(
                way.fromView(),
                Direction.same(way.from(), "f", "OLD"),
                Direction.own(way.from(), "OLD"),
                way.from().quotedColumns("OLD."),
                way.from().quotedColumns("OLD."),
                way.from().partitioned() ? Moves.stash(plan, way).indent(4) : "",
                gone().indent(4)));
  }

  /** The counterpart of {@code before} goes: what a DELETE does, at once or when it has waited. */
  static String gone(Family family, Direction way) {
    return new SyncSql(family, way).gone();
  }

  private String gone() {
    String g = Identifiers.literal(plan.guard());
    String h = Identifiers.literal(plan.guardBefore());
    return """
    %sold_key := %s;
    PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', old_key), true);
    PERFORM pg_catalog.set_config(%s, '', true);
    %sPERFORM pg_catalog.set_config(%s, was_g, true);
    PERFORM pg_catalog.set_config(%s, was_h, true);
    """
        .formatted(hiddenPairs(""), way.key("before"), g, way.word(), h, other.remove(""), g, h);
  }

  /** The row before and the row now. */
  private void row() {
    out.append(
        """
          IF blind THEN
            PERFORM 1 FROM %s f WHERE %s OFFSET 1;
            IF FOUND THEN
              -- Somebody has left the key since the snapshot, which shows his row, too: 40001.
              PERFORM 1 FROM %s f WHERE %s FOR KEY SHARE;
            END IF;
          END IF;
          SELECT f.* INTO now_ FROM %s f WHERE %s;
          IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
            RETURN NULL;  -- taken away again within the statement; that event has told
          END IF;
          IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
            SELECT %s INTO before;
          ELSIF pg_catalog.current_setting(moved_key, true) IS NOT NULL
                AND pg_catalog.texteq(pg_catalog.current_setting(moved_key, true), %s) THEN
            before := pg_catalog.current_setting(moved_row, true)::%s;
            PERFORM pg_catalog.set_config(moved_key, '', true);
            PERFORM pg_catalog.set_config(moved_row, '', true);
        %s  END IF;
        """
            .formatted(
                way.fromView(),
                Direction.same(way.from(), "f", "NEW"),
                way.fromView(),
                Direction.same(way.from(), "f", "NEW"),
                way.fromView(),
                Direction.same(way.from(), "f", "NEW"),
                way.from().quotedColumns("OLD."),
                Direction.own(way.from(), "NEW"),
                way.fromView(),
                way.from().partitioned() ? Moves.take(plan, way).indent(2) : ""));
  }

  /** A key that has no counterpart yet gets one; NULL stays NULL. */
  private void pairs() {
    out.append(pairs("now_", "  ")).append(hiddenPairs("  "));
  }

  private String pairs(String row, String indent) {
    return way.sets().stream()
        .filter(d -> d.source().map().isPresent())
        .map(d -> indent + "PERFORM " + d.source().pair(row) + ";\n")
        .collect(Collectors.joining());
  }

  /** A pair younger than the snapshot is out of sight, too: making it again gives 40001. */
  private String hiddenPairs(String indent) {
    String pairs = pairs("before", indent + "  ");
    return pairs.isEmpty() ? "" : indent + "IF blind THEN\n" + pairs + indent + "END IF;\n";
  }

  private void written(String g, String h) {
    String first = Identifiers.quote(way.from().identity().getFirst());
    out.append(
        """
          IF now_.%s IS NULL THEN
            -- Written on and away within the statement: only its old place is left to clear.
            PERFORM 1 FROM %s f WHERE %s;
            IF NOT FOUND THEN
              old_key := %s;
              PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', old_key), true);
        %s      PERFORM pg_catalog.set_config(%s, was_g, true);
            END IF;
            RETURN NULL;
          END IF;
          new_key := %s;
          IF before.%s IS NULL THEN
        %s    PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', new_key), true);
            PERFORM pg_catalog.set_config(%s, '', true);
        %s  ELSE
            old_key := %s;
            IF pg_catalog.texteq(old_key, new_key) AND NOT (%s) THEN
              RETURN NULL;  -- nothing that the other side has
            END IF;
            PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', new_key), true);
            PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', old_key), true);
        %s    IF pg_catalog.texteq(old_key, new_key) THEN
        %s    ELSE
        %s    END IF;
        %s  END IF;
        """
            .formatted(
                first,
                way.fromView(),
                Direction.same(way.from(), "f", "before"),
                way.key("before"),
                g,
                way.word(),
                other.clear().indent(6),
                g,
                way.key("now_"),
                first,
                parts.unlessThere(),
                g,
                way.word(),
                h,
                way.part()
                    ? parts.put(other.setAll()).indent(4)
                    : other.insert("now_", way.upserts() || parts.mayBeThere()).indent(4),
                way.key("before"),
                other.anyChanged() + parts.orComesOrGoes() + pair.orIsSpeltAnew(),
                g,
                way.word(),
                h,
                way.word(),
                parts.goes(other.remove(parts.takenAlong()), g, h).indent(4),
                parts.changed(other.update(false, "before"), other.setAll()).indent(6),
                (way.part() ? moved(g) : other.update(true, "before") + other.takenAlong())
                    .indent(6),
                way.part() ? parts.unlessFound(other.setAll()).indent(4) : otherwise(g).indent(4)));
    out.append(pair.sql());
    if (way.to().triggers()) {
      out.append(new ReadBack(way).sql(g, h));
    }
    out.append(
        """
          PERFORM pg_catalog.set_config(%s, was_g, true);
          PERFORM pg_catalog.set_config(%s, was_h, true);
        """
            .formatted(g, h));
  }

  /** The row was not there: it is brought now, after a look whether it is only out of sight. */
  private String otherwise(String g) {
    return """
    IF NOT FOUND%s THEN
      IF blind%s%s THEN
        PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', old_key), true);
    %s    PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', new_key), true);
      END IF;
    %sEND IF;
    """
        .formatted(
            way.rows().isPresent() ? " AND " + way.has("now_") : "",
            // A key that partitioning widens may stand there with the old partition: no conflict.
            way.to().identity().containsAll(way.to().key())
                ? " AND pg_catalog.textne(old_key, new_key)"
                : "",
            way.rows().isPresent() ? " AND " + way.has("before") : "",
            g,
            way.word(),
            other.probe("before").indent(4),
            g,
            way.word(),
            other.insert("now_", true).indent(2));
  }

  /**
   * A part that leaves one row for another: each of the two is written by us. Or its row has got
   * another key, and a foreign key has taken the part along: then the larger row holds it already.
   */
  private String moved(String g) {
    return """
    PERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', old_key), true);
    %sPERFORM pg_catalog.set_config(%s, pg_catalog.concat('%s:', new_key), true);
    %s\
    """
        .formatted(
            g,
            way.word(),
            other.clear(),
            g,
            way.word(),
            parts.unlessHeld(other.update(false, "now_"), other.setAll()));
  }

  static String differ(String left, String right) {
    return "ROW("
        + left
        + ")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW("
        + right
        + ")::pg_catalog.record";
  }
}
