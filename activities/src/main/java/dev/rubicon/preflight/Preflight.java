package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.CatalogStructure;
import dev.rubicon.doctor.Pooler;
import dev.rubicon.doctor.Privileges;
import dev.rubicon.doctor.ServerVersion;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.invariant.AskedInvariant;
import dev.rubicon.invariant.DataInvariant;
import dev.rubicon.invariant.DerivedInvariants;
import dev.rubicon.invariant.InvariantRun;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Primary;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import dev.rubicon.repair.Repair;
import dev.rubicon.repair.Side;
import dev.rubicon.rollout.Facts;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.sequence.SequenceReader;
import dev.rubicon.sequence.SequenceState;
import dev.rubicon.stamp.VersionTable;
import dev.rubicon.stamp.VersionTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at the target and touches nothing there: what it is, how it differs from canonical, and
 * what the change would do to it, tried on a schema-only copy. Serves {@code rubicon plan} as well.
 */
public final class Preflight {
  private final Target staging;
  private final SchemaCopy copy;
  private final Consumer<List<PlannedStep>> planned;

  public Preflight(Target staging) {
    this(staging, Optional.empty());
  }

  /**
   * @param staging server on which canonical and the copy are built
   * @param pgBin folder of pg_dump, from {@code rubicon.yaml}
   */
  public Preflight(Target staging, Optional<Path> pgBin) {
    this(staging, pgBin, _ -> {});
  }

  /**
   * @param planned gets the statements that a rollout would send, if they could be tried. They hold
   *     the owner's own SQL files, with any secrets in them: they are returned to the caller and
   *     not stored in the ledger.
   */
  public Preflight(Target staging, Optional<Path> pgBin, Consumer<List<PlannedStep>> planned) {
    this.staging = staging;
    this.copy = new SchemaCopy(pgBin);
    this.planned = planned;
  }

  /**
   * @throws RubiconException HAZARD_NOT_ALLOWED or FINDING_OPEN, after the evidence was recorded;
   *     before that, what {@code rubicon doctor} reports
   */
  public Facts.Preflight run(PhaseContext context) {
    try {
      return looked(context);
    } catch (RubiconException e) {
      // A statement that was cancelled, or whose scratch database went, looks like a failed one.
      context.progress().checkCancelled();
      throw e;
    }
  }

  private Facts.Preflight looked(PhaseContext context) {
    List<Finding> findings;
    String version;
    CatalogSnapshot before;
    CatalogSnapshot canonical;
    List<Finding> notes;
    try (PgSession session = context.open(SessionLimits.SHORT);
        var _ = context.progress().cancelsWith(session)) {
      session.execute("SET default_transaction_read_only = on");
      version = session.value("SHOW server_version");
      int major = ServerVersion.require(session);
      Primary.require(session, context.target().name());
      Pooler.requireNone(context.target());
      Privileges.require(session, context.runbook());
      Optional<EarlierLaunch> earlier =
          EarlierLaunch.find(session, context.target().name(), context.bundle().digest());
      CatalogSnapshot now = CatalogReader.read(session, context.runbook().schemas());
      before = earlier.map(EarlierLaunch::baseline).orElse(now);
      boolean crossed = earlier.filter(EarlierLaunch::crossed).isPresent();
      context.evidence().record(EvidenceNames.SNAPSHOT, before);

      var found = new ArrayList<Finding>(inventory(context, session));
      Side built = canonical(context, session, major, found);
      canonical = built.snapshot();
      context.evidence().record(EvidenceNames.CANONICAL, canonical);
      Repair repair =
          Repair.between(
              new Side(
                  crossed ? now : before,
                  CatalogStructure.read(session, context.runbook().schemas())),
              built,
              new Dispositions(context.runbook())::drops);
      List<Finding> differences = repair.findings();
      boolean settled = settled(context.runbook(), differences);
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
      } else if (settled && Standing.allOf(session, context.runbook())) {
        found.addAll(differences);
        found.add(MeasuredFindings.finished());
      } else if (earlier.isPresent()) {
        differences.stream()
            .map(new Dispositions(context.runbook())::apply)
            .map(difference -> judgedBefore(difference, earlier.get()))
            .forEach(found::add);
        found.add(MeasuredFindings.adopted(earlier.get()));
        found.addAll(data(context, session, List.of(), Set.of()));
      } else {
        MeasuredFindings.stamps(session, context.bundle(), canonical, settled).forEach(found::add);
        List<Finding> obstacles = TransitionFindings.of(before, context.runbook());
        found.addAll(obstacles);
        tried(context, session, repair, canonical, settled).stream()
            .filter(finding -> !toldBetter(finding, obstacles))
            .forEach(found::add);
      }
      found.addAll(OptionalExtensions.absent(session, context.runbook()));
      notes = ClientNotes.of(before, canonical, context.runbook());
      found.addAll(notes);
      findings = disposed(context, found);
    }
    context.evidence().record(EvidenceNames.FINDINGS, findings);
    refuse(findings);
    return new Facts.Preflight(
        version,
        before.fingerprint(),
        canonical.fingerprint(),
        counts(findings),
        findings.stream().filter(Finding::blocks).map(Finding::id).toList(),
        notes.stream().map(Finding::title).toList());
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

  private Side canonical(PhaseContext context, PgSession target, int major, List<Finding> found) {
    context.progress().update("canonical", 0, 0, "");
    try (var scratch = ScratchDatabase.create(staging, context.tag(), context.progress());
        var session = scratch.open()) {
      int stagingMajor = major(session);
      if (stagingMajor != major) {
        found.add(
            MeasuredFindings.note(
                "staging-version",
                "canonical was built by PostgreSQL "
                    + stagingMajor
                    + ", the target runs "
                    + major
                    + ": definitions may be printed differently"));
      }
      scratch.apply(context.bundle(), context.runbook().canonical().sql());
      found.addAll(SizeLimits.of(target, session, context.runbook()));
      return Side.read(session, context.runbook().schemas());
    }
  }

  /** The differences, each with what the rollout does about it, and what the trial brought up. */
  private List<Finding> tried(
      PhaseContext context,
      PgSession target,
      Repair repair,
      CatalogSnapshot canonical,
      boolean settled) {
    List<Finding> differences = repair.findings();
    context.progress().update("effects", 0, 0, "");
    context.progress().checkCancelled();
    String dump = copy.dump(context.target(), context.tag(), context.progress());
    try (var scratch = ScratchDatabase.create(staging, context.tag(), context.progress())) {
      List<SchemaCopy.Left> left = copy.restore(dump, scratch);
      Trial.Result trial;
      List<DataInvariant> derived;
      try (PgSession session = scratch.open()) {
        trial = new Trial(context.bundle(), session, Optional.of(canonical)).run();
        derived = DerivedInvariants.of(context.runbook(), target, session);
      }
      List<Finding> data = data(context, target, derived, changedRows(trial));
      context.evidence().record(Effects.EVIDENCE, new Effects(trial.effects(), left));
      if (settled && Standing.stoodBefore(trial.effects())) {
        return Stream.concat(differences.stream(), Stream.of(MeasuredFindings.finished())).toList();
      }
      planned.accept(trial.steps());
      var was = ids(CatalogDiff.between(trial.before(), canonical));
      var is = byId(CatalogDiff.between(trial.after(), canonical));
      var known = ids(differences);
      var lost = new LostGrants(trial.before(), trial.after(), context.runbook());
      Stream<Finding> marked =
          differences.stream()
              .map(
                  difference ->
                      was.contains(difference.id()) && !is.containsKey(difference.id())
                          ? gone(difference, lost.reason(difference))
                          : difference);
      Stream<Finding> brought =
          is.values().stream()
              .filter(after -> !was.contains(after.id()) && !known.contains(after.id()))
              .map(
                  after ->
                      Dispositions.with(
                          after, Finding.Disposition.OPEN, "the rollout itself would bring it"));
      Stream<Finding> behind =
          is.values().stream()
              .filter(after -> was.contains(after.id()))
              .flatMap(
                  after ->
                      repair
                          .root(after.id())
                          .filter(root -> !is.containsKey(root))
                          .map(
                              root ->
                                  Dispositions.with(
                                      after,
                                      Finding.Disposition.OPEN,
                                      "the rollout does not bring it with " + root))
                          .stream());
      return Stream.of(marked, brought, behind, trial.findings().stream(), data.stream())
          .flatMap(Function.identity())
          .toList();
    }
  }

  /** What the rollout's constraints demand, and what the runbook names, in one snapshot. */
  private static List<Finding> data(
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

  private static Set<String> changedRows(Trial.Result trial) {
    return trial.effects().stream()
        .flatMap(effect -> effect.locks().stream())
        .filter(lock -> lock.mode().equals("RowExclusiveLock"))
        .map(Effect.Lock::relation)
        .collect(Collectors.toSet());
  }

  /** Whether the target is canonical, but for what the runbook accepts. */
  private static boolean settled(Runbook runbook, List<Finding> differences) {
    var dispositions = new Dispositions(runbook);
    return differences.stream()
        .map(difference -> kept(runbook, difference))
        .map(dispositions::apply)
        .noneMatch(Finding::differs);
  }

  private static Finding gone(Finding difference, Optional<String> lost) {
    return lost.map(why -> Dispositions.with(difference, Finding.Disposition.OPEN, why))
        .orElseGet(
            () ->
                Dispositions.with(
                    difference,
                    Finding.Disposition.FIXED_BY_ROLLOUT,
                    "gone once the rollout is through, as tried on a copy"));
  }

  /** The compiler stops at the first obstacle; where findings name them all, it adds nothing. */
  private static boolean toldBetter(Finding finding, List<Finding> obstacles) {
    String prefix = "unsupported:transition:";
    return finding.id().startsWith(prefix)
        && obstacles.stream()
            .filter(obstacle -> obstacle.kind() == Finding.Kind.UNSUPPORTED)
            .anyMatch(
                obstacle ->
                    (obstacle.id() + ".")
                        .contains(":" + finding.id().substring(prefix.length()) + "."));
  }

  private static List<Finding> disposed(PhaseContext context, List<Finding> found) {
    var dispositions = new Dispositions(context.runbook());
    var byId = new LinkedHashMap<String, Finding>();
    found.stream()
        .map(finding -> kept(context.runbook(), finding))
        .map(dispositions::apply)
        .forEach(finding -> byId.putIfAbsent(finding.id(), finding));
    return byId.values().stream()
        .sorted(
            java.util.Comparator.comparing(Finding::blocks).reversed().thenComparing(Finding::id))
        .toList();
  }

  /** A legacy column that contract keeps is extra for good, and its reason is in the runbook. */
  static Finding kept(Runbook runbook, Finding finding) {
    return runbook.contract().legacyColumns().stream()
        .filter(legacy -> legacy.action() == LegacyColumn.Action.KEEP)
        .filter(
            legacy ->
                finding
                    .id()
                    .equals(
                        "extra:column:"
                            + RelationName.parse(legacy.relation())
                            + "."
                            + Identifiers.split(legacy.column()).getFirst()))
        .findFirst()
        .map(
            legacy ->
                Dispositions.with(
                    finding, Finding.Disposition.ACCEPTED, legacy.reason().orElse("kept")))
        .orElse(finding);
  }

  private static void refuse(List<Finding> findings) {
    List<Finding> blocking = findings.stream().filter(Finding::blocks).toList();
    String hazards = list(blocking, Finding.Kind.HAZARD);
    if (!hazards.isEmpty()) {
      throw new RubiconException(
          ErrorCode.HAZARD_NOT_ALLOWED,
          "the runbook does not allow: " + hazards,
          "change the statement, or allow each under hazards: with a reason; then: rubicon plan");
    }
    String unsupported = list(blocking, Finding.Kind.UNSUPPORTED);
    if (!unsupported.isEmpty()) {
      throw new RubiconException(
          ErrorCode.FINDING_OPEN,
          "nobody has said what is to happen with: " + unsupported,
          "change the target, or say it under findings: with a reason; then: rubicon plan");
    }
    if (!blocking.isEmpty()) {
      throw new RubiconException(
          ErrorCode.FINDING_OPEN,
          "canonical has what the rollout does not bring: "
              + blocking.stream().map(Finding::id).collect(Collectors.joining(", ")),
          "add it under expand: or transitions:, or say under findings: why it may be missing;"
              + " then: rubicon plan");
    }
  }

  /** What the rollout has brought since is not in the baseline: its plan was the place to stop. */
  private static Finding judgedBefore(Finding difference, EarlierLaunch earlier) {
    return difference.blocks() && difference.kind() == Finding.Kind.MISSING
        ? Dispositions.with(
            difference,
            Finding.Disposition.FIXED_BY_ROLLOUT,
            "judged when " + earlier.rollout() + " was planned")
        : difference;
  }

  private static String list(List<Finding> blocking, Finding.Kind kind) {
    return blocking.stream()
        .filter(finding -> finding.kind() == kind)
        .map(Finding::id)
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Integer> counts(List<Finding> findings) {
    var counts = new TreeMap<String, Integer>();
    findings.forEach(finding -> counts.merge(finding.kind().name(), 1, Integer::sum));
    return counts;
  }

  private static HashSet<String> ids(List<Finding> findings) {
    return findings.stream().map(Finding::id).collect(Collectors.toCollection(HashSet::new));
  }

  private static Map<String, Finding> byId(List<Finding> findings) {
    var map = new LinkedHashMap<String, Finding>();
    findings.forEach(finding -> map.put(finding.id(), finding));
    return map;
  }

  private static int major(PgSession session) {
    return Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
  }
}
