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
import java.util.Optional;
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
    return Stream.of("omitted", "named", "captured")
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
    String table = plan.relation().sql();
    var sql = new ArrayList<String>();
    var add = new ArrayList<String>();
    plan.canonicalColumns()
        .forEach(c -> add.add("ADD COLUMN " + Identifiers.quote(c.name()) + " " + c.type()));
    for (TransitionPlan.Added column : plan.added()) {
      String expression =
          column.late().isPresent()
              ? ""
              : column.defaultExpression().map(d -> " DEFAULT (" + d + ")").orElse("");
      add.add("ADD COLUMN " + Identifiers.quote(column.name()) + " " + column.type() + expression);
    }
    add.add("ADD COLUMN _rubicon bigint");
    sql.add("ALTER TABLE " + table + "\n  " + String.join(",\n  ", add));

    // Only now, or PostgreSQL would rewrite the table to give old rows a volatile default.
    var defaults = new ArrayList<String>();
    plan.canonicalColumns()
        .forEach(
            c ->
                defaults.add(
                    wrapped(
                        plan,
                        c.name(),
                        c.type(),
                        TransitionPlan.omittedBit(c),
                        c.defaultExpression())));
    plan.legacyColumns()
        .filter(l -> l.omitBit() >= 0)
        .forEach(
            l ->
                defaults.add(
                    wrapped(
                        plan,
                        l.name(),
                        l.type(),
                        TransitionPlan.omittedBit(l),
                        l.defaultExpression())));
    plan.added().stream()
        .filter(a -> a.late().isPresent())
        .forEach(
            a ->
                defaults.add(
                    "ALTER COLUMN %s SET DEFAULT (%s)"
                        .formatted(
                            Identifiers.quote(a.name()), a.defaultExpression().orElseThrow())));
    if (!defaults.isEmpty()) {
      sql.add("ALTER TABLE " + table + "\n  " + String.join(",\n  ", defaults));
    }
    for (TransitionPlan.ColumnRule rule : plan.rules()) {
      rule.comment()
          .ifPresent(
              comment ->
                  sql.add(
                      "COMMENT ON COLUMN %s.%s IS %s"
                          .formatted(
                              table,
                              Identifiers.quote(rule.name()),
                              Identifiers.literal(comment))));
    }
    sql.addAll(triggers(plan));
    return List.copyOf(sql);
  }

  private static String wrapped(
      TransitionPlan plan, String column, String type, long bit, Optional<String> expression) {
    return "ALTER COLUMN %s SET DEFAULT rubicon.omitted('%s', %d, (%s)::%s)"
        .formatted(
            Identifiers.quote(column), plan.omittedSetting(), bit, expression.orElse("NULL"), type);
  }

  private static List<String> triggers(TransitionPlan plan) {
    String table = plan.relation().sql();
    var sql = new ArrayList<String>();
    for (Trigger trigger : Trigger.of(plan)) {
      sql.add(trigger.createSql(table));
      // A session in replica role (a restore, an apply worker) writes too.
      sql.add(
          "ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + Identifiers.quote(trigger.name()));
    }
    return sql;
  }

  /** Names of the triggers of a plan, for counting and checking. */
  public static List<String> triggerNames(TransitionPlan plan) {
    return Trigger.of(plan).stream().map(Trigger::name).toList();
  }

  private record Trigger(String name, String event, String when, String call) {
    static List<Trigger> of(TransitionPlan plan) {
      var triggers = new ArrayList<Trigger>();
      if (plan.capturesEarly()) {
        triggers.add(
            new Trigger(
                EARLY_TRIGGER,
                "INSERT",
                "",
                "rubicon.captured(" + Identifiers.literal(plan.omittedSetting()) + ")"));
      }
      for (Group group : plan.groups()) {
        for (Group.Canonical column : group.canonical()) {
          triggers.add(
              new Trigger(
                  "~rubicon_1_named_canonical_" + column.bit(),
                  "UPDATE OF " + Identifiers.quote(column.name()),
                  "WHEN (OLD._rubicon IS NULL) ",
                  "rubicon.named('" + plan.namedBit(column) + "')"));
        }
        triggers.add(
            new Trigger(
                "~rubicon_1_named_legacy_" + group.index(),
                "UPDATE OF "
                    + String.join(
                        ", ",
                        group.legacy().stream().map(l -> Identifiers.quote(l.name())).toList()),
                "WHEN (OLD._rubicon IS NULL) ",
                "rubicon.named('" + plan.namedLegacyBit(group) + "')"));
      }
      triggers.add(
          new Trigger(
              SYNC_TRIGGER,
              "INSERT OR UPDATE",
              "",
              "rubicon." + Identifiers.quote(plan.syncFunction()) + "()"));
      return triggers;
    }

    String createSql(String table) {
      return """
      CREATE TRIGGER %s BEFORE %s ON %s
        FOR EACH ROW %sEXECUTE FUNCTION %s\
      """
          .formatted(Identifiers.quote(name), event, table, when, call);
    }
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
