package dev.rubicon.scaffold;

import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.SchemaCopy;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.repair.Repair;
import dev.rubicon.statement.Ddl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Drafts the shortest runbook for what one would have typed, or for what a migration tool wrote.
 * The SQL itself runs on a copy of the schema only; the target is read.
 */
public final class SqlScaffold {
  private static final String DROPS = "contract/drop.sql";

  private final Target staging;
  private final SessionTag tag;
  private final SchemaCopy copy;
  private final Progress progress;

  /**
   * @param staging server on which copies of the target's schema are built
   * @param pgBin folder of pg_dump, from {@code rubicon.yaml}
   * @param progress may cancel it
   */
  public SqlScaffold(Target staging, SessionTag tag, Optional<Path> pgBin, Progress progress) {
    this.staging = staging;
    this.tag = tag;
    this.copy = new SchemaCopy(pgBin);
    this.progress = progress;
  }

  /**
   * @param label where it is from, for messages: {@code --sql}, or a file
   * @param sql one statement or many
   */
  public record Typed(String label, String sql) {}

  /**
   * @param files written, relative to the folder; none where the target has all of it already
   * @param questions left in the files, for a human to answer
   */
  public record Draft(List<String> files, List<String> questions) {}

  /**
   * @param folder created; refused when it already holds a runbook
   * @param name the runbook's name
   */
  public Draft write(Path folder, String name, Target live, Typed typed, List<String> schemas) {
    var there = new DraftFiles(folder);
    there.requireNone();
    try (PgSession session = PgSession.open(live, tag, SessionLimits.SHORT)) {
      session.execute("SET default_transaction_read_only = on");
      var names = new TableNames(session, schemas);
      TypedChange change = TypedChange.read(typed.label(), typed.sql(), names);
      ShortTransitions transitions = ShortTransitions.of(session, names, schemas, change.tables());
      String dump = copy.dump(live, tag, progress);
      TypedTrial.Result result = tried(live, change, transitions, dump, schemas);
      ExpandDraft expand = expand(result, dump, schemas);
      var questions = new ArrayList<>(transitions.questions());
      questions.addAll(result.questions());
      var runbook =
          new SqlRunbook(
              name,
              title(typed.sql()),
              schemas,
              transitions.lines(),
              expand,
              change.parts().stream()
                  .map(TypedChange.Part::ddl)
                  .filter(Ddl.Versioned.class::isInstance)
                  .map(Ddl.Versioned.class::cast)
                  .reduce((_, last) -> last)
                  .map(v -> new SqlRunbook.Version(change.name(v.table()), v.version())),
              result.leaving(),
              result.dropped().isEmpty() ? Optional.empty() : Optional.of(DROPS),
              questions);
      if (runbook.changesNothing()) {
        return new Draft(List.of(), List.of());
      }
      var files = new TreeMap<>(expand.files());
      if (!result.dropped().isEmpty()) {
        files.put(DROPS, String.join(";\n", result.dropped()) + ";\n");
      }
      files.put("runbook.yaml", runbook.yaml());
      there.write(files);
      var asked = new ArrayList<>(questions.stream().map(Question::what).toList());
      expand.files().values().stream()
          .flatMap(String::lines)
          .filter(line -> line.startsWith("-- QUESTION: "))
          .forEach(line -> asked.add(line.substring("-- QUESTION: ".length())));
      return new Draft(List.copyOf(files.keySet()), List.copyOf(asked));
    }
  }

  private TypedTrial.Result tried(
      Target live,
      TypedChange change,
      ShortTransitions transitions,
      String dump,
      List<String> schemas) {
    try (var scratch = ScratchDatabase.create(staging, tag, progress)) {
      List<SchemaCopy.Left> left = copy.restore(dump, scratch);
      try (PgSession session = scratch.open()) {
        TableNames.resolve(session, schemas);
        return new TypedTrial(session, change, transitions.anew(), live.name(), !left.isEmpty())
            .run(schemas);
      }
    }
  }

  private ExpandDraft expand(TypedTrial.Result result, String dump, List<String> schemas) {
    Repair repair = Repair.between(result.before(), result.after(), id -> false);
    try (var scratch = ScratchDatabase.create(staging, tag, progress)) {
      copy.restore(dump, scratch);
      try (PgSession session = scratch.open()) {
        return ExpandDraft.of(repair, List.of(), List.of(), result.after(), schemas, session);
      }
    }
  }

  /** The first statement on one line. */
  private static String title(String sql) {
    String line =
        sql.strip()
            .lines()
            .filter(l -> !l.isBlank() && !l.strip().startsWith("--"))
            .findFirst()
            .orElse("what was typed")
            .strip();
    return line.length() <= 100 ? line : line.substring(0, line.offsetByCodePoints(0, 99)) + "…";
  }
}
