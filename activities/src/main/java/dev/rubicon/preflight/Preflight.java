package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.CatalogStructure;
import dev.rubicon.config.Commands;
import dev.rubicon.doctor.Pooler;
import dev.rubicon.doctor.Privileges;
import dev.rubicon.doctor.ServerVersion;
import dev.rubicon.document.schema.Relations;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.invariant.AskedInvariant;
import dev.rubicon.invariant.DataInvariant;
import dev.rubicon.invariant.InvariantRun;
import dev.rubicon.partition.TimeSeriesForm;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.Primary;
import dev.rubicon.postgres.server.ServerEncoding;
import dev.rubicon.preflight.finding.ClientNotes;
import dev.rubicon.preflight.finding.DataFindings;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.preflight.finding.EarlierLaunch;
import dev.rubicon.preflight.finding.Inventory;
import dev.rubicon.preflight.finding.Judgement;
import dev.rubicon.preflight.finding.MeasuredFindings;
import dev.rubicon.preflight.finding.OptionalExtensions;
import dev.rubicon.preflight.finding.SequenceFindings;
import dev.rubicon.preflight.finding.TransitionFindings;
import dev.rubicon.preflight.scratch.CopiedSchema;
import dev.rubicon.preflight.scratch.SchemaCopy;
import dev.rubicon.preflight.scratch.SharedState;
import dev.rubicon.preflight.trial.PlannedStep;
import dev.rubicon.preflight.trial.Standing;
import dev.rubicon.repair.Repair;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.rollout.Facts;
import dev.rubicon.sequence.SequenceReader;
import dev.rubicon.sequence.SequenceState;
import dev.rubicon.stamp.VersionTable;
import dev.rubicon.stamp.VersionTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Looks at the target and touches nothing there: what it is, how it differs from canonical, and
 * what the change would do to it, tried on a schema-only copy. Serves {@code rubicon plan} as well.
 */
public final class Preflight {
  private final Target staging;
  private final SchemaCopy copy;
  private final Commands commands;
  private final Consumer<List<PlannedStep>> planned;
  private final Consumer<Repair> repaired;

  public Preflight(Target staging) {
    this(staging, Optional.empty());
  }

  /**
   * @param staging server on which canonical and the copy are built
   * @param pgBin folder of pg_dump, from {@code rubicon.yaml}
   */
  public Preflight(Target staging, Optional<Path> pgBin) {
    this(staging, pgBin, Commands.REFUSE);
  }

  /**
   * @param commands whether canonical may come of a program
   */
  public Preflight(Target staging, Optional<Path> pgBin, Commands commands) {
    this(staging, pgBin, commands, _ -> {}, _ -> {});
  }

  /**
   * @param planned gets the statements that a rollout would send, if they could be tried. They hold
   *     the owner's own SQL files, with any secrets in them: they are returned to the caller and
   *     not stored in the ledger.
   * @param repaired gets what would make the target canonical; with the owner's SQL likewise
   */
  public Preflight(
      Target staging,
      Optional<Path> pgBin,
      Commands commands,
      Consumer<List<PlannedStep>> planned,
      Consumer<Repair> repaired) {
    this.staging = staging;
    this.copy = new SchemaCopy(pgBin);
    this.commands = commands;
    this.planned = planned;
    this.repaired = repaired;
  }

  /**
   * @throws RubiconException HAZARD_NOT_ALLOWED or FINDING_OPEN, after the evidence was recorded;
   *     before that, what {@code rubicon doctor} reports
   */
  public Facts.Preflight run(PhaseContext context) {
    try {
      return SharedState.kept(staging, context.tag(), "the plan was tried", () -> looked(context));
    } catch (RubiconException e) {
      // A statement that was cancelled, or whose scratch database went, looks like a failed one.
      context.progress().checkCancelled();
      throw e;
    }
  }

  private boolean hasTimescale(PhaseContext context) {
    try (PgSession session = PgSession.open(staging, context.tag(), SessionLimits.SHORT)) {
      return TimeSeriesForm.installed(session);
    }
  }

  private Facts.Preflight looked(PhaseContext context) {
    List<Finding> findings;
    String version;
    CatalogSnapshot before;
    CatalogSnapshot canonical;
    List<Finding> notes;
    try (PgSession session = context.open(SessionLimits.SHORT);
        var copied = new CopiedSchema(context, staging, copy);
        var _ = context.progress().cancelsWith(session)) {
      session.execute("SET default_transaction_read_only = on");
      version = session.value("SHOW server_version");
      int major = ServerVersion.require(session);
      ServerEncoding.require(session);
      Primary.require(session, context.target().name());
      Pooler.requireNone(context.target());
      Privileges.require(session, context.runbook());
      TimeSeriesForm.require(session, () -> hasTimescale(context), context.runbook());
      Optional<EarlierLaunch> earlier =
          EarlierLaunch.find(session, context.target().name(), context.bundle().digest());
      CatalogSnapshot now = CatalogReader.read(session, context.runbook().schemas());
      before = earlier.map(EarlierLaunch::baseline).orElse(now);
      if (earlier.isEmpty()) {
        copied.begin();
      }
      boolean derived = context.runbook().canonical().derived();
      boolean crossed = earlier.filter(EarlierLaunch::crossed).isPresent();
      context.evidence().record(EvidenceNames.SNAPSHOT, before);
      context
          .evidence()
          .record(Relations.EVIDENCE, Relations.read(session, context.runbook().schemas()));

      var found = new ArrayList<Finding>(inventory(context, session));
      var source = new CanonicalSource(context, staging, commands);
      var rollout = new TriedRollout(context, copied, session, planned);
      Optional<TriedRollout.Tried> tried = Optional.empty();
      Repair repair;
      if (derived && earlier.isPresent()) {
        canonical = source.remembered(session);
        repair = Repair.named(crossed ? now : before, canonical);
      } else {
        Side built;
        if (derived) {
          tried = Optional.of(rollout.attempt(Optional.empty()));
          built = tried.get().canonical(before);
          found.addAll(tried.get().limits());
        } else {
          built = source.built(session, major, found);
        }
        canonical = built.snapshot();
        repair =
            Repair.between(
                new Side(
                    crossed ? now : before,
                    CatalogStructure.read(session, context.runbook().schemas())),
                built,
                new Dispositions(context.runbook())::drops);
      }
      context.evidence().record(EvidenceNames.CANONICAL, canonical);
      repaired.accept(repair);
      List<Finding> differences = repair.findings();
      boolean settled = Judgement.settled(context.runbook(), differences);
      boolean stands =
          tried.map(t -> t.trial().findings().stream().noneMatch(Finding::blocks)).orElse(true)
              && Standing.allOf(session, context.runbook());
      if (crossed) {
        context.progress().update("what contract leaves", 0, 0, "");
        found.addAll(
            new CrossedTarget(
                    context.bundle(),
                    context.target(),
                    staging,
                    copy,
                    context.tag(),
                    context.progress())
                .differences(session, repair, canonical));
        found.add(MeasuredFindings.adopted(earlier.get()));
      } else if (settled && stands) {
        found.addAll(differences);
        found.add(MeasuredFindings.finished());
      } else if (earlier.isPresent()) {
        differences.stream()
            .map(new Dispositions(context.runbook())::apply)
            .map(difference -> Judgement.judgedBefore(difference, earlier.get()))
            .forEach(found::add);
        found.add(MeasuredFindings.adopted(earlier.get()));
        found.addAll(data(context, session, List.of(), Set.of()));
      } else {
        MeasuredFindings.stamps(session, context.bundle(), canonical, settled).forEach(found::add);
        List<Finding> obstacles = TransitionFindings.of(before, context.runbook());
        found.addAll(obstacles);
        if (tried.isEmpty()) {
          tried = Optional.of(rollout.attempt(Optional.of(canonical)));
        }
        rollout.findings(tried.get(), repair, canonical, settled).stream()
            .filter(finding -> !Judgement.toldBetter(finding, obstacles))
            .forEach(found::add);
      }
      found.addAll(OptionalExtensions.absent(session, context.runbook()));
      notes = ClientNotes.of(before, canonical, context.runbook());
      found.addAll(notes);
      if (earlier.isEmpty()) {
        found.addAll(new Dispositions(context.runbook()).unmatched(found));
      }
      findings = Judgement.disposed(context.runbook(), found);
    }
    context.evidence().record(EvidenceNames.FINDINGS, findings);
    Judgement.refuse(findings);
    return new Facts.Preflight(
        version,
        before.fingerprint(),
        canonical.fingerprint(),
        Judgement.counts(findings),
        findings.stream().filter(Finding::blocks).map(Finding::id).toList(),
        notes.stream().map(Finding::title).toList(),
        Optional.empty());
  }

  /** What does not come from comparing: it is evidence, and a finding where the owner must act. */
  private List<Finding> inventory(PhaseContext context, PgSession session) {
    var inventory = new Inventory(session, context.runbook());
    context.progress().update("row counts", 0, 0, "");
    context.evidence().record(Inventory.Table.EVIDENCE, inventory.tables());
    context.progress().checkCancelled();
    context.evidence().record(EvidenceNames.SAMPLES, inventory.samples());
    context.evidence().record(Inventory.Activity.EVIDENCE, inventory.activity());
    List<VersionTable> versions = VersionTables.find(session);
    context.evidence().record(VersionTable.EVIDENCE, versions);
    List<SequenceState> sequences = SequenceReader.read(session, context.runbook().schemas());
    context.evidence().record(SequenceState.EVIDENCE, sequences);
    return Stream.concat(
            SequenceFindings.of(context.runbook(), sequences),
            versions.stream().flatMap(MeasuredFindings::versions))
        .toList();
  }

  /** What the rollout's constraints demand, and what the runbook names, in one snapshot. */
  static List<Finding> data(
      PhaseContext context, PgSession target, List<DataInvariant> derived, Set<String> changed) {
    List<DataInvariant> all =
        Stream.concat(
                derived.stream(), context.runbook().invariants().stream().map(DataInvariant::named))
            .toList();
    List<AskedInvariant> asked =
        new InvariantRun(target, context.runbook(), context.progress()).ask(all);
    context.evidence().record(AskedInvariant.EVIDENCE, asked);
    return DataFindings.of(asked, changed);
  }
}
