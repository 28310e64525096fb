package dev.rubicon.migrationfolder;

import static dev.rubicon.migrationfolder.MigrationInventory.finding;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.command.ClientEnvironment;
import dev.rubicon.command.OwnersProgram;
import dev.rubicon.command.OwnersProgram.Ended;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.stamp.VersionTable;
import dev.rubicon.stamp.VersionTables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the owner's own tool makes of an empty scratch database, one migration each time that it is
 * run: for migrations that are no SQL. It has come to their end when a run changes nothing. Names
 * are those that the tool keeps in its version table.
 */
public final class CommandTrial {
  /** Of what a program says when it fails. */
  private static final int KEPT = 2000;

  private final Steps steps;
  private final Target scratch;
  private final PgSession session;
  private final Progress progress;
  private final long end;
  private final History history = new History();
  private final List<MigrationInventory.Applied> applied = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param folder in which they run
   * @param up applies the next migration, and changes nothing where there is none
   * @param down takes the newest back
   * @param limit for all of it
   */
  public record Steps(Path folder, List<String> up, Optional<List<String>> down, Duration limit) {
    public Steps {
      up = List.copyOf(up);
      down = down.map(List::copyOf);
    }
  }

  /** The schema without the tool's own tables, and what it has applied. */
  private record State(CatalogSnapshot schema, List<String> versions) {
    Optional<String> newest(State before) {
      return versions.stream().filter(v -> !before.versions().contains(v)).reduce((_, b) -> b);
    }

    boolean same(State other) {
      return versions.equals(other.versions())
          && schema.fingerprint().equals(other.schema().fingerprint());
    }
  }

  private CommandTrial(Steps steps, Target scratch, PgSession session, Progress progress) {
    this.steps = steps;
    this.scratch = scratch;
    this.session = session;
    this.progress = progress;
    this.end = System.nanoTime() + steps.limit().toNanos();
  }

  /**
   * @param staging server on which the scratch database is made, and dropped at the end
   * @throws RubiconException COMMAND_FAILED where the program cannot be started, takes too long, or
   *     changes nothing at all
   */
  public static MigrationInventory run(
      Steps steps, Target staging, SessionTag tag, Progress progress) {
    try (var scratch = ScratchDatabase.create(staging, tag, progress);
        var session = scratch.open()) {
      session.execute("RESET search_path");
      return new CommandTrial(steps, scratch.target(), session, progress).all();
    }
  }

  private MigrationInventory all() {
    State before = state();
    while (true) {
      progress.checkCancelled();
      progress.update("migration " + (applied.size() + 1), applied.size(), 0, "migrations");
      Ended.Exited ended = program(steps.up());
      State after = state();
      String name = after.newest(before).orElse("step-" + (applied.size() + 1));
      if (ended.status() != 0) {
        fails(name, ended);
        history.took(name, before.schema(), after.schema());
        before = after;
        break;
      }
      if (after.same(before)) {
        break;
      }
      history.took(name, before.schema(), after.schema());
      applied.add(
          new MigrationInventory.Applied(name, name, true, undo(name, before, after), "not-tried"));
      before = after;
    }
    if (applied.isEmpty() && findings.isEmpty()) {
      throw new RubiconException(
          ErrorCode.COMMAND_FAILED,
          "'" + said(steps.up()) + "' changes nothing in an empty database",
          "it must go where DATABASE_URL leads, and apply one migration each time that it is run");
    }
    findings.addAll(history.findings());
    return new MigrationInventory(
        Layout.COMMAND, applied, history.tables(before.schema()), findings);
  }

  private void fails(String name, Ended.Exited ended) {
    String already = applied.isEmpty() ? "" : ", behind " + applied.getLast().name();
    findings.add(
        finding(
            "migration-fails:" + name,
            "'"
                + said(steps.up())
                + "' ends with status "
                + ended.status()
                + already
                + (ended.output().isEmpty() ? "" : ":\n" + told(ended.output())),
            said(steps.up())));
    applied.add(new MigrationInventory.Applied(name, name, false, "not-tried", "not-tried"));
  }

  /** Back and forth: what is then must be what was. */
  private String undo(String name, State before, State after) {
    if (steps.down().isEmpty()) {
      return "not-tried";
    }
    List<String> down = steps.down().get();
    Ended.Exited back = program(down);
    if (back.status() != 0) {
      findings.add(
          finding(
              "migration-undo-fails:" + name,
              "'" + said(down) + "' does not take " + name + " back:\n" + told(back.output()),
              said(down)));
    }
    List<String> left = differences(before, state());
    if (back.status() == 0 && !left.isEmpty()) {
      findings.add(
          finding(
              "migration-undo-asymmetric:" + name,
              "'"
                  + said(down)
                  + "' does not lead back to what was before "
                  + name
                  + ": "
                  + String.join(", ", left),
              said(down)));
    }
    if (!state().same(after)) {
      again(name, after);
    }
    return back.status() != 0 ? "fails" : left.isEmpty() ? "leads-back" : "asymmetric";
  }

  /** The chain goes on from where the migration left it. */
  private void again(String name, State after) {
    Ended.Exited up = program(steps.up());
    if (up.status() != 0 || !state().same(after)) {
      throw new RubiconException(
          ErrorCode.COMMAND_FAILED,
          "behind '"
              + said(steps.down().orElseThrow())
              + "' "
              + name
              + " cannot be applied as before: "
              + (up.status() == 0 ? "it leaves something else" : told(up.output())),
          "mend its way back, or leave --down out");
    }
  }

  private static List<String> differences(State before, State now) {
    return CatalogChange.whole(CatalogChange.between(before.schema(), now.schema())).stream()
        .map(CatalogChange::id)
        .toList();
  }

  private State state() {
    CatalogSnapshot all = MigrationInventory.snapshot(session);
    List<VersionTable> tools = VersionTables.find(session);
    Set<String> own = tools.stream().map(VersionTable::table).collect(Collectors.toSet());
    return new State(
        new CatalogSnapshot(all.entries().stream().filter(e -> !ofTool(e, own)).toList()),
        tools.stream()
            .flatMap(tool -> tool.migrations().stream())
            .map(VersionTable.Migration::version)
            .toList());
  }

  /** Its table, and the sequence and the index that PostgreSQL names after it. */
  private static boolean ofTool(CatalogEntry entry, Set<String> own) {
    return own.stream()
        .anyMatch(
            table ->
                (entry.schema() + "." + entry.object()).equals(table)
                    || (entry.schema() + "." + entry.object()).startsWith(table + "_"));
  }

  private Ended.Exited program(List<String> argv) {
    Duration left = Duration.ofNanos(end - System.nanoTime());
    var ended =
        left.isPositive()
            ? OwnersProgram.run(
                argv,
                Optional.of(steps.folder()),
                ClientEnvironment.tool(scratch),
                left,
                KEPT,
                progress)
            : new Ended.TimedOut("");
    return switch (ended) {
      case Ended.Exited exited -> exited;
      case Ended.NotStarted _ ->
          throw new RubiconException(
              ErrorCode.COMMAND_FAILED,
              "'" + said(argv) + "' cannot be started",
              "name a program that is on the PATH, or lies in --dir with sh before it");
      case Ended.TimedOut(String output) ->
          throw new RubiconException(
              ErrorCode.COMMAND_FAILED,
              "the migrations took longer than "
                  + steps.limit().toSeconds()
                  + " s, behind "
                  + applied.size()
                  + " of them"
                  + (output.isEmpty() ? "" : "; the last that was said:\n" + told(output)),
              "say --time-limit, or see why it waits");
    };
  }

  private String told(String output) {
    return ClientEnvironment.withoutSecrets(output, scratch);
  }

  private static String said(List<String> argv) {
    return String.join(" ", argv);
  }
}
