package dev.rubicon.phase;

import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.audit.StoredAnchor;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.report.Report;
import dev.rubicon.report.ReportBuilder;
import dev.rubicon.report.RolloutDocuments;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Tool;
import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Writes a rollout's report to the object store, as a page for people and as JSON, and enters it.
 */
public final class Reports {
  private Reports() {}

  static String write(PhaseServices services, PhaseInput input) {
    // Not with the end itself, which must not need the object store.
    Anchors.complete(services.ledger, services.store, input.rollout());
    return write(
        services.ledger,
        services.store,
        input.rollout(),
        services.runner.bundle(input.bundle()).runbook());
  }

  /**
   * At any time: all that it shows is in the ledger and in the store.
   *
   * @return key of the page
   */
  public static String write(Ledger ledger, ObjectStore store, String rollout, Runbook runbook) {
    List<StoredAnchor> anchors = Anchors.stored(store, "audit/" + rollout + "/");
    Report report =
        new ReportBuilder(ledger, "rubicon " + Tool.VERSION)
            .build(rollout, Optional.of(runbook), anchors);
    String page = "reports/" + rollout + "/report.html";
    store.put(page, report.html().getBytes(StandardCharsets.UTF_8), "text/html");
    store.put(
        "reports/" + rollout + "/report.json",
        report.json().getBytes(StandardCharsets.UTF_8),
        "application/json");
    RolloutDocuments.of(ledger, rollout, Optional.of(runbook))
        .files()
        .forEach((path, content) -> store.put(folder(rollout) + path, content, type(path)));
    ledger.statuses().reported(rollout, page);
    return page;
  }

  /** Where the files beside a rollout's report are: dictionary, diagrams, change log. */
  public static String folder(String rollout) {
    return "reports/" + rollout + "/documents/";
  }

  private static String type(String path) {
    return switch (path.substring(path.lastIndexOf('.') + 1)) {
      case "png" -> "image/png";
      case "svg" -> "image/svg+xml";
      case "md" -> "text/markdown; charset=utf-8";
      default -> "text/plain; charset=utf-8";
    };
  }
}
