package dev.rubicon.migrationfolder;

import static dev.rubicon.migrationfolder.MigrationInventory.finding;
import static dev.rubicon.migrationfolder.MigrationInventory.note;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies the migrations of a folder one after another to a scratch database that is empty at
 * first, and tries of each whether it runs twice and whether its undo leads back. What is tried
 * beside the chain is rolled back, so that one migration's undo is not the next one's beginning.
 */
public final class MigrationTrial {
  private final PgSession session;
  private final Progress progress;
  private final ScratchScript script;
  private final History history = new History();
  private final List<MigrationInventory.Applied> applied = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, String> versions = new HashMap<>();

  private MigrationTrial(PgSession session, Progress progress) {
    this.session = session;
    this.progress = progress;
    this.script = new ScratchScript(session);
  }

  /**
   * @param staging server on which the scratch database is made, and dropped at the end
   * @param statementTimeout of each statement
   * @throws RubiconException USAGE where the folder holds no migrations
   */
  public static MigrationInventory run(
      Path folder, Target staging, SessionTag tag, Duration statementTimeout, Progress progress) {
    MigrationFolder found = MigrationFolder.read(folder);
    try (var scratch = ScratchDatabase.create(staging, tag, progress);
        var session = scratch.open()) {
      session.limits(new SessionLimits(SessionLimits.OWN_DATABASE.lockTimeout(), statementTimeout));
      session.execute("RESET search_path");
      return new MigrationTrial(session, progress).of(found);
    }
  }

  private MigrationInventory of(MigrationFolder folder) {
    CatalogSnapshot before = snapshot();
    for (Migration migration : folder.migrations()) {
      progress.checkCancelled();
      progress.update(migration.name(), applied.size(), folder.migrations().size(), "migrations");
      before = one(folder.layout(), migration, before);
    }
    findings.addAll(history.findings());
    return new MigrationInventory(folder.layout(), applied, history.tables(before), findings);
  }

  private CatalogSnapshot one(Layout layout, Migration migration, CatalogSnapshot before) {
    if (!migration.repeatable()) {
      sameVersion(migration);
    }
    skipped(migration);
    Optional<ScratchScript.Failure> failure = script.run(migration.up(), migration.inTransaction());
    if (failure.isPresent()) {
      findings.add(
          finding(
              (failure.get().elsewhere() ? "migration-leaves-scratch:" : "migration-fails:")
                  + migration.name(),
              failure.get().position()
                  + (failure.get().elsewhere()
                      ? " was not run: "
                      : " does not apply to what the migrations before it make of an empty"
                          + " database: ")
                  + failure.get().message(),
              failure.get().sql()));
      applied.add(entry(migration, false, "not-tried", "not-tried"));
      // Outside of a transaction the statements before it stand.
      CatalogSnapshot left = snapshot();
      history.took(migration.name(), before, left);
      return left;
    }
    CatalogSnapshot after = snapshot();
    history.took(migration.name(), before, after);
    String twice = migration.inTransaction() ? twice(migration, after) : "not-tried";
    applied.add(entry(migration, true, undo(layout, migration, before), twice));
    return after;
  }

  private void sameVersion(Migration migration) {
    String other = versions.putIfAbsent(migration.version(), migration.name());
    if (other != null) {
      findings.add(
          finding(
              "migration-version-twice:" + migration.version(),
              other
                  + " and "
                  + migration.name()
                  + " have the same version: which comes first is left to the tool",
              migration.name()));
    }
  }

  /** {@code IF NOT EXISTS} hides that two migrations make the same table, each its own way. */
  private void skipped(Migration migration) {
    for (ScratchScript.Named table : script.tablesIfNotExist(migration.up())) {
      history
          .madeBy(ObjectKind.TABLE, table.schema(), table.name())
          .ifPresent(
              earlier ->
                  findings.add(
                      finding(
                          "migrations-disagree:table:" + table.schema() + "." + table.name(),
                          table.position()
                              + " would make "
                              + table.schema()
                              + "."
                              + table.name()
                              + " and does nothing, because "
                              + earlier
                              + " has: which of them is right is a decision to record",
                          table.sql())));
    }
  }

  private String twice(Migration migration, CatalogSnapshot after) {
    String twice =
        script.rolledBack(
            () -> {
              if (script.statements(migration.up()).isPresent()) {
                return "fails";
              }
              return snapshot().fingerprint().equals(after.fingerprint()) ? "same" : "changes";
            });
    if (!twice.equals("same")) {
      boolean promised = migration.repeatable();
      findings.add(
          promised
              ? finding(
                  "migration-not-repeatable:" + migration.name(),
                  migration.name() + " is run again when its text changes, and then " + twice,
                  migration.name())
              : note(
                  "migration-not-repeatable:" + migration.name(),
                  migration.name()
                      + " cannot be run twice ("
                      + twice
                      + "): its version table must be right before it is applied"));
    }
    return twice;
  }

  private String undo(Layout layout, Migration migration, CatalogSnapshot before) {
    if (migration.down().isEmpty()) {
      if (layout.undoes() && !migration.repeatable()) {
        findings.add(
            finding(
                "migration-undo-missing:" + migration.name(),
                migration.name() + " has nothing that takes it back",
                migration.name()));
      }
      return "missing";
    }
    Migration.Sql down = migration.down().get();
    if (!migration.inTransaction()) {
      return "not-tried";
    }
    return script.rolledBack(
        () -> {
          Optional<ScratchScript.Failure> failure = script.statements(down);
          if (failure.isPresent()) {
            findings.add(
                finding(
                    "migration-undo-fails:" + migration.name(),
                    failure.get().position()
                        + " does not take "
                        + migration.name()
                        + " back: "
                        + failure.get().message(),
                    failure.get().sql()));
            return "fails";
          }
          List<String> left =
              CatalogChange.whole(CatalogChange.between(before, snapshot())).stream()
                  .map(CatalogChange::id)
                  .toList();
          if (left.isEmpty()) {
            return "leads-back";
          }
          findings.add(
              finding(
                  "migration-undo-asymmetric:" + migration.name(),
                  down.path()
                      + " does not lead back to what was before "
                      + migration.name()
                      + ": "
                      + String.join(", ", left),
                  down.path()));
          return "asymmetric";
        });
  }

  private CatalogSnapshot snapshot() {
    return MigrationInventory.snapshot(session);
  }

  private static MigrationInventory.Applied entry(
      Migration migration, boolean applied, String undo, String twice) {
    return new MigrationInventory.Applied(
        migration.name(), migration.version(), applied, undo, twice);
  }
}
