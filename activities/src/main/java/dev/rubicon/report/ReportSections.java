package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.pill;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.ledger.ApprovalEntry;
import dev.rubicon.ledger.AuditEntry;
import dev.rubicon.ledger.EvidenceEntry;
import dev.rubicon.ledger.PhaseEntry;
import dev.rubicon.ledger.SignOffEntry;
import dev.rubicon.report.SchemaChange.Item;
import dev.rubicon.report.SchemaChange.Kind;
import dev.rubicon.report.SchemaChange.TableChange;
import dev.rubicon.rollout.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The sections of the page. */
final class ReportSections {
  private final Report report;

  ReportSections(Report report) {
    this.report = report;
  }

  String plan() {
    var about = report.rollout();
    var out = new StringBuilder("<dl class=\"facts\">");
    fact(out, "rollout", "<code>" + esc(about.id()) + "</code>");
    fact(out, "bundle", hash(about.bundle()));
    fact(out, "dossier digest", hash(about.digest()));
    fact(out, "fingerprint", hash(about.fingerprint()));
    fact(
        out,
        "workflow",
        "<code>" + esc(about.workflowId()) + "</code> run <code>" + esc(about.runId()) + "</code>");
    about.supersededBy().ifPresent(id -> fact(out, "superseded by", esc(id)));
    if (!about.note().isEmpty()) {
      fact(out, about.state(), esc(about.note()));
    }
    out.append("</dl>");
    if (report.cannotPromise().isEmpty()) {
      return out.toString();
    }
    out.append("<div class=\"notice\"><h3>What this rollout cannot promise</h3><ul>");
    report.cannotPromise().forEach(line -> out.append("<li>").append(esc(line)).append("</li>"));
    return out.append("</ul></div>").toString();
  }

  private static void fact(StringBuilder out, String name, String html) {
    out.append("<div><dt>")
        .append(esc(name))
        .append("</dt><dd>")
        .append(html)
        .append("</dd></div>");
  }

  private static String hash(String hex) {
    return hex.isEmpty()
        ? "<span class=\"none\">none yet</span>"
        : "<code class=\"hash\">" + esc(hex) + "</code>";
  }

  String findings() {
    if (report.findings().isEmpty()) {
      return none("Preflight recorded no findings.");
    }
    var out =
        new StringBuilder(
            "<div class=\"wide\"><table><thead><tr><th>finding</th><th>kind</th><th>disposition</th>"
                + "<th>reason</th></tr></thead><tbody>");
    for (JsonNode finding : report.findings()) {
      String disposition = finding.path("disposition").asText();
      String kind = finding.path("kind").asText();
      boolean stops = disposition.equals("OPEN");
      out.append("<tr><td>").append(esc(finding.path("title").asText()));
      out.append("<br><code class=\"id\">")
          .append(esc(finding.path("id").asText()))
          .append("</code>");
      out.append(definitions(finding)).append("</td><td>");
      out.append(
          pill(kind.equals("HAZARD") || kind.equals("UNSUPPORTED") ? "warn" : "plain", low(kind)));
      out.append("</td><td>").append(pill(stops ? "bad" : "good", low(disposition)));
      out.append("</td><td>").append(esc(finding.path("reason").asText())).append("</td></tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }

  private static String definitions(JsonNode finding) {
    var out = new StringBuilder();
    for (String key : List.of("target", "canonical", "suggestedSql")) {
      String text = finding.path(key).asText("");
      if (!text.isEmpty() && !text.equals("null")) {
        out.append("<div class=\"def\"><span>")
            .append(key.equals("suggestedSql") ? "suggested" : key)
            .append("</span><code>")
            .append(esc(text))
            .append("</code></div>");
      }
    }
    return out.isEmpty() ? "" : "<details><summary>definitions</summary>" + out + "</details>";
  }

  String timeline() {
    if (report.phases().isEmpty()) {
      return none("No phase has started yet.");
    }
    var out = new StringBuilder(figure(new TimelineChart(report).svg()));
    out.append(
        "<details><summary>As a table</summary><div class=\"wide\"><table><thead><tr><th>phase</th>"
            + "<th>round</th><th>outcome</th><th>started</th><th>took</th><th>summary</th></tr></thead><tbody>");
    for (PhaseEntry phase : report.phases()) {
      out.append("<tr><td>").append(esc(phase.phase()));
      out.append("</td><td class=\"num\">").append(phase.round());
      out.append("</td><td>").append(outcome(phase.outcome()));
      out.append("</td><td>").append(esc(Markup.moment(phase.started())));
      out.append("</td><td class=\"num\">").append(took(phase));
      out.append("</td><td>").append(esc(phase.summary())).append("</td></tr>");
    }
    return out.append("</tbody></table></div></details>").toString();
  }

  private static String took(PhaseEntry phase) {
    return phase
        .ended()
        .map(end -> Markup.duration(Duration.between(phase.started(), end)))
        .orElse("");
  }

  private static String outcome(String outcome) {
    return pill(
        switch (outcome) {
          case "done" -> "good";
          case "failed" -> "bad";
          default -> "plain";
        },
        outcome);
  }

  String decisions() {
    if (report.approvals().isEmpty() && report.signOffs().isEmpty()) {
      return none("Nobody was asked, and nobody said anything.");
    }
    var out =
        new StringBuilder(
            "<div class=\"wide\"><table><thead><tr><th>when</th><th>who</th><th>what</th><th>answer</th>"
                + "<th>why</th><th>digest</th></tr></thead><tbody>");
    for (ApprovalEntry entry : report.approvals()) {
      out.append("<tr><td>").append(esc(Markup.moment(entry.decidedAt())));
      out.append("</td><td>").append(esc(entry.principal()));
      out.append("</td><td>").append(esc(entry.gate()));
      out.append(entry.round() > 1 ? ", round " + entry.round() : "").append("</td><td>");
      out.append(answer(entry)).append("</td><td>").append(esc(entry.reason()));
      if (!entry.cause().isEmpty() && !entry.cause().equals(entry.reason())) {
        out.append("<div class=\"cause\">").append(esc(entry.cause())).append("</div>");
      }
      out.append("</td><td><code>").append(Markup.shortened(entry.digest(), 12));
      out.append("</code></td></tr>");
    }
    for (SignOffEntry entry : report.signOffs()) {
      out.append("<tr><td>").append(esc(Markup.moment(entry.signedAt())));
      out.append("</td><td>").append(esc(entry.principal()));
      out.append("</td><td>").append(esc(entry.item())).append("</td><td>");
      out.append(pill("good", "signed off")).append("</td><td>").append(esc(entry.reason()));
      out.append("</td><td></td></tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }

  private static String answer(ApprovalEntry entry) {
    if (!entry.granted()) {
      return pill("bad", "refused") + " <code>" + esc(entry.code()) + "</code>";
    }
    return pill("good", "approved")
        + entry
            .voidedAt()
            .map(
                at ->
                    " "
                        + pill("warn", "void")
                        + "<div class=\"cause\">"
                        + esc(Markup.moment(at) + ": " + entry.voidReason())
                        + "</div>")
            .orElse("");
  }

  /** Every piece of evidence that speaks of locks or stalls, by its name. */
  private List<EvidenceEntry> lockEvidence() {
    return report.evidence().stream().filter(ReportSections::speaksOfLocks).toList();
  }

  private static boolean speaksOfLocks(EvidenceEntry entry) {
    String name = entry.name().toLowerCase(Locale.ROOT);
    return name.contains("lock") || name.contains("stall") || name.contains("attempt");
  }

  String locks() {
    List<EvidenceEntry> entries = lockEvidence();
    if (entries.isEmpty()) {
      return none("No phase recorded a lock.");
    }
    var out = new StringBuilder();
    entries.forEach(entry -> out.append(evidence(entry)));
    return out.toString();
  }

  /** Milliseconds of the longest attempt that any phase recorded. */
  OptionalDouble longestLock() {
    var found = new ArrayList<Double>();
    for (EvidenceEntry entry : lockEvidence()) {
      for (String key : List.of("milliseconds", "stallMs", "maxStallMs", "heldMs")) {
        entry.value().findValues(key).stream()
            .filter(JsonNode::isNumber)
            .forEach(value -> found.add(value.asDouble()));
      }
    }
    return found.stream().mapToDouble(Double::doubleValue).max();
  }

  /** Rows that the phase's facts count, in its last round. */
  Optional<Long> rows(Phase phase) {
    return report.phases().stream()
        .filter(entry -> entry.phase().equals(phase.word()) && entry.facts().has("rows"))
        .reduce((earlier, later) -> later)
        .map(
            entry -> {
              long sum = 0;
              for (JsonNode count : entry.facts().path("rows")) {
                sum += count.asLong();
              }
              return sum;
            });
  }

  String throughput() {
    if (report.throughput().isEmpty()) {
      return none("No throughput was recorded.");
    }
    var chart = new ThroughputChart(report.throughput());
    var out = new StringBuilder(figure(chart.svg()));
    if (!chart.changes().isEmpty()) {
      out.append("<ol class=\"plain\">");
      for (Report.Point change : chart.changes()) {
        out.append("<li>")
            .append(esc(Markup.clock(change.at())))
            .append(" UTC: ")
            .append(change.note().isEmpty() ? "goes on" : esc(change.note()))
            .append("</li>");
      }
      out.append("</ol>");
    }
    return out.toString();
  }

  String schema() {
    var out = new StringBuilder("<p>").append(esc(report.schemaBasis())).append("</p>");
    if (report.schema().isEmpty()) {
      return out.toString();
    }
    var change = report.schema().get();
    if (change.changed().isEmpty()) {
      return out.append(none("No table changed.")).toString();
    }
    out.append(
        "<p class=\"legend\"><span class=\"added\">+ added</span> <span class=\"removed\">−"
            + " removed</span> <span class=\"changed\">~ changed</span></p>");
    out.append(figure(new SchemaDiagram(change).svg()));
    out.append("<details><summary>As Mermaid text</summary><pre>");
    return out.append(esc(report.mermaid())).append("</pre></details>").toString();
  }

  String dictionary() {
    if (report.schema().isEmpty()) {
      return none(report.schemaBasis());
    }
    var out = new StringBuilder();
    for (TableChange table : report.schema().get().tables()) {
      out.append(table.changed() ? "<details open>" : "<details>");
      out.append("<summary><b>")
          .append(esc(table.name()))
          .append("</b> ")
          .append(mark(table.kind()));
      out.append(
          "</summary><div class=\"wide\"><table class=\"dictionary\"><thead><tr><th>column</th>"
              + "<th>before</th><th>after</th><th></th><th>comment</th></tr></thead><tbody>");
      table.columns().forEach(column -> item(out, column));
      table.objects().forEach(object -> item(out, object));
      out.append("</tbody></table></div></details>");
    }
    out.append("<details><summary>As Markdown</summary><pre>");
    return out.append(esc(report.dictionary())).append("</pre></details>").toString();
  }

  private static void item(StringBuilder out, Item item) {
    out.append("<tr class=\"").append(low(item.kind().name())).append("\"><td>");
    out.append(esc(item.name())).append("</td><td><code>").append(esc(item.before()));
    out.append("</code></td><td><code>").append(esc(item.after())).append("</code></td><td>");
    out.append(mark(item.kind())).append("</td><td>").append(esc(item.comment()));
    out.append("</td></tr>");
  }

  private static String mark(Kind kind) {
    return switch (kind) {
      case ADDED -> pill("good", "added");
      case REMOVED -> pill("bad", "removed");
      case CHANGED -> pill("warn", "changed");
      case SAME -> "";
    };
  }

  String evidence() {
    if (report.phases().isEmpty() && report.evidence().isEmpty()) {
      return none("Nothing was recorded yet.");
    }
    var out = new StringBuilder();
    var shown = new ArrayList<EvidenceEntry>();
    for (PhaseEntry phase : report.phases()) {
      out.append("<h3>").append(esc(phase.phase()));
      out.append(phase.round() > 1 ? " <small>round " + phase.round() + "</small> " : " ");
      out.append(outcome(phase.outcome())).append("</h3>");
      out.append(phase.summary().isEmpty() ? "" : "<p>" + esc(phase.summary()) + "</p>");
      if (!phase.facts().isEmpty()) {
        out.append("<div class=\"piece\"><h4>facts</h4>");
        out.append(EvidenceView.render(phase.facts())).append("</div>");
      }
      for (EvidenceEntry entry : report.evidence()) {
        if (entry.phase().equals(phase.phase()) && entry.round() == phase.round()) {
          out.append(shownElsewhere(entry) ? elsewhere(entry) : evidence(entry));
          shown.add(entry);
        }
      }
    }
    // Of phases that the ledger did not see start.
    report.evidence().stream()
        .filter(entry -> !shown.contains(entry))
        .forEach(entry -> out.append(evidence(entry)));
    return out.toString();
  }

  private static boolean shownElsewhere(EvidenceEntry entry) {
    boolean preflight = entry.phase().equals(Phase.PREFLIGHT.word());
    return preflight && entry.name().equals(ReportBuilder.FINDINGS) || speaksOfLocks(entry);
  }

  private static String elsewhere(EvidenceEntry entry) {
    String section = speaksOfLocks(entry) ? "locks" : "findings";
    return "<div class=\"piece\"><h4>%s</h4><p>shown under <a href=\"#%s\">%s</a></p></div>"
        .formatted(
            esc(Markup.words(entry.name())),
            section,
            section.equals("locks") ? "Locks and stalls" : "Findings");
  }

  private static String evidence(EvidenceEntry entry) {
    String body = EvidenceView.render(entry.value());
    boolean large = ReportBuilder.looksLikeSnapshot(entry.value()) || body.length() > 20_000;
    return "<div class=\"piece\"><h4>%s <small>%s%s</small></h4>%s</div>"
        .formatted(
            esc(Markup.words(entry.name())),
            esc(entry.phase()),
            entry.round() > 1 ? ", round " + entry.round() : "",
            large ? "<details><summary>show</summary>" + body + "</details>" : body);
  }

  String changeLog() {
    return "<pre class=\"log\">" + esc(report.changeLog()) + "</pre>";
  }

  String audit() {
    var trail = report.trail();
    var out = new StringBuilder("<p>");
    out.append(trail.intact() ? pill("good", "intact") : pill("bad", "broken")).append(" ");
    out.append(Markup.number(trail.entries())).append(" entries in the ledger, compared with ");
    out.append(trail.anchors()).append(trail.anchors() == 1 ? " anchor" : " anchors");
    out.append("; head is entry ").append(trail.headSeq()).append(", <code class=\"hash\">");
    out.append(esc(trail.headHash())).append("</code>.</p>");
    for (var broken : trail.breaks()) {
      out.append("<p class=\"cause\">entry ").append(broken.seq()).append(": ");
      out.append(esc(broken.detail())).append("</p>");
    }
    out.append(
        "<div class=\"wide\"><table"
            + " class=\"trail\"><thead><tr><th>#</th><th>when</th><th>who</th><th>what</th>"
            + "<th>detail</th><th>hash</th></tr></thead><tbody>");
    for (AuditEntry entry : report.audit()) {
      out.append("<tr><td class=\"num\">").append(entry.seq());
      out.append("</td><td>").append(esc(Markup.moment(entry.at())));
      out.append("</td><td>").append(esc(entry.actor()));
      out.append("</td><td>").append(esc(entry.action()));
      out.append("</td><td><code class=\"detail\">").append(esc(entry.detail()));
      out.append("</code></td><td><code>").append(Markup.shortened(entry.hash(), 12));
      out.append("</code></td></tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }

  private static String figure(String svg) {
    return "<figure>" + svg + "</figure>";
  }

  private static String none(String text) {
    return "<p class=\"none\">" + esc(text) + "</p>";
  }

  private static String low(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
