package dev.rubicon.stamp;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.TargetState;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The version table of the owner's own migration tool, set to the canonical version, and back. */
public final class Stamps {
  private Stamps() {}

  /** The version tables, each once; not those that a transition locks itself. */
  public static List<RelationName> relations(
      PgSession session, Runbook.Cutover cutover, Transitions transitions) {
    Set<RelationName> locked =
        transitions.stream()
            .flatMap(transition -> transition.lockedAtCutover(session).stream())
            .collect(Collectors.toSet());
    return cutover.stamps().stream()
        .map(stamp -> RelationName.parse(stamp.table()))
        .filter(table -> !locked.contains(table))
        .distinct()
        .sorted()
        .toList();
  }

  /** Whether all of them are there, in tables that are. */
  public static boolean stand(PgSession session, Runbook.Cutover cutover) {
    return cutover.stamps().stream()
        .allMatch(
            stamp -> {
              RelationName table = RelationName.parse(stamp.table());
              return stamp.rows()
                  ? VersionRows.read(session, stamp).containsAll(stamp.versions())
                  : single(session, table).equals(stamp.version());
            });
  }

  /** What the crossing, or the way back, sends for it; once for each version that has a row. */
  public static String statement(Runbook.Stamp stamp, Phase phase) {
    RelationName table = RelationName.parse(stamp.table());
    if (!stamp.rows()) {
      return "UPDATE " + table.sql() + " SET version_num = ? WHERE version_num = ?";
    }
    String column = Identifiers.quote(Identifiers.split(stamp.column()).getFirst());
    return phase == Phase.CUTOVER
        ? "INSERT INTO " + table.sql() + " (" + column + ") VALUES (?)"
        : "DELETE FROM " + table.sql() + " WHERE " + column + " = ?";
  }

  /** Stamps of hand-made tables that are not there, or have no such column. */
  public static List<Runbook.Stamp> missing(PgSession session, Runbook.Cutover cutover) {
    return cutover.stamps().stream()
        .filter(Runbook.Stamp::rows)
        .filter(
            stamp ->
                session
                    .value(
                        """
                        SELECT NOT EXISTS (SELECT FROM pg_attribute
                         WHERE attrelid = to_regclass(?) AND attname = ? AND NOT attisdropped)\
                        """,
                        RelationName.parse(stamp.table()).sql(),
                        Identifiers.split(stamp.column()).getFirst())
                    .equals("t"))
        .toList();
  }

  /** The owner's tool must not run between reading the version and writing it. */
  public static List<Step> locks(List<RelationName> tables) {
    return tables.stream()
        .map(table -> Step.lock("stamp " + table, table, Step.Mode.ACCESS_EXCLUSIVE))
        .toList();
  }

  /** Writes the new versions, inside the cutover's transaction. */
  public static void write(PgSession session, List<Runbook.Stamp> stamps) {
    var written = new ArrayList<TargetState.Stamped>();
    for (Runbook.Stamp stamp : stamps) {
      RelationName table = RelationName.parse(stamp.table());
      if (stamp.rows()) {
        written.add(VersionRows.write(session, stamp));
        continue;
      }
      String before = single(session, table);
      if (stamp.from().isPresent()
          && !before.equals(stamp.from().get())
          && !before.equals(stamp.version())) {
        throw new RubiconException(
            ErrorCode.TARGET_CHANGED,
            table + " says " + before + ", the runbook expects " + stamp.from().get(),
            "see which migrations ran since the plan was made, then plan again: rubicon plan");
      }
      set(session, table, before, stamp.version());
      written.add(new TargetState.Stamped(stamp.table(), before, stamp.version()));
    }
    TargetState.stamped(session, written);
  }

  /** Writes back what stood there before, inside the rollback's transaction. */
  public static List<String> restore(PgSession session) {
    var restored = new ArrayList<String>();
    for (TargetState.Stamped stamp : TargetState.stamped(session)) {
      RelationName table = RelationName.parse(stamp.table());
      if (stamp.rows().isPresent()) {
        restored.add(VersionRows.restore(session, stamp));
        continue;
      }
      String now = single(session, table);
      if (!now.equals(stamp.after())) {
        throw new RubiconException(
            ErrorCode.ROLLBACK_IMPOSSIBLE,
            table + " says " + now + ", not " + stamp.after() + " as the cutover wrote",
            "another migration ran since: take it back first, then: rubicon rollback");
      }
      set(session, table, now, stamp.before());
      restored.add(stamp.table() + "=" + stamp.before());
    }
    return restored;
  }

  /** Alembic's single head; several are several branches, and none means that it never ran. */
  private static String single(PgSession session, RelationName table) {
    List<String> heads =
        session.query("SELECT version_num FROM " + table.sql(), row -> row.getString(1));
    if (heads.size() != 1) {
      throw new RubiconException(
          ErrorCode.TARGET_CHANGED,
          table + " holds " + heads.size() + " versions, one is needed",
          "bring the migration tool to a single head first");
    }
    return heads.getFirst();
  }

  private static void set(PgSession session, RelationName table, String before, String after) {
    session.update(
        "UPDATE " + table.sql() + " SET version_num = ? WHERE version_num = ?", after, before);
  }
}
