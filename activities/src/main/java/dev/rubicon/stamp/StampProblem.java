package dev.rubicon.stamp;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why the crossing should not stamp a table as the runbook says.
 *
 * @param what all that stands against it
 * @param sql for a migration of expand, where that would help
 */
public record StampProblem(String table, String what, Optional<String> sql) {
  private static final String DEMANDED =
      """
      SELECT attname FROM pg_attribute
      WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
        AND attnotnull AND NOT atthasdef AND attidentity = ''
      ORDER BY attnum
      """;

  /**
   * @param canonical what the rollout leads to: a version table may come with it
   * @param finished whether the target is canonical already: then a stamp that is there is right
   */
  public static List<StampProblem> find(
      PgSession session, Bundle bundle, CatalogSnapshot canonical, boolean finished) {
    List<StampedTable> stamped = StampedTable.of(bundle);
    if (stamped.isEmpty()) {
      return List.of();
    }
    Map<RelationName, List<String>> tables = VersionTables.tables(session);
    var problems = new ArrayList<StampProblem>();
    for (StampedTable stamp : stamped) {
      List<String> what =
          tables.containsKey(stamp.table())
              ? of(session, stamp, new HashSet<>(tables.get(stamp.table())), finished)
              : coming(stamp, columns(canonical, stamp.table()));
      if (!what.isEmpty()) {
        problems.add(
            new StampProblem(
                stamp.table().toString(),
                String.join("; ", what),
                tables.containsKey(stamp.table()) ? Optional.empty() : creation(stamp)));
      }
    }
    return List.copyOf(problems);
  }

  private static List<String> of(
      PgSession session, StampedTable stamp, Set<String> columns, boolean finished) {
    var what = new ArrayList<String>(shape(stamp, columns));
    if (!what.isEmpty()) {
      return what;
    }
    if (stamp.tool().open()) {
      List<String> demanded = session.query(DEMANDED, row -> row.getString(1), stamp.table().sql());
      demanded.removeAll(stamp.tool().columns());
      if (!demanded.isEmpty()) {
        what.add(stamp.table() + " wants values for " + String.join(", ", demanded) + ": set:");
      }
    }
    VersionTable now = VersionTables.read(session, stamp.tool(), stamp.table());
    if (!now.readable()) {
      what.add(stamp.table() + " is not readable");
      return what;
    }
    now.broken()
        .forEach(
            migration ->
                what.add(
                    migration.version()
                        + " is neither applied nor taken back"
                        + migration.remedy().map(remedy -> ": " + remedy).orElse("")));
    now.held().ifPresent(free -> what.add(now.title() + " is locked: " + free));
    List<String> applied = now.applied().stream().map(VersionTable.Migration::version).toList();
    if (!finished || !stamp.missing(applied).isEmpty()) {
      against(stamp, applied, what);
    }
    return what;
  }

  private static void against(StampedTable stamp, List<String> applied, List<String> what) {
    if (stamp.tool().single() && applied.size() > 1) {
      what.add(stamp.table() + " has several versions, one is needed: " + applied);
      return;
    }
    if (stamp.baseline() && !applied.isEmpty()) {
      what.add(stamp.table() + " has migrations already: a baseline comes first; give folder:");
    }
    if (!stamp.expected(applied)) {
      what.add(
          stamp.table()
              + " is at '"
              + stamp.head(applied).orElse("")
              + "', the runbook expects '"
              + stamp.stamp().from().orElse("")
              + "'");
    }
    List<String> there =
        stamp.versions().stream().map(StampedVersion::version).filter(applied::contains).toList();
    if (!there.isEmpty()) {
      what.add(stamp.table() + " already has " + String.join(", ", there));
    }
    List<String> behind = stamp.behind(applied);
    if (!behind.isEmpty()) {
      what.add(
          String.join(", ", behind)
              + " would come after "
              + stamp.head(applied).orElse("")
              + ", which is applied");
    }
  }

  private static Optional<String> creation(StampedTable stamp) {
    return stamp.tool().create().map(sql -> Sql.of(sql, stamp.table()) + ";");
  }

  private static List<String> coming(StampedTable stamp, Set<String> columns) {
    return columns.isEmpty()
        ? List.of(
            "there is no version table "
                + stamp.table()
                + " to stamp, and canonical has none: let "
                + stamp.tool().title()
                + " make it, or a migration of expand")
        : shape(stamp, columns);
  }

  private static List<String> shape(StampedTable stamp, Set<String> columns) {
    Set<String> missing = stamp.tool().missing(columns);
    Set<String> other = stamp.tool().other(columns);
    var what = new ArrayList<String>();
    if (!missing.isEmpty()) {
      what.add(stamp.table() + " has no column " + String.join(", ", missing));
    }
    if (!other.isEmpty()) {
      what.add(
          stamp.table()
              + " has columns that "
              + stamp.tool().title()
              + "'s has not: "
              + String.join(", ", other));
    }
    return what;
  }

  private static Set<String> columns(CatalogSnapshot canonical, RelationName table) {
    return canonical.of(ObjectKind.COLUMN).stream()
        .filter(entry -> entry.schema().equals(table.schema()))
        .filter(entry -> entry.object().equals(table.name()))
        .map(CatalogEntry::part)
        .collect(Collectors.toSet());
  }
}
