package dev.rubicon.report;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.document.Change;
import dev.rubicon.document.ChangeLogEntry;
import dev.rubicon.document.Dictionary;
import dev.rubicon.document.Documents;
import dev.rubicon.document.Mermaid;
import dev.rubicon.document.schema.DescribedSchema;
import dev.rubicon.document.schema.Relations;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.EvidenceEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The documentation that comes out of a rollout: of the target as preflight found it, and as it
 * stood after the crossing, else of canonical.
 */
public final class RolloutDocuments {
  /** The rollout waits for its report. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final LedgerRollout about;
  private final Optional<Runbook> runbook;
  private final Optional<Change> change;

  private RolloutDocuments(
      LedgerRollout about, Optional<Runbook> runbook, Optional<Change> change) {
    this.about = about;
    this.runbook = runbook;
    this.change = change;
  }

  /** Of what the ledger holds. */
  public static RolloutDocuments of(Ledger ledger, String rollout, Optional<Runbook> runbook) {
    return of(ledger.rollout(rollout), ledger.evidenceOf(rollout), runbook);
  }

  static RolloutDocuments of(
      LedgerRollout about, List<EvidenceEntry> evidence, Optional<Runbook> runbook) {
    Optional<CatalogSnapshot> after = ReportBuilder.after(evidence);
    List<Relations> relations =
        evidence.stream().flatMap(entry -> entry.find(Relations.EVIDENCE).stream()).toList();
    // Canonical's owner is whoever built it: it is shown as nobody's.
    Relations now =
        after.isPresent() && relations.size() > 1 ? relations.getLast() : Relations.UNKNOWN;
    Relations then = relations.isEmpty() ? Relations.UNKNOWN : relations.getFirst();
    Optional<Change> change =
        ReportBuilder.before(evidence)
            .flatMap(
                before ->
                    after
                        .or(() -> ReportBuilder.canonical(evidence))
                        .map(
                            shown ->
                                Change.between(
                                    DescribedSchema.of(before, then),
                                    DescribedSchema.of(shown, now))));
    return new RolloutDocuments(about, runbook, change);
  }

  /** Markdown; empty where no two snapshots were taken. */
  String dictionary() {
    return change.map(Dictionary::markdown).orElse("");
  }

  String mermaid() {
    return change.map(Mermaid::of).orElse("");
  }

  /** Markdown. */
  String changeLog() {
    String text = runbook.flatMap(r -> r.documentation().changeLog()).orElse(about.title()).strip();
    String day = about.endedAt().orElse(about.launchedAt()).toString().substring(0, 10);
    String outcome = about.outcome().isEmpty() ? about.state() : about.outcome();
    String heading = "%s: %s (%s, %s)".formatted(day, about.runbook(), about.target(), outcome);
    return ChangeLogEntry.markdown(change, heading, text)
        + "\nRollout `%s`.\n".formatted(about.id());
  }

  /** All files by path; none where no two snapshots were taken. */
  public Map<String, byte[]> files() {
    return change
        .map(
            c ->
                Documents.of(
                    c, about.title() + " on " + about.target(), Optional.of(changeLog()), PATIENCE))
        .orElse(Map.of());
  }
}
