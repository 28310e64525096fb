package dev.rubicon.cli.difference;

import dev.rubicon.drift.Drift;
import dev.rubicon.finding.Finding;
import dev.rubicon.rollout.Tool;
import dev.rubicon.runbook.Runbook;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SARIF 2.1.0. A rule is a class and a kind of object ({@code missing/column}); what the runbook
 * accepts is suppressed with its reason; what is repaired has {@code baselineState: absent}.
 */
public final class DriftSarif {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  private DriftSarif() {}

  static Map<String, Object> of(Drift drift, Path runbook) {
    var results = new ArrayList<Map<String, Object>>();
    var rules = new LinkedHashMap<String, Object>();
    for (Finding finding : drift.findings()) {
      Map<String, Object> result =
          result(finding.id(), finding.differs() ? "error" : "note", runbook, rules);
      result.put(
          "message",
          text(
              drift.target()
                  + ": "
                  + finding.title()
                  + (finding.reason().isEmpty() ? "" : " (" + finding.reason() + ")")));
      if (!finding.differs()) {
        result.put("suppressions", List.of(suppression(DriftView.why(finding))));
      }
      results.add(result);
    }
    for (Runbook.Disposition entry : drift.repaired()) {
      Map<String, Object> result = result(entry.match(), "none", runbook, rules);
      result.put("kind", "pass");
      result.put("baselineState", "absent");
      result.put("message", text(entry.match() + " is " + DriftView.why(entry)));
      results.add(result);
    }
    var driver = new LinkedHashMap<String, Object>();
    driver.put("name", "rubicon");
    driver.put("semanticVersion", Tool.VERSION);
    driver.put("rules", List.copyOf(rules.values()));
    var run = new LinkedHashMap<String, Object>();
    run.put("tool", Map.of("driver", driver));
    run.put("automationDetails", Map.of("id", "rubicon-drift/" + drift.target() + "/"));
    run.put("results", results);
    var log = new LinkedHashMap<String, Object>();
    log.put("$schema", SCHEMA);
    log.put("version", "2.1.0");
    log.put("runs", List.of(run));
    return log;
  }

  private static Map<String, Object> result(
      String id, String level, Path runbook, Map<String, Object> rules) {
    String[] parts = id.split(":", 3);
    String rule = parts.length < 2 ? parts[0] : parts[0] + "/" + parts[1];
    rules.computeIfAbsent(
        rule, _ -> Map.of("id", rule, "shortDescription", text(rule.replace('/', ' '))));
    var result = new LinkedHashMap<String, Object>();
    result.put("ruleId", rule);
    result.put("level", level);
    result.put(
        "locations",
        List.of(
            Map.of(
                "physicalLocation",
                Map.of(
                    "artifactLocation",
                    Map.of("uri", uri(runbook)),
                    "region",
                    Map.of("startLine", 1)),
                "logicalLocations",
                List.of(Map.of("fullyQualifiedName", parts.length < 3 ? id : parts[2])))));
    result.put("partialFingerprints", Map.of("findingId/v1", id));
    return result;
  }

  private static Map<String, Object> suppression(String why) {
    return Map.of("kind", "external", "status", "accepted", "justification", why);
  }

  private static Map<String, Object> text(String text) {
    return Map.of("text", text);
  }

  /** A reference of RFC 3986, as SARIF wants it. */
  public static String uri(Path file) {
    try {
      return new URI(null, null, file.toString().replace('\\', '/'), null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
