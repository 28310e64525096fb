package dev.rubicon.transition;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The SQL that a transition generates; golden files hold it, and tests execute them. */
public final class TransitionSql {
  /** Sorts after every name of letters and digits: what users' triggers changed, ours has seen. */
  public static final String SYNC_TRIGGER = "~rubicon_2_sync";

  /** Sorts before them: a row that a user's trigger drops must not leave its flags behind. */
  static final String EARLY_TRIGGER = "!rubicon_0_omitted";

  private TransitionSql() {}

  /** Short, stable, safe in names of functions and settings. */
  public static String id(RelationName relation) {
    String plain = relation.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "");
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(relation.sql().getBytes(StandardCharsets.UTF_8));
      return (plain.length() > 20 ? plain.substring(0, 20) : plain)
          + "_"
          + HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Functions that every relation shares; harmless to run again. */
  public static List<String> sharedFunctions() {
    return Stream.of("omitted", "named", "captured", "note_legacy_write")
        .map(function -> SqlTemplate.of("transition/sql/" + function + ".sql.ftl"))
        .map(template -> template.render(new NoSlots()))
        .toList();
  }

  private record NoSlots() {}

  /** What a plan needs before the table is locked. */
  public static List<String> functions(TransitionPlan plan) {
    var sql = new ArrayList<String>();
    plan.canonicalColumns()
        .forEach(
            column -> {
              column.up().ifPresent(up -> sql.add(up.createSql(false)));
              column.fallback().ifPresent(fallback -> sql.add(fallback.createSql(true)));
            });
    plan.legacyColumns().forEach(l -> l.down().ifPresent(down -> sql.add(down.createSql(false))));
    plan.added().forEach(a -> a.late().ifPresent(late -> sql.add(late.createSql(true))));
    sql.add(SyncFunction.sql(plan, Authority.LEGACY));
    return List.copyOf(sql);
  }

  /** The trigger function under the given authority. */
  public static String sync(TransitionPlan plan, Authority authority) {
    return SyncFunction.sql(plan, authority);
  }

  /** Columns, defaults and triggers; run with the table locked. */
  public static List<String> columnsAndTriggers(TransitionPlan plan) {
    var sql = new ArrayList<>(AddedColumns.sql(plan));
    String table = plan.relation().sql();
    SyncTrigger.of(plan).forEach(trigger -> sql.addAll(trigger.createSql(table)));
    return List.copyOf(sql);
  }

  /** Names of the triggers of a plan, for counting and checking. */
  public static List<String> triggerNames(TransitionPlan plan) {
    return SyncTrigger.of(plan).stream().map(SyncTrigger::name).toList();
  }

  /** Removes the triggers; nothing derives any more, and no client sees a half state. */
  public static List<String> dropTriggers(TransitionPlan plan) {
    return triggerNames(plan).stream()
        .map(
            name ->
                "DROP TRIGGER IF EXISTS "
                    + Identifiers.quote(name)
                    + " ON "
                    + plan.relation().sql())
        .toList();
  }

  /** Takes everything off the table again: triggers first, in one transaction with the rest. */
  public static List<String> uninstall(TransitionPlan plan) {
    String table = plan.relation().sql();
    var sql = new ArrayList<>(dropTriggers(plan));
    plan.legacyColumns()
        .filter(l -> l.omitBit() >= 0)
        .forEach(
            l ->
                sql.add(
                    "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s"
                        .formatted(
                            table,
                            Identifiers.quote(l.name()),
                            l.defaultExpression().orElseThrow())));
    var drop = new ArrayList<String>();
    plan.canonicalColumns().forEach(c -> drop.add(dropColumn(c.name())));
    plan.added().forEach(a -> drop.add(dropColumn(a.name())));
    drop.add(dropColumn(TransitionPlan.MARKER));
    sql.add("ALTER TABLE " + table + "\n  " + String.join(",\n  ", drop));
    sql.addAll(dropFunctions(plan));
    return List.copyOf(sql);
  }

  /** Drops the functions of one plan. */
  public static List<String> dropFunctions(TransitionPlan plan) {
    var sql = new ArrayList<String>();
    sql.add("DROP FUNCTION IF EXISTS rubicon." + Identifiers.quote(plan.syncFunction()) + "()");
    plan.expressions()
        .forEach(
            e -> sql.add("DROP FUNCTION IF EXISTS rubicon." + Identifiers.quote(e.function())));
    return List.copyOf(sql);
  }

  private static String dropColumn(String column) {
    return "DROP COLUMN IF EXISTS " + Identifiers.quote(column);
  }
}
