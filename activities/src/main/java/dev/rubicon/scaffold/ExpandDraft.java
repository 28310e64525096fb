package dev.rubicon.scaffold;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.preflight.SchemaCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The expand folder: what is missing, in an order that was tried on a copy of the live structure.
 *
 * @param files path to content; none when nothing is missing
 * @param concurrently indexes on relations that exist, name to statement
 */
record ExpandDraft(Map<String, String> files, Map<String, String> concurrently) {

  private record Step(Finding finding, String sql, String undo, List<String> validate) {}

  static ExpandDraft of(
      List<Finding> differences,
      List<ColumnPair> pairs,
      List<SchemaCopy.Left> left,
      CatalogSnapshot live,
      PgSession session) {
    Set<String> paired =
        pairs.stream()
            .map(pair -> "missing:" + pair.canonical().name())
            .collect(Collectors.toSet());
    var concurrently = new TreeMap<String, String>();
    var pending = new ArrayList<Step>();
    var questions = new ArrayList<String>();
    for (Finding finding : differences) {
      if (finding.kind() != Finding.Kind.MISSING || paired.contains(finding.id())) {
        continue;
      }
      String sql = finding.suggestedSql().orElse("");
      if (finding.id().startsWith("missing:index:") && !sql.isEmpty()) {
        concurrently.put(indexName(finding.id()), sql);
      } else {
        step(finding, sql, questions)
            .ifPresentOrElse(
                pending::add, () -> questions.add(finding.id() + ": " + finding.title()));
      }
    }
    List<Step> ordered = ordered(pending, session);
    pending.forEach(
        step -> questions.add(step.finding().id() + " could not be tried:\n" + step.sql()));
    left.forEach(l -> questions.add("not copied from live: " + l.statement() + ": " + l.reason()));
    concurrently.values().removeIf(String::isBlank);
    return new ExpandDraft(files(ordered, questions), concurrently);
  }

  /** Runs what can be run, again and again: what depends on another comes after it. */
  private static List<Step> ordered(List<Step> pending, PgSession session) {
    var ordered = new ArrayList<Step>();
    boolean progress = true;
    while (progress) {
      progress = false;
      for (Step step : List.copyOf(pending)) {
        if (works(step, session)) {
          ordered.add(step);
          pending.remove(step);
          progress = true;
        }
      }
    }
    return ordered;
  }

  private static boolean works(Step step, PgSession session) {
    try {
      session.inTransaction(
          () -> {
            session.execute(step.sql());
            return true;
          });
      return true;
    } catch (RubiconException e) {
      // Tried again after another step; becomes an open question if it never works.
      return false;
    }
  }

  private static Optional<Step> step(Finding finding, String sql, List<String> questions) {
    if (sql.isEmpty()) {
      return Optional.empty();
    }
    String[] id = finding.id().split(":", 3);
    String[] name = id[2].split("\\.", 3);
    return switch (id[1]) {
      case "column" -> Optional.of(column(finding, sql, name, questions));
      case "constraint" -> {
        String[] two = sql.split(";\n", 2);
        yield Optional.of(
            new Step(
                finding,
                two[0],
                "ALTER TABLE IF EXISTS %s.%s DROP CONSTRAINT IF EXISTS %s"
                    .formatted(quote(name[0]), quote(name[1]), quote(name[2])),
                two.length > 1 ? List.of(two[1]) : List.of()));
      }
      case "table", "view", "sequence", "statistics", "domain", "function" ->
          Optional.of(dropping(finding, sql, id[1].toUpperCase(java.util.Locale.ROOT), id[2]));
      case "enum", "composite-type" -> Optional.of(dropping(finding, sql, "TYPE", id[2]));
      case "schema" ->
          Optional.of(new Step(finding, sql, "DROP SCHEMA IF EXISTS " + quote(id[2]), List.of()));
      case "extension" ->
          Optional.of(
              new Step(finding, sql, "DROP EXTENSION IF EXISTS " + quote(id[2]), List.of()));
      case "trigger", "policy", "rule" ->
          Optional.of(
              new Step(
                  finding,
                  sql,
                  "DROP %s IF EXISTS %s ON %s.%s"
                      .formatted(
                          id[1].toUpperCase(java.util.Locale.ROOT),
                          quote(name[2]),
                          quote(name[0]),
                          quote(name[1])),
                  List.of()));
      default -> Optional.empty();
    };
  }

  /** A NOT NULL without a default fails on a table that has rows: it comes without. */
  private static Step column(Finding finding, String sql, String[] name, List<String> questions) {
    String statement = sql;
    if (statement.endsWith(" NOT NULL")
        && !statement.contains(" DEFAULT ")
        && !statement.contains(" GENERATED ")) {
      statement = statement.substring(0, statement.length() - " NOT NULL".length());
      questions.add(
          String.join(".", name)
              + " is NOT NULL in canonical and has no default: what do existing rows get?");
    }
    return new Step(
        finding,
        statement,
        "ALTER TABLE IF EXISTS %s.%s DROP COLUMN IF EXISTS %s"
            .formatted(quote(name[0]), quote(name[1]), quote(name[2])),
        List.of());
  }

  private static Step dropping(Finding finding, String sql, String what, String qualified) {
    int dot = qualified.indexOf('.');
    String object = qualified.substring(dot + 1);
    int arguments = what.equals("FUNCTION") ? object.indexOf('(') : -1;
    String name =
        arguments < 0
            ? quote(object)
            : quote(object.substring(0, arguments)) + object.substring(arguments);
    String routine = sql.startsWith("CREATE OR REPLACE PROCEDURE") ? "PROCEDURE" : what;
    return new Step(
        finding,
        sql,
        "DROP " + routine + " IF EXISTS " + quote(qualified.substring(0, dot)) + "." + name,
        List.of());
  }

  /** {@code missing:index:schema.table.index} to {@code schema.index}, quoted where needed. */
  private static String indexName(String id) {
    String[] name = id.substring("missing:index:".length()).split("\\.", 3);
    return plain(name[0]) + "." + plain(name[2]);
  }

  static String plain(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : quote(name);
  }

  private static Map<String, String> files(List<Step> ordered, List<String> questions) {
    if (ordered.isEmpty()) {
      return Map.of();
    }
    var up = new StringBuilder("-- What canonical has and the target has not.\n");
    questions.forEach(
        question ->
            up.append(
                ("QUESTION: " + question)
                    .indent(0)
                    .replaceAll("(?m)^", "-- ")
                    .replaceAll("-- $", "")));
    ordered.forEach(step -> up.append('\n').append(step.sql()).append(";\n"));
    var undo = new StringBuilder("-- Takes back what V1 brought.\n");
    ordered.reversed().forEach(step -> undo.append(step.undo()).append(";\n"));
    var files = new TreeMap<String, String>();
    files.put("expand/V1__missing.sql", up.toString());
    files.put("expand/U1__missing.sql", undo.toString());
    List<String> validate = ordered.stream().flatMap(step -> step.validate().stream()).toList();
    if (!validate.isEmpty()) {
      files.put(
          "expand/V2__validate.sql",
          "-- A transaction of its own: clients go on while rows are checked.\n"
              + String.join(";\n", validate)
              + ";\n");
      files.put("expand/U2__validate.sql", "-- Nothing to take back: U1 drops them.\nSELECT 1;\n");
    }
    return files;
  }
}
