package dev.rubicon.phase;

import dev.rubicon.ledger.AuditTrail;
import dev.rubicon.report.Report;
import dev.rubicon.report.ReportBuilder;
import dev.rubicon.rollout.PhaseInput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Writes a rollout's report to the object store, as a page for people and as JSON, and enters it.
 */
final class Reports {
  private Reports() {}

  /**
   * @return key of the page
   */
  static String write(PhaseServices services, PhaseInput input) {
    String rollout = input.rollout();
    List<AuditTrail.Anchor> anchors =
        services.store.keys("audit/" + rollout + "/").stream()
            .map(services.store::read)
            .map(AuditTrail.Anchor::read)
            .toList();
    Report report =
        new ReportBuilder(services.ledger, Dossiers.TOOL_VERSION)
            .build(rollout, Optional.of(services.runner.bundle(input.bundle()).runbook()), anchors);
    String page = "reports/" + rollout + "/report.html";
    services.store.put(page, report.html().getBytes(StandardCharsets.UTF_8), "text/html");
    services.store.put(
        "reports/" + rollout + "/report.json",
        report.json().getBytes(StandardCharsets.UTF_8),
        "application/json");
    services.ledger.standings().reported(rollout, page);
    return page;
  }
}
