package dev.rubicon.stamp;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.TargetState;
import dev.rubicon.locks.Step;
import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.migrationtool.MigrationTool.State;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The version tables of the owner's own migration tools, set to canonical's versions, and back. */
public final class Stamps {
  /** What is told of the rows is how to find them again: a tool may fill in the rest. */
  private static final String WRITE =
      """
      WITH stamp AS (
        SELECT * FROM ROWS FROM (
          jsonb_to_recordset(%2$s::jsonb)
            AS (version text, description text, script text, checksum text))
        WITH ORDINALITY AS s (version, description, script, checksum, ordinal))
      %1$s
      RETURNING (SELECT jsonb_object_agg(e.key, e.value)
                 FROM jsonb_each(to_jsonb(t)) e WHERE e.key IN (%3$s))::text
      """;

  private static final String EMPTY = "DELETE FROM %s AS t RETURNING to_jsonb(t)::text";

  private static final String TAKE =
      """
      DELETE FROM %s AS t
      WHERE EXISTS (SELECT FROM jsonb_array_elements(?::jsonb) k WHERE to_jsonb(t) @> k.value)
      """;

  private static final String PUT =
      """
      INSERT INTO %1$s OVERRIDING SYSTEM VALUE
      SELECT r.* FROM jsonb_populate_recordset(NULL::%1$s, ?::jsonb) r
      """;

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
  public static boolean stand(PgSession session, Bundle bundle) {
    return StampedTable.of(bundle).stream()
        .allMatch(stamped -> stamped.missing(applied(session, stamped)).isEmpty());
  }

  private static List<String> applied(PgSession session, StampedTable stamped) {
    return stamped.migrations(session).stream()
        .filter(migration -> migration.state() == State.APPLIED)
        .map(VersionTable.Migration::version)
        .toList();
  }

  /** The owner's tool must not run between reading the version and writing it. */
  public static List<Step> locks(List<RelationName> tables) {
    return tables.stream()
        .map(table -> Step.lock("stamp " + table, table, Step.Mode.ACCESS_EXCLUSIVE))
        .toList();
  }

  /** Writes the new versions, inside the cutover's transaction. */
  public static void write(PgSession session, Bundle bundle) {
    var written = new ArrayList<TargetState.Stamped>();
    for (StampedTable stamped : StampedTable.of(bundle)) {
      List<String> applied = applied(session, stamped);
      List<StampedVersion> missing = stamped.missing(applied);
      if (missing.isEmpty()) {
        continue;
      }
      String before = stamped.head(applied).orElse("");
      if (!stamped.expected(applied)) {
        throw changed(
            stamped.table()
                + " says "
                + before
                + ", the runbook expects "
                + stamped.stamp().from().orElse(""));
      }
      written.add(write(session, stamped, before, missing));
    }
    TargetState.stamped(session, written);
  }

  private static TargetState.Stamped write(
      PgSession session, StampedTable stamped, String before, List<StampedVersion> missing) {
    RelationName table = stamped.table();
    MigrationTool tool = stamped.tool();
    List<String> removed = List.of();
    if (tool.single()) {
      removed = session.query(EMPTY.formatted(table.sql()), row -> row.getString(1));
      if (removed.size() > 1) {
        throw changed(table + " holds " + removed.size() + " versions, one is needed");
      }
    }
    List<String> added = session.query(insert(stamped, missing), row -> row.getString(1));
    return new TargetState.Stamped(
        stamped.stamp().table(),
        before,
        stamped.stamp().version(),
        removed,
        added,
        rows(session, table));
  }

  private static String insert(StampedTable stamped, List<StampedVersion> versions) {
    return WRITE.formatted(
        stamped.insert(),
        Identifiers.literal(StampedVersion.json(versions)),
        stamped.tool().key().stream().map(Identifiers::literal).collect(Collectors.joining(", ")));
  }

  /** What the cutover sends where none of the versions is there yet. */
  public static List<Step> writing(Bundle bundle) {
    return StampedTable.of(bundle).stream()
        .flatMap(
            stamped ->
                Stream.concat(
                        stamped.tool().single()
                            ? Stream.of(EMPTY.formatted(stamped.table().sql()))
                            : Stream.empty(),
                        Stream.of(insert(stamped, stamped.versions()).strip()))
                    .map(
                        sql ->
                            Step.of("stamp " + stamped.table(), sql)
                                .because("what " + stamped.tool().title() + " sees")))
        .toList();
  }

  /** What the rollback sends, with the rows that the cutover wrote and those that it took out. */
  public static List<Step> restoring(Bundle bundle) {
    return StampedTable.of(bundle).stream()
        .map(StampedTable::table)
        .flatMap(
            table ->
                Stream.of(TAKE, PUT)
                    .map(
                        sql ->
                            Step.of("stamp " + table, sql.formatted(table.sql()).strip())
                                .because("its rows as they were")))
        .toList();
  }

  /** The rows of the version tables as they were before, inside the rollback's transaction. */
  public static List<String> restore(PgSession session) {
    var restored = new ArrayList<String>();
    for (TargetState.Stamped stamped : TargetState.stamped(session)) {
      RelationName table = RelationName.parse(stamped.table());
      String added = "[" + String.join(",", stamped.added()) + "]";
      long taken =
          rows(session, table) == stamped.rows()
              ? session.update(TAKE.formatted(table.sql()), added)
              : -1;
      if (taken != stamped.added().size()) {
        throw new RubiconException(
            ErrorCode.ROLLBACK_IMPOSSIBLE,
            table + " no longer says " + stamped.after() + " alone, as the cutover wrote",
            "another migration ran since: take it back first, then: rubicon rollback");
      }
      session.update(PUT.formatted(table.sql()), "[" + String.join(",", stamped.removed()) + "]");
      restored.add(stamped.table() + "=" + stamped.before());
    }
    return restored;
  }

  private static long rows(PgSession session, RelationName table) {
    return Long.parseLong(session.value("SELECT count(*) FROM " + table.sql()));
  }

  private static RubiconException changed(String what) {
    return new RubiconException(
        ErrorCode.TARGET_CHANGED,
        what,
        "see which migrations ran since the plan was made, then plan again: rubicon plan");
  }
}
