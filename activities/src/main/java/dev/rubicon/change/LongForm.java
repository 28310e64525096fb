package dev.rubicon.change;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.bundle.file.MigrationFiles;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.partition.TimeSeriesForm;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ForeignKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The long form of a runbook that says only what changes: the same runbook with a shadow for each
 * table, and the migration that creates it, of what the target's catalog has now; and with the form
 * that its tables of rows over time get there. It is a bundle of its own, whose digest is planned,
 * approved and run; the short one is kept in it as it was written. The same catalog gives the same
 * bytes.
 */
public final class LongForm {
  /** The short runbook, beside the long one. */
  public static final String SHORT = "runbook.short.yaml";

  private static final String WHY = "# - ";
  private static final Pattern HEAD = Pattern.compile("# The long form of ([0-9a-f]{64})\\.\n");

  private final PgSession session;
  private final BooleanSupplier staging;
  private final Bundle given;
  private final TreeMap<String, byte[]> files;
  private final LongRunbook runbook;
  private final List<ChangedTable> family;

  private LongForm(PgSession session, BooleanSupplier staging, Bundle given) {
    this.session = session;
    this.staging = staging;
    this.given = given;
    this.files = new TreeMap<>(given.files());
    this.runbook = new LongRunbook(given.text(RunbookReader.FILE));
    this.family = Family.of(session, given.runbook());
  }

  /** Whether what it comes to depends on the target: it says {@code change} or {@code auto}. */
  public static boolean isShort(Bundle bundle) {
    return changes(bundle) || TimeSeriesForm.isOpen(bundle.runbook());
  }

  private static boolean changes(Bundle bundle) {
    return bundle.runbook().transitions().stream().anyMatch(t -> t.change().isPresent());
  }

  /** No phase knows what a short form comes to: that was to be settled before the launch. */
  public static Bundle require(Bundle bundle) {
    if (isShort(bundle)) {
      throw new RubiconException(
          ErrorCode.RUNBOOK_INVALID,
          "bundle " + bundle.digest() + " is in the short form, whose long form is what is run",
          "launch the runbook's folder: rubicon launch --runbook DIR");
    }
    return bundle;
  }

  /** The digest of the short runbook whose long form this is. */
  public static Optional<String> of(Bundle bundle) {
    Matcher head = HEAD.matcher(bundle.text(RunbookReader.FILE));
    return head.lookingAt() ? Optional.of(head.group(1)) : Optional.empty();
  }

  /** What it comes to, for people: each table with how and why. */
  public static List<String> why(Bundle bundle) {
    return of(bundle).isEmpty()
        ? List.of()
        : bundle
            .text(RunbookReader.FILE)
            .lines()
            .takeWhile(line -> line.startsWith("#"))
            .filter(line -> line.startsWith(WHY))
            .map(line -> line.substring(WHY.length()))
            .toList();
  }

  /**
   * Written of what the target is now. A change that is there already is left out.
   *
   * @param session reads the catalog, and nothing else
   * @param staging whether that server has TimescaleDB, which is asked where it matters
   */
  public static Bundle written(PgSession session, BooleanSupplier staging, Bundle bundle) {
    return isShort(bundle) ? new LongForm(session, staging, bundle).bundle() : bundle;
  }

  private Bundle bundle() {
    var refusals = new ChangeRefusals(session);
    family.stream().filter(ChangedTable::anew).forEach(table -> refusals.require(table, family));
    files.put(SHORT, given.files().get(RunbookReader.FILE));
    var transitions = new ArrayList<Map<String, Object>>();
    String folder = given.runbook().expand().migrations().orElse("expand");
    BigInteger version =
        given
            .runbook()
            .expand()
            .migrations()
            .map(there -> MigrationFiles.last(given.folder(there).keySet()))
            .orElse(BigInteger.ZERO);
    var later = new ArrayList<String>();
    for (ChangedTable table : family) {
      if (!table.anew()) {
        for (InPlace.Migration one : new InPlace(table).migrations()) {
          version = version.add(BigInteger.ONE);
          migration(folder, version, table.name(), one);
        }
        continue;
      }
      BuiltNames names = BuiltNames.of(session, table);
      var comments = new BuiltComments(session, table, names);
      version = version.add(BigInteger.ONE);
      migration(
          folder,
          version,
          table.built(),
          new InPlace.Migration(up(table, names, comments), undo(table)));
      later.addAll(comments.later());
      transitions.add(transition(table, names));
      new CarriedHazards(session, table)
          .all()
          .forEach(c -> runbook.hazard(ordered("hazard", c.hazard(), "reason", c.reason())));
    }
    if (changes(given)) {
      runbook.transitions(transitions);
    }
    Optional<TimeSeriesForm> timeseries = TimeSeriesForm.of(session, staging, given.runbook());
    timeseries.ifPresent(form -> runbook.timeseries(form.word()));
    if (!family.isEmpty()) {
      runbook.migrations(folder);
    }
    if (!later.isEmpty()) {
      String file = "contract/foreign_key_comments.sql";
      files.put(file, script(later));
      runbook.contractSql(file);
    }
    String head =
        "# The long form of "
            + given.digest()
            + ".\n# Written of the target's catalog by rubicon; as it was typed: "
            + SHORT
            + "\n"
            + Stream.concat(
                    family.stream().map(ChangedTable::why),
                    timeseries.stream().map(TimeSeriesForm::why))
                .map(why -> WHY + why + "\n")
                .collect(Collectors.joining());
    files.put(RunbookReader.FILE, runbook.text(head).getBytes(StandardCharsets.UTF_8));
    return RunbookReader.read(files, "long form: ");
  }

  private List<String> up(ChangedTable table, BuiltNames names, BuiltComments comments) {
    var sql = new ArrayList<String>();
    sql.add(new BuiltTable(session, table, names).sql());
    sql.addAll(new BuiltParts(session, table, names).sql());
    sql.addAll(comments.sql());
    sql.addAll(new WidenedSequences(session, table).sql());
    // Last: what is printed above has the names of today, and follows.
    for (String column : table.renamed()) {
      sql.add(
          "ALTER TABLE "
              + table.built().sql()
              + " RENAME COLUMN "
              + Identifiers.quote(column)
              + " TO "
              + Identifiers.quote(table.renamed(column)));
    }
    return sql;
  }

  private void migration(
      String folder, BigInteger version, RelationName of, InPlace.Migration migration) {
    String file = version + "__" + of.name().replaceAll("[^\\w]", "_") + ".sql";
    files.put(folder + "/V" + file, script(migration.up()));
    files.put(folder + "/U" + file, script(migration.undo()));
  }

  private List<String> undo(ChangedTable table) {
    var sql = new ArrayList<String>();
    sql.add("DROP TABLE " + table.built().sql());
    sql.addAll(new WidenedSequences(session, table).undo());
    return sql;
  }

  private Map<String, Object> transition(ChangedTable table, BuiltNames names) {
    Map<String, Object> transition =
        ordered(
            "relation",
            relation(table.name()),
            "kind",
            "shadow",
            "to",
            relation(table.to()),
            "built-as",
            relation(table.built()),
            "legacy-name",
            table.to().equals(table.name()) ? "hide" : "view");
    var later = new LinkedHashMap<String, Object>();
    names.until().forEach((today, built) -> later.put(name(built), name(today)));
    if (!later.isEmpty()) {
      transition.put("names", later);
    }
    List<Map<String, Object>> columns =
        table.columns().entrySet().stream()
            .filter(c -> c.getValue().up().isPresent() || c.getValue().rename().isPresent())
            .map(c -> column(c.getKey(), c.getValue()))
            .toList();
    if (!columns.isEmpty()) {
      transition.put("columns", columns);
    }
    List<ForeignKey> keys = new BuiltKeys(session, table, family).keys();
    if (!keys.isEmpty()) {
      transition.put(
          "foreign-keys",
          keys.stream().map(key -> ordered("name", key.name(), "sql", key.sql())).toList());
    }
    return transition;
  }

  private static Map<String, Object> column(String today, NewColumn column) {
    String later = column.rename().orElse(today);
    return ordered(
        "name",
        name(later),
        "up",
        column.up().orElse(Identifiers.quote(today)),
        "down",
        ordered(name(today), column.down().orElse(Identifiers.quote(later))));
  }

  private static byte[] script(List<String> statements) {
    var text = new StringBuilder();
    statements.forEach(statement -> text.append(statement).append(";\n"));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> ordered(Object... pairs) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static String relation(RelationName relation) {
    return name(relation.schema()) + "." + name(relation.name());
  }

  /** As one would write it. */
  private static String name(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : Identifiers.quote(name);
  }
}
