package dev.rubicon.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.ledger.AuditVerifier;
import dev.rubicon.ledger.EvidenceEntry;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.LedgerJson;
import dev.rubicon.ledger.LedgerRollout;
import dev.rubicon.ledger.LedgerStatus;
import dev.rubicon.ledger.PhaseEntry;
import dev.rubicon.ledger.StoredAnchor;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.Plan;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the report of a rollout, running or ended. What it knows by name (see the constants) gets a
 * section of its own; every other piece of evidence is shown as it stands.
 */
public final class ReportBuilder {
  /** Evidence of preflight: a list of findings. */
  public static final String FINDINGS = "findings";

  /** Evidence of the backfill: a list of points. */
  public static final String THROUGHPUT = "throughput";

  /** Evidence of preflight: canonical's catalog snapshot. */
  public static final String CANONICAL = "canonical";

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
        schema.map(DataDictionary::markdown).orElse(""),
        schema.map(DataDictionary::mermaid).orElse(""),
        changeLog(about, runbook),
        ledger.audit().entries(rollout),
        trail);
  }

  /**
   * A phase that was told to stop, as a rollback tells the watch, does not end itself in the
   * ledger: it ended when the next one started.
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

  private static String changeLog(LedgerRollout about, Optional<Runbook> runbook) {
    String text = runbook.flatMap(r -> r.documentation().changeLog()).orElse(about.title()).strip();
    String day = about.endedAt().orElse(about.launchedAt()).toString().substring(0, 10);
    return "%s: %s\n(rollout %s, runbook %s, target %s, %s)"
        .formatted(
            day,
            text,
            about.id(),
            about.runbook(),
            about.target(),
            about.outcome().isEmpty() ? about.state() : about.outcome());
  }

  private static List<JsonNode> findings(List<EvidenceEntry> evidence) {
    var findings = new ArrayList<JsonNode>();
    latest(evidence, Phase.PREFLIGHT.word(), FINDINGS)
        .ifPresent(entry -> entry.value().forEach(findings::add));
    return findings;
  }

  private static List<Report.Point> throughput(List<EvidenceEntry> evidence) {
    var points = new ArrayList<Report.Point>();
    for (EvidenceEntry entry : evidence) {
      if (entry.name().equals(THROUGHPUT) && entry.phase().equals(Phase.BACKFILL.word())) {
        for (JsonNode point : entry.value()) {
          instant(point.path("at").asText())
              .ifPresent(
                  at ->
                      points.add(
                          new Report.Point(
                              at,
                              point.path("rowsPerSecond").asDouble(),
                              point.path("note").asText(""))));
        }
      }
    }
    points.sort(java.util.Comparator.comparing(Report.Point::at));
    return points;
  }

  static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<EvidenceEntry> latest(
      List<EvidenceEntry> evidence, String phase, String name) {
    return evidence.stream()
        .filter(entry -> entry.phase().equals(phase) && entry.name().equals(name))
        .reduce((earlier, later) -> later);
  }

  /** The target's first snapshot; known by its shape, not by its name. */
  private static Optional<CatalogSnapshot> before(List<EvidenceEntry> evidence) {
    return evidence.stream()
        .filter(entry -> entry.phase().equals(Phase.PREFLIGHT.word()))
        .filter(entry -> !entry.name().contains(CANONICAL))
        .flatMap(entry -> snapshot(entry).stream())
        .findFirst();
  }

  private static Optional<CatalogSnapshot> after(List<EvidenceEntry> evidence) {
    return evidence.stream()
        .filter(entry -> AFTER.contains(entry.phase()))
        .flatMap(entry -> snapshot(entry).stream())
        .reduce((earlier, later) -> later);
  }

  private static Optional<CatalogSnapshot> canonical(List<EvidenceEntry> evidence) {
    return evidence.stream()
        .filter(entry -> entry.phase().equals(Phase.PREFLIGHT.word()))
        .filter(entry -> entry.name().contains(CANONICAL))
        .flatMap(entry -> snapshot(entry).stream())
        .reduce((earlier, later) -> later);
  }

  static boolean looksLikeSnapshot(JsonNode value) {
    JsonNode first = value.path("entries").path(0);
    return first.has("kind") && first.has("definition") && first.has("object");
  }

  private static Optional<CatalogSnapshot> snapshot(EvidenceEntry entry) {
    if (!looksLikeSnapshot(entry.value())) {
      return Optional.empty();
    }
    try {
      return Optional.of(LedgerJson.MAPPER.treeToValue(entry.value(), CatalogSnapshot.class));
    } catch (JsonProcessingException e) {
      // Of another version of Rubicon: it is still shown as evidence, only not drawn.
      return Optional.empty();
    }
  }
}
