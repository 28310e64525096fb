package dev.rubicon.report;

import dev.rubicon.backfill.Throughput;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.LedgerStatus;
import dev.rubicon.ledger.audit.AuditVerifier;
import dev.rubicon.ledger.audit.StoredAnchor;
import dev.rubicon.ledger.entry.EvidenceEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.ledger.entry.PhaseEntry;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes the report of a rollout, running or ended. Some evidence gets a section of its own; every
 * other piece is shown as it stands.
 */
public final class ReportBuilder {
  private static final Set<String> AFTER =
      Set.of(Phase.CUTOVER.word(), Phase.SMOKE.word(), Phase.WATCH.word(), Phase.CONTRACT.word());

  private final Ledger ledger;
  private final String tool;

  /**
   * @param tool name and version, e.g. {@code rubicon 0.1.0}
   */
  public ReportBuilder(Ledger ledger, String tool) {
    this.ledger = ledger;
    this.tool = tool;
  }

  /**
   * @param runbook of the rollout's bundle, where it is to be had
   * @param anchors of that rollout in the object store, with which the audit trail is compared
   */
  public Report build(String rollout, Optional<Runbook> runbook, List<StoredAnchor> anchors) {
    LedgerRollout about = ledger.rollout(rollout);
    List<EvidenceEntry> evidence = ledger.evidenceOf(rollout);
    List<PhaseEntry> phases = ledger.phases().of(rollout);
    Optional<CatalogSnapshot> before = before(evidence);
    Optional<CatalogSnapshot> after = after(evidence);
    Optional<CatalogSnapshot> shown = after.or(() -> canonical(evidence));
    Optional<SchemaChange> schema =
        before.flatMap(
            old ->
                shown.map(now -> SchemaChange.between(SchemaModel.of(old), SchemaModel.of(now))));
    Optional<Plan> plan = runbook.map(r -> Plan.of(r, Duration.ZERO));
    var documents = RolloutDocuments.of(about, evidence, runbook);
    var trail = AuditVerifier.verify(ledger.audit().chain(), rollout, anchors);
    return new Report(
        tool,
        Instant.now(),
        about,
        LedgerStatus.of(about, phases, ledger.decisions().control(rollout)),
        plan,
        plan.map(Plan::cannotPromise).orElse(List.of()),
        findings(evidence),
        settled(phases),
        evidence,
        ledger.decisions().approvals(rollout),
        ledger.decisions().signOffs(rollout),
        throughput(evidence),
        schema,
        basis(before, after, shown),
        documents.dictionary(),
        documents.mermaid(),
        documents.changeLog(),
        ledger.audit().entries(rollout),
        trail);
  }

  /**
   * A cancelled phase, such as the watch by a rollback, enters no end in the ledger: it ended when
   * the next one started.
   */
  private static List<PhaseEntry> settled(List<PhaseEntry> phases) {
    var settled = new ArrayList<PhaseEntry>();
    for (int i = 0; i < phases.size(); i++) {
      PhaseEntry phase = phases.get(i);
      boolean stopped = phase.ended().isEmpty() && i + 1 < phases.size();
      settled.add(
          stopped
              ? new PhaseEntry(
                  phase.phase(),
                  phase.round(),
                  phase.attempt(),
                  "stopped",
                  phase.started(),
                  Optional.of(phases.get(i + 1).started()),
                  "stopped for " + phases.get(i + 1).phase(),
                  phase.facts())
              : phase);
    }
    return List.copyOf(settled);
  }

  private static String basis(
      Optional<CatalogSnapshot> before,
      Optional<CatalogSnapshot> after,
      Optional<CatalogSnapshot> shown) {
    if (before.isEmpty() || shown.isEmpty()) {
      return "No two catalog snapshots were recorded, so nothing can be compared.";
    }
    return after.isPresent()
        ? "The target as preflight found it, and as it stood when last looked at after the"
            + " crossing; what Rubicon keeps there for the way back is left out."
        : "The target as preflight found it, and canonical as the runbook builds it: no snapshot"
            + " was taken after a crossing.";
  }

  private static List<Finding> findings(List<EvidenceEntry> evidence) {
    return of(Phase.PREFLIGHT, evidence, EvidenceNames.FINDINGS)
        .reduce((earlier, later) -> later)
        .orElse(List.of());
  }

  private static List<Report.Point> throughput(List<EvidenceEntry> evidence) {
    return of(Phase.BACKFILL, evidence, Throughput.EVIDENCE)
        .flatMap(List::stream)
        .flatMap(
            point ->
                instant(point.at())
                    .map(at -> new Report.Point(at, point.rowsPerSecond(), point.note()))
                    .stream())
        .sorted(Comparator.comparing(Report.Point::at))
        .toList();
  }

  static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** In order of recording. */
  private static <T> Stream<T> of(Phase phase, List<EvidenceEntry> evidence, EvidenceName<T> name) {
    return evidence.stream()
        .filter(entry -> entry.phase().equals(phase.word()))
        .flatMap(entry -> entry.find(name).stream());
  }

  /** The target's first snapshot. */
  static Optional<CatalogSnapshot> before(List<EvidenceEntry> evidence) {
    return of(Phase.PREFLIGHT, evidence, EvidenceNames.SNAPSHOT).findFirst();
  }

  static Optional<CatalogSnapshot> after(List<EvidenceEntry> evidence) {
    return evidence.stream()
        .filter(entry -> AFTER.contains(entry.phase()))
        .flatMap(entry -> entry.find(EvidenceNames.SNAPSHOT).stream())
        .reduce((earlier, later) -> later);
  }

  static Optional<CatalogSnapshot> canonical(List<EvidenceEntry> evidence) {
    return of(Phase.PREFLIGHT, evidence, EvidenceNames.CANONICAL).reduce((earlier, later) -> later);
  }
}
