package dev.rubicon.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.audit.AuditVerifier;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.ledger.entry.ApprovalEntry;
import dev.rubicon.ledger.entry.EvidenceEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.ledger.entry.PhaseEntry;
import dev.rubicon.ledger.entry.SignOffEntry;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.message.RolloutStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What happened in a rollout, who decided it, and with which evidence.
 *
 * @param status where it stands, or how it ended
 * @param plan what the runbook says; empty where the bundle was not to be had
 * @param cannotPromise what the rollout could not promise, because the runbook left phases out
 * @param phases in order of their start
 * @param evidence all of it, in order of recording
 * @param throughput of the backfill, over time
 * @param schema what became of the tables; empty when no two snapshots were taken
 * @param dictionary Markdown
 * @param mermaid the changed tables as text
 * @param changeLog for the owner's change log
 * @param audit the entries of this rollout
 * @param trail whether the whole trail is intact
 */
public record Report(
    String tool,
    Instant madeAt,
    LedgerRollout rollout,
    RolloutStatus status,
    Optional<Plan> plan,
    List<String> cannotPromise,
    List<Finding> findings,
    List<PhaseEntry> phases,
    List<EvidenceEntry> evidence,
    List<ApprovalEntry> approvals,
    List<SignOffEntry> signOffs,
    List<Point> throughput,
    Optional<SchemaChange> schema,
    String schemaBasis,
    String dictionary,
    String mermaid,
    String changeLog,
    List<AuditEntry> audit,
    AuditVerifier.Result trail) {

  /**
   * @param note e.g. why the throttle held the backfill back
   */
  public record Point(Instant at, double rowsPerSecond, String note) {}

  public String json() {
    try {
      return LedgerJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.INTERNAL, "the report cannot be written as JSON", "report it", e);
    }
  }

  /** One page, light and dark, without any other resource and without a script. */
  public String html() {
    return new ReportPage(this).html();
  }
}
