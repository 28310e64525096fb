package dev.rubicon.partition;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.KeyTable;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The triggers that keep a {@link KeyTable}. They are the owner's from the day on which expand
 * creates them, and need nothing of Rubicon.
 */
public final class KeyTables {
  private static final SqlTemplate SQL = SqlTemplate.of("partition/sql/key_table.sql.ftl");

  /**
   * How the function of a table is called, behind the table's name; the engine knows it by that.
   */
  public static final String FUNCTION = "_keep";

  /**
   * How its triggers are called, before the table's name: they must fire before Rubicon's, whose
   * cascades on the other side point at the new key already.
   */
  private static final String TRIGGER = "!keys_";

  private static final String TRUNCATE = "!keys_truncate_";

  private KeyTables() {}

  /** As canonical has them: on the relations under their names from the cutover on. */
  public static String canonical(Runbook runbook) {
    return all(
        runbook, key -> SQL.render(model(key, RelationName.parse(key.relation()), key.relation())));
  }

  /** As a migration brings them: on the relations under their names until then. */
  public static String create(Runbook runbook) {
    return all(
        runbook,
        key -> {
          Runbook.Transition of = transition(runbook, key);
          return SQL.render(model(key, before(of), of.relation()));
        });
  }

  /** What takes them away. */
  public static String drop(Runbook runbook) {
    return all(
        runbook,
        key -> {
          String on = " ON " + before(transition(runbook, key)).sql() + ";\n";
          return "DROP TRIGGER "
              + trigger(key, TRUNCATE)
              + on
              + "DROP TRIGGER "
              + trigger(key, TRIGGER)
              + on
              + "DROP FUNCTION "
              + function(key)
              + "();";
        });
  }

  /** Whether a transition of the runbook makes the relation. */
  public static boolean made(Runbook runbook, KeyTable key) {
    return runbook.transitions().stream().anyMatch(t -> makes(t, key));
  }

  private static String all(Runbook runbook, Function<KeyTable, String> sql) {
    return runbook.keyTables().stream().map(sql).collect(Collectors.joining("\n\n")) + "\n";
  }

  private static Runbook.Transition transition(Runbook runbook, KeyTable key) {
    return runbook.transitions().stream().filter(t -> makes(t, key)).findFirst().orElseThrow();
  }

  private static boolean makes(Runbook.Transition transition, KeyTable key) {
    return transition
        .shadow()
        .filter(s -> RelationName.parse(s.to()).equals(RelationName.parse(key.relation())))
        .isPresent();
  }

  private static RelationName before(Runbook.Transition transition) {
    return RelationName.parse(transition.shadow().orElseThrow().before());
  }

  private static String function(KeyTable key) {
    RelationName table = RelationName.parse(key.table());
    return new RelationName(table.schema(), table.name() + FUNCTION).sql();
  }

  private static String trigger(KeyTable key, String prefix) {
    return Identifiers.quote(Identifiers.fitting(prefix + RelationName.parse(key.table()).name()));
  }

  private static Model model(KeyTable key, RelationName relation, String owned) {
    List<String> columns =
        key.columns().stream()
            .map(column -> Identifiers.quote(Identifiers.split(column).getFirst()))
            .toList();
    RelationName table = RelationName.parse(key.table());
    String plain = columns.stream().map(c -> c.replace("\"", "")).collect(Collectors.joining(", "));
    return new Model(
        table.sql(),
        relation.sql(),
        function(key),
        String.join(", ", columns),
        each(columns, ", ", c -> "OLD." + c),
        each(columns, ", ", c -> "NEW." + c),
        each(columns, ", ", c -> c + " = NEW." + c),
        each(columns, " AND ", c -> c + " = OLD." + c),
        each(columns, " AND ", c -> c + " = NEW." + c),
        each(columns, " OR ", c -> "NEW." + c + " IS NULL"),
        IntStream.range(0, columns.size())
            .mapToObj(
                i -> (columns.get(i) + " = $" + (i + 1)).replace("'", "''").replace("%", "%%"))
            .collect(Collectors.joining(" AND ")),
        trigger(key, TRIGGER),
        trigger(key, TRUNCATE),
        plain.replace("'", "''").replace("%", "%%"),
        table.toString().replace("'", "''"),
        Identifiers.literal("keeps " + table + ": each (" + plain + ") of its relation once"),
        Identifiers.literal(RelationName.parse(owned).sql()),
        Identifiers.literal(table.schema()),
        Identifiers.literal(table.sql()),
        Identifiers.literal(function(key) + "()"));
  }

  private static String each(List<String> columns, String between, Function<String, String> sql) {
    return columns.stream().map(sql).collect(Collectors.joining(between));
  }

  private record Model(
      String table,
      String relation,
      String function,
      String columns,
      String old,
      String new_,
      String set,
      String whereOld,
      String whereNew,
      String newNull,
      String whereArguments,
      String trigger,
      String truncateTrigger,
      String plainColumns,
      String plainTable,
      String comment,
      String ownersRelation,
      String schemaText,
      String tableText,
      String functionText) {}
}
