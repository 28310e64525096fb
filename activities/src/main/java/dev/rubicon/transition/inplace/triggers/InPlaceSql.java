package dev.rubicon.transition.inplace.triggers;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.installed.SharedFunctions;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.inplace.Authority;
import dev.rubicon.transition.inplace.Group;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The SQL that a transition generates; golden files hold it, and tests execute them. */
public final class InPlaceSql {
  /**
   * Sorts after every name of letters and digits: the sync trigger sees what users' triggers
   * changed.
   */
  public static final String SYNC_TRIGGER = "~rubicon_2_sync";

  /** Sorts before them: what they fill is not what the client's statement gives. */
  static final String EARLY_TRIGGER = "!rubicon_0_given";

  private static final SqlTemplate PARTITIONS =
      SqlTemplate.of("transition/inplace/sql/drop_partition_triggers.sql.ftl");

  private InPlaceSql() {}

  /** Of {@code drop_partition_triggers.sql.ftl}. */
  private record Partitions(String firstArgument) {}

  /** What a plan needs before the table is locked. */
  public static List<String> functions(InPlacePlan plan) {
    var sql = new ArrayList<String>();
    plan.canonicalColumns()
        .forEach(
            column -> {
              column.up().ifPresent(up -> sql.add(up.createSql(false)));
              column.fallback().ifPresent(fallback -> sql.add(fallback.createSql(true)));
            });
    plan.legacyColumns().forEach(l -> l.down().ifPresent(down -> sql.add(down.createSql(false))));
    plan.added().forEach(a -> a.effectiveDefault().ifPresent(d -> sql.add(d.createSql(true))));
    if (plan.capturesEarly()) {
      sql.add(GivenFunction.sql(plan));
    }
    sql.add(SyncFunction.sql(plan, Authority.LEGACY));
    return List.copyOf(sql);
  }

  /** What runs with a client's rights; a shadow's functions are not among them. */
  public static String grant(InPlacePlan plan) {
    return Stream.concat(
            SharedFunctions.ofClients().stream(),
            plan.expressions().map(CompiledExpression::function))
        .distinct()
        .map(function -> "rubicon." + Identifiers.quote(function))
        .collect(Collectors.joining(", ", "GRANT EXECUTE ON FUNCTION ", " TO PUBLIC"));
  }

  /** The trigger function under the given authority. */
  public static String sync(InPlacePlan plan, Authority authority) {
    return SyncFunction.sql(plan, authority);
  }

  /** Columns, defaults and triggers; run with the table locked. */
  public static List<String> columnsAndTriggers(InPlacePlan plan) {
    var sql = new ArrayList<>(AddedColumns.sql(plan));
    String table = plan.relation().sql();
    for (SyncTrigger trigger : SyncTrigger.of(plan)) {
      sql.addAll(trigger.createSql(table));
      if (trigger.statement()) {
        plan.partitions().forEach(p -> sql.addAll(trigger.createSql(p.relation().sql())));
      }
    }
    return List.copyOf(sql);
  }

  /** Names of the triggers of a plan, for counting and checking. */
  public static List<String> triggerNames(InPlacePlan plan) {
    return SyncTrigger.of(plan).stream().map(SyncTrigger::name).toList();
  }

  /** Removes the triggers; nothing derives any more, and no client sees a half state. */
  public static List<String> dropTriggers(InPlacePlan plan) {
    var sql = new ArrayList<String>();
    String table = plan.relation().sql();
    for (String name : triggerNames(plan)) {
      sql.add("DROP TRIGGER IF EXISTS " + Identifiers.quote(name) + " ON " + table);
    }
    if (plan.partitioned()) {
      sql.add(
          PARTITIONS.render(new Partitions(Identifiers.literal(plan.omittedSetting() + "\\000"))));
    }
    return List.copyOf(sql);
  }

  /** Takes everything off the table again: triggers first, in one transaction with the rest. */
  public static List<String> uninstall(InPlacePlan plan, WrappedDefaults wrapped) {
    String table = plan.relation().sql();
    var sql = new ArrayList<>(dropTriggers(plan));
    plan.legacyColumns().forEach(l -> sql.addAll(ownDefaults(plan, l, wrapped)));
    List<String> drop = ownColumns(plan).stream().map(InPlaceSql::dropColumn).toList();
    sql.add("ALTER TABLE " + table + "\n  " + String.join(",\n  ", drop));
    sql.addAll(dropFunctions(plan));
    return List.copyOf(sql);
  }

  /** Columns that the installation has added. */
  public static List<String> ownColumns(InPlacePlan plan) {
    var columns = new ArrayList<String>();
    plan.canonicalColumns().forEach(c -> columns.add(c.name()));
    plan.added().forEach(a -> columns.add(a.name()));
    columns.add(InPlacePlan.MARKER);
    return columns;
  }

  /**
   * Gives a legacy column the defaults back that were wrapped: the table's, then partitions'.
   *
   * @param wrapped where they stand by now: what the owner has set meanwhile stays
   */
  public static List<String> ownDefaults(
      InPlacePlan plan, Group.Legacy column, WrappedDefaults wrapped) {
    if (column.wrappedDefault().isEmpty()) {
      return List.of();
    }
    var sql = new ArrayList<String>();
    wrapped
        .column(plan.relation(), column)
        .ifPresent(
            name ->
                sql.add(
                    "ALTER TABLE "
                        + plan.relation().sql()
                        + own(name, column.defaultExpression())));
    for (InPlacePlan.Partition partition : plan.partitions()) {
      InPlacePlan.PartitionDefault own = partition.defaults().get(column.name());
      if (own != null) {
        wrapped
            .column(partition.relation(), column)
            .ifPresent(
                name ->
                    sql.add(
                        "ALTER TABLE IF EXISTS ONLY "
                            + partition.relation().sql()
                            + own(name, own.own())));
      }
    }
    sql.addAll(wrapped.others(column));
    return sql;
  }

  private static String own(String column, Optional<String> expression) {
    return " ALTER COLUMN "
        + Identifiers.quote(column)
        + expression.map(d -> " SET DEFAULT " + d).orElse(" DROP DEFAULT");
  }

  /** Drops the functions of one plan. */
  public static List<String> dropFunctions(InPlacePlan plan) {
    var sql = new ArrayList<String>();
    sql.add("DROP FUNCTION IF EXISTS rubicon." + Identifiers.quote(plan.syncFunction()) + "()");
    sql.add("DROP FUNCTION IF EXISTS rubicon." + Identifiers.quote(plan.givenFunction()) + "()");
    plan.expressions()
        .forEach(
            e -> sql.add("DROP FUNCTION IF EXISTS rubicon." + Identifiers.quote(e.function())));
    return List.copyOf(sql);
  }

  private static String dropColumn(String column) {
    return "DROP COLUMN IF EXISTS " + Identifiers.quote(column);
  }
}
