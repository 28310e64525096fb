package dev.rubicon.preflight.trial;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.RubiconException;
import dev.rubicon.expand.ConcurrentIndexes;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetSchema;
import dev.rubicon.leaving.LeavingRelation;
import dev.rubicon.leaving.LeavingTriggers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.scratch.Attempt;
import dev.rubicon.preflight.scratch.CutBodies;
import dev.rubicon.preflight.scratch.SqlScript;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The whole change tried on a schema-only copy of the target: forth, back, forth again, then the
 * shape that transitions and contract lead to. What it shows: the hazards of each statement,
 * whether the undo undoes, and which differences from canonical the rollout removes.
 */
public final class Trial {
  private final Bundle bundle;
  private final Runbook runbook;
  private final PgSession session;
  private final List<Effect> effects = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final PlannedSteps planned = new PlannedSteps();
  private final Optional<CatalogSnapshot> canonical;

  /**
   * @param session on the copy
   * @param canonical its definition, if it is known
   */
  public Trial(Bundle bundle, PgSession session, Optional<CatalogSnapshot> canonical) {
    this.canonical = canonical;
    this.bundle = bundle;
    this.runbook = bundle.runbook();
    this.session = session;
  }

  /**
   * @param steps that the phases send for the transitions
   * @param before the copy before the change
   * @param after the copy as the finished rollout leaves it
   */
  public record Result(
      List<Effect> effects,
      List<Finding> findings,
      List<PlannedStep> steps,
      CatalogSnapshot before,
      CatalogSnapshot after) {}

  public Result run() {
    Naming.resolve(session, runbook);
    MigrationFiles files = MigrationFiles.of(bundle);
    planned.next();
    TargetSchema.sql()
        .forEach(sql -> planned.add(Phase.EXPAND, "memory", List.of(), sql, "what we remember"));
    CatalogSnapshot before = snapshot();
    boolean went = forth(files, before);
    if (went && files.reversible()) {
      back(files);
      CatalogSnapshot undone = snapshot();
      if (!undone.fingerprint().equals(before.fingerprint())) {
        findings.add(notSymmetric(before, undone));
      }
      forthQuietly(files);
    }
    var transitions = new TransitionTrial(bundle, session, findings, planned);
    if (went) {
      concurrently(Phase.EXPAND, ConcurrentIndexes.Group.BEFORE_TRANSITIONS);
    }
    transitions.install(before, canonical);
    if (went) {
      concurrently(Phase.DUAL_WRITE, ConcurrentIndexes.Group.ON_TRANSITION_COLUMNS);
    }
    LeavingRelation.of(runbook).stream()
        .filter(leaving -> leaving.oid(session).isPresent())
        .flatMap(leaving -> LeavingTriggers.install(leaving.name()).stream())
        .forEach(step -> planned.add(Phase.EXPAND, step));
    transitions.cross();
    planAbort(files);
    ownersContract();
    transitions.leave();
    transitions.retire();
    return new Result(
        List.copyOf(effects), List.copyOf(findings), planned.all(), before, snapshot());
  }

  /** Contract alone, on a copy of a target that was cut over, with its memory. */
  public Result contract() {
    Naming.resolve(session, runbook);
    CatalogSnapshot before = snapshot();
    var transitions = new TransitionTrial(bundle, session, findings, planned);
    transitions.takeUp();
    ownersContract();
    transitions.leave();
    transitions.retire();
    return new Result(
        List.copyOf(effects), List.copyOf(findings), planned.all(), before, snapshot());
  }

  /** Stops at the first failure: what follows would fail because of it. */
  private boolean forth(MigrationFiles files, CatalogSnapshot before) {
    var recorder = new EffectRecorder(session, runbook.schemas(), before);
    var rules = new HazardRules(before);
    for (MigrationFiles.Migration migration : files.migrations()) {
      planned.next();
      rules.begins(migration.up().inTransactions());
      List<SqlScript.Statement> statements = migration.up().statements();
      Optional<EffectRecorder.Together> together =
          migration.up().inTransactions() && statements.size() > 1
              ? recorder.together(statements)
              : Optional.empty();
      for (SqlScript.Statement statement : statements) {
        EffectRecorder.Observed observed =
            migration.up().inTransactions()
                ? recorder.run(statement)
                : recorder.runAlone(statement);
        effects.add(observed.effect());
        planned.add(
            Phase.EXPAND,
            statement.position(),
            observed.effect().locks().stream().map(l -> l.relation() + " " + l.mode()).toList(),
            statement.sql(),
            "");
        if (!migration.up().inTransactions()) {
          planned.next();
        }
        findings.addAll(rules.of(observed));
        CutBodies.of(statement)
            .ifPresent(
                cut ->
                    findings.add(
                        hazard(
                            "function-cut:" + statement.position(),
                            statement.position() + ": " + cut,
                            statement.sql())));
        if (observed.effect().failed() && !observed.effect().state().equals("42704")) {
          return false;
        }
        if (together.filter(t -> t.statement().equals(statement)).isPresent()
            && !observed.effect().failed()) {
          findings.add(
              hazard(
                  "fails:" + statement.position(),
                  statement.position()
                      + " fails in one transaction with what is before it in the file: "
                      + together.get().error(),
                  statement.brief()));
          return false;
        }
      }
    }
    return true;
  }

  private void back(MigrationFiles files) {
    for (MigrationFiles.Migration migration : files.migrations().reversed()) {
      Attempt.each(
          session,
          migration.undo().orElseThrow().statements(),
          (statement, error) -> findings.add(undoFails(statement, error)));
    }
  }

  private void forthQuietly(MigrationFiles files) {
    for (MigrationFiles.Migration migration : files.migrations()) {
      Attempt.each(session, migration.up().statements(), (_, _) -> {});
    }
  }

  private void concurrently(Phase phase, ConcurrentIndexes.Group group) {
    for (Runbook.ConcurrentIndex index : ConcurrentIndexes.of(runbook, group)) {
      planned.alone(
          phase, "index " + index.name(), List.of(), index.sql(), "waits for old transactions");
      Attempt.of(() -> session.executeOne(index.sql()))
          .ifPresent(
              error ->
                  findings.add(
                      hazard(
                          "fails:concurrently:" + index.name(),
                          "the index cannot be built on a copy of the target: " + error,
                          index.sql())));
    }
  }

  static Finding unsupported(Runbook.Transition transition, RubiconException e) {
    return new Finding(
        "unsupported:transition:" + RelationName.parse(transition.relation()),
        Finding.Kind.UNSUPPORTED,
        e.getMessage(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        e.next());
  }

  /** What an abort takes back behind the transitions; the undo was tried before. */
  private void planAbort(MigrationFiles files) {
    for (Runbook.ConcurrentIndex index : runbook.expand().concurrently().reversed()) {
      String name = RelationName.parse(index.name()).sql();
      planned.alone(
          Phase.ABORT,
          "index " + index.name(),
          List.of(),
          "DROP INDEX CONCURRENTLY IF EXISTS " + name,
          "not where the owner had it before");
    }
    for (MigrationFiles.Migration migration : files.migrations().reversed()) {
      migration.undo().stream()
          .flatMap(undo -> undo.statements().stream())
          .forEach(
              statement ->
                  planned.alone(Phase.ABORT, statement.position(), List.of(), statement.sql(), ""));
    }
    planned.alone(Phase.ABORT, "forget", List.of(), TargetSchema.DROP, "");
  }

  private void ownersContract() {
    for (String file : runbook.contract().sql()) {
      planned.alone(Phase.CONTRACT, file, List.of(), bundle.text(file), "the owner's own");
      Attempt.of(session, file, bundle.text(file))
          .ifPresent(
              error ->
                  findings.add(
                      hazard(
                          "fails:contract:" + file,
                          file + " fails on a copy of the target: " + error,
                          file)));
    }
  }

  private Finding notSymmetric(CatalogSnapshot before, CatalogSnapshot undone) {
    String left =
        CatalogDiff.between(undone, before).stream()
            .map(Finding::id)
            .collect(Collectors.joining(", "));
    return hazard("undo-not-symmetric", "the undo does not lead back; left behind: " + left, left);
  }

  private static Finding undoFails(SqlScript.Statement statement, String error) {
    return hazard(
        "undo-fails:" + statement.position(),
        statement.position() + " fails on a copy of the target: " + error,
        statement.brief());
  }

  static Finding hazard(String id, String title, String target) {
    return new Finding(
        "hazard:" + id,
        Finding.Kind.HAZARD,
        title,
        Optional.of(target),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  private CatalogSnapshot snapshot() {
    return CatalogReader.read(session, runbook.schemas());
  }
}
