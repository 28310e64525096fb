package dev.rubicon.scaffold;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.IndexDefinition;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.preflight.scratch.SchemaCopy;
import dev.rubicon.repair.Repair;
import dev.rubicon.repair.sql.Side;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The expand folder: what brings live to canonical, a file for each stage, with its undo; tried on
 * a copy of the live structure.
 *
 * @param files path to content; none when nothing is to be done
 * @param concurrently indexes on relations that exist, name to statement
 */
record ExpandDraft(Map<String, String> files, Map<String, String> concurrently) {

  static ExpandDraft of(
      Repair repair,
      List<ColumnPair> pairs,
      List<SchemaCopy.Left> left,
      Side canonical,
      List<String> schemas,
      PgSession session) {
    return new Drafting(repair, pairs, left, canonical, schemas, session).draft();
  }

  /** Takes the statements on the copy, one after the other, and writes down what worked. */
  private static final class Drafting {
    private final Repair repair;
    private final Set<String> paired;
    private final Map<String, CatalogEntry> withoutValue;
    private final List<String> schemas;
    private final PgSession session;
    private final List<String> questions = new ArrayList<>();
    private final Set<String> failed = new HashSet<>();
    private final Map<String, String> concurrently = new TreeMap<>();
    private final Map<String, String> files = new TreeMap<>();

    Drafting(
        Repair repair,
        List<ColumnPair> pairs,
        List<SchemaCopy.Left> left,
        Side canonical,
        List<String> schemas,
        PgSession session) {
      this.repair = repair;
      this.paired =
          pairs.stream()
              .map(pair -> "missing:" + pair.canonical().name())
              .collect(Collectors.toSet());
      this.withoutValue = withoutValue(canonical);
      this.schemas = schemas;
      this.session = session;
      left.forEach(
          l -> questions.add("not copied from live: " + l.statement() + ": " + l.reason()));
    }

    ExpandDraft draft() {
      repair.findings().stream()
          .filter(finding -> finding.suggestedSql().isEmpty())
          .filter(finding -> !finding.id().startsWith("extra:"))
          .filter(finding -> finding.kind() != Finding.Kind.NOTE)
          .forEach(finding -> questions.add(finding.id() + ": " + finding.reason()));
      Side before = Side.read(session, schemas);
      var stages = new TreeMap<Integer, List<Repair.Step>>();
      Set<String> indexes = indexes();
      for (Repair.Step step : repair.steps()) {
        boolean built = indexes.containsAll(step.findings());
        if (built) {
          step.findings().forEach(id -> concurrently.put(indexName(id), step.sql()));
        } else if (!paired.containsAll(step.findings())) {
          stages.computeIfAbsent(step.stage(), ignored -> new ArrayList<>()).add(step);
        }
      }
      for (List<Repair.Step> stage : stages.values()) {
        before = stage(stage, before);
      }
      return new ExpandDraft(files, concurrently);
    }

    /** Missing indexes of which nothing else makes use: they are built behind the migrations. */
    private Set<String> indexes() {
      Map<String, List<Repair.Step>> byFinding = new HashMap<>();
      repair
          .steps()
          .forEach(
              step ->
                  step.findings()
                      .forEach(
                          id ->
                              byFinding
                                  .computeIfAbsent(id, ignored -> new ArrayList<>())
                                  .add(step)));
      return byFinding.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith("missing:index:"))
          .filter(entry -> entry.getValue().size() == 1)
          .filter(entry -> !entry.getValue().getFirst().transactional())
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }

    /** Its file and its undo, which is the way back from what the copy has become. */
    private Side stage(List<Repair.Step> steps, Side before) {
      var done = new ArrayList<String>();
      var asked = new ArrayList<>(questions);
      boolean transactional = steps.stream().allMatch(Repair.Step::transactional);
      for (Repair.Step step : steps) {
        if (failed.containsAll(step.findings())) {
          continue;
        }
        String sql = withoutNotNull(step, asked);
        try {
          session.execute(sql);
          done.add(again(sql, transactional));
        } catch (RubiconException e) {
          failed.addAll(step.findings());
          asked.add(
              String.join(", ", step.findings())
                  + " could not be tried: "
                  + e.getMessage()
                  + "\n"
                  + step.sql());
        }
      }
      questions.clear();
      if (done.isEmpty()) {
        questions.addAll(asked);
        return before;
      }
      Side after = Side.read(session, schemas);
      String name =
          steps.getFirst().stage() % 2 == 0
              ? files.isEmpty() ? "missing" : "finish"
              : transactional ? "validate" : "build";
      write(name, done, asked, transactional, Repair.undo(after, before));
      return after;
    }

    /** A statement outside of transactions runs again from its beginning if it was interrupted. */
    private static String again(String sql, boolean transactional) {
      return transactional ? sql : dropBefore(sql) + sql;
    }

    private static String dropBefore(String sql) {
      return IndexDefinition.builtConcurrently(sql)
          .map(name -> "DROP INDEX CONCURRENTLY IF EXISTS " + name + ";\n")
          .orElse("");
    }

    /** Columns that a table with rows cannot be given as they are, by the finding's id. */
    private static Map<String, CatalogEntry> withoutValue(Side canonical) {
      var columns = new HashMap<String, CatalogEntry>();
      for (CatalogEntry column : canonical.snapshot().of(ObjectKind.COLUMN)) {
        ColumnDefinition definition = ColumnDefinition.of(column);
        if (definition.notNull() && definition.value() instanceof ColumnDefinition.Null) {
          columns.put("missing:" + column.name(), column);
        }
      }
      return columns;
    }

    /** A NOT NULL without a default fails on a table that has rows: it comes without. */
    private String withoutNotNull(Repair.Step step, List<String> asked) {
      return step.findings().stream()
          .filter(withoutValue::containsKey)
          .findFirst()
          .map(withoutValue::get)
          .map(
              column -> {
                asked.add(
                    column.qualified()
                        + " is NOT NULL in canonical and has no default: what do existing rows"
                        + " get?");
                return "ALTER TABLE "
                    + quote(column.schema())
                    + "."
                    + quote(column.object())
                    + " ADD COLUMN "
                    + quote(column.part())
                    + " "
                    + ColumnDefinition.of(column).notNull(false);
              })
          .orElse(step.sql());
    }

    private void write(
        String name, List<String> done, List<String> asked, boolean transactional, Repair back) {
      int version = files.size() / 2 + 1;
      var up = new StringBuilder();
      if (!transactional) {
        up.append("-- no transaction: indexes are built while clients write\n");
      }
      asked.forEach(question -> up.append(comment("QUESTION: " + question)));
      done.forEach(sql -> up.append('\n').append(sql).append(";\n"));
      var undo = new StringBuilder();
      boolean undoTransactional = back.steps().stream().allMatch(Repair.Step::transactional);
      undo.append(undoTransactional ? "" : "-- no transaction: indexes are dropped\n");
      undo.append("-- Takes back what V").append(version).append(" brought.\n");
      back.findings().stream()
          .filter(finding -> finding.suggestedSql().isEmpty())
          .forEach(
              finding -> undo.append(comment("stays: " + finding.id() + ": " + finding.reason())));
      back.steps().forEach(step -> undo.append(step.sql()).append(";\n"));
      if (back.steps().isEmpty()) {
        undo.append("SELECT 1;\n");
      }
      files.put("expand/V" + version + "__" + name + ".sql", up.toString());
      files.put("expand/U" + version + "__" + name + ".sql", undo.toString());
    }

    private static String comment(String text) {
      return text.indent(0).replaceAll("(?m)^", "-- ").replaceAll("-- $", "");
    }
  }

  /** {@code missing:index:schema.table.index} to {@code schema.index}, quoted where needed. */
  private static String indexName(String id) {
    String[] name = id.substring("missing:index:".length()).split("\\.", 3);
    return Names.plain(name[0]) + "." + Names.plain(name[2]);
  }
}
