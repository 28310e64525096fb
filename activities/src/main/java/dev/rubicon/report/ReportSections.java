package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.figure;
import static dev.rubicon.report.Markup.low;
import static dev.rubicon.report.Markup.none;
import static dev.rubicon.report.Markup.outcome;
import static dev.rubicon.report.Markup.pill;

import dev.rubicon.finding.Finding;
import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.entry.ApprovalEntry;
import dev.rubicon.ledger.entry.PhaseEntry;
import dev.rubicon.ledger.entry.SignOffEntry;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The sections about the plan and about who decided what, and when. */
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
    report.plan().ifPresent(plan -> planned(out, plan));
    about.supersededBy().ifPresent(id -> fact(out, "superseded by", esc(id)));
    standing(out, report.status());
    out.append("</dl>");
    if (report.cannotPromise().isEmpty()) {
      return out.toString();
    }
    out.append("<div class=\"notice\"><h3>What this rollout cannot promise</h3><ul>");
    report.cannotPromise().forEach(line -> out.append("<li>").append(esc(line)).append("</li>"));
    return out.append("</ul></div>").toString();
  }

  private static void planned(StringBuilder out, Plan plan) {
    fact(
        out,
        "phases",
        esc(plan.phases().stream().map(Phase::word).collect(Collectors.joining(", "))));
    String gates =
        plan.gates().stream().map(gate -> low(gate.name())).collect(Collectors.joining(", "));
    fact(
        out,
        "gates",
        gates.isEmpty()
            ? "none"
            : esc(gates) + (plan.selfApproval() ? " (the requester may approve)" : ""));
    plan.window()
        .ifPresent(
            window ->
                fact(
                    out,
                    "window",
                    esc(
                        window.days().stream()
                                .map(day -> low(day.name()))
                                .collect(Collectors.joining(", "))
                            + " "
                            + window.from()
                            + " to "
                            + window.to()
                            + " "
                            + window.zone())));
    if (!plan.watch().isZero()) {
      fact(out, "watch", Markup.duration(plan.watch()));
    }
    plan.manual()
        .forEach(
            item ->
                fact(
                    out,
                    "manual: " + item.id(),
                    esc(
                        item.title()
                            + " ("
                            + item.owner()
                            + ", before "
                            + item.blocks().word()
                            + ")")));
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
    for (Finding finding : report.findings()) {
      Finding.Kind kind = finding.kind();
      boolean warns = kind == Finding.Kind.HAZARD || kind == Finding.Kind.UNSUPPORTED;
      boolean stops = finding.disposition() == Finding.Disposition.OPEN;
      out.append("<tr><td>").append(esc(finding.title()));
      out.append("<br><code class=\"id\">").append(esc(finding.id())).append("</code>");
      out.append(definitions(finding)).append("</td><td>");
      out.append(pill(warns ? "warn" : "plain", low(kind.name())));
      out.append("</td><td>")
          .append(pill(stops ? "bad" : "good", low(finding.disposition().name())));
      out.append("</td><td>").append(esc(finding.reason())).append("</td></tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }

  private static String definitions(Finding finding) {
    String out =
        definition("target", finding.target())
            + definition("canonical", finding.canonical())
            + definition("suggested", finding.suggestedSql());
    return out.isEmpty() ? "" : "<details><summary>definitions</summary>" + out + "</details>";
  }

  private static String definition(String label, Optional<String> text) {
    return text.filter(t -> !t.isEmpty())
        .map(t -> "<div class=\"def\"><span>" + label + "</span><code>" + esc(t) + "</code></div>")
        .orElse("");
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
      out.append("</td><td>").append(esc(entry.shown()));
      out.append("</td><td>").append(esc(entry.gate()));
      out.append(entry.round() > 1 ? ", round " + entry.round() : "").append("</td><td>");
      out.append(answer(entry)).append("</td><td>").append(esc(entry.reason()));
      if (!entry.cause().isEmpty() && !entry.cause().equals(entry.reason())) {
        out.append("<div class=\"cause\">").append(esc(entry.cause())).append("</div>");
      }
      out.append("</td><td><code class=\"short\">").append(Markup.shortened(entry.digest(), 12));
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

  /** What the last status says beyond its state. */
  private static void standing(StringBuilder out, RolloutStatus status) {
    status
        .waitingFor()
        .ifPresent(
            gate ->
                fact(out, "waiting for", "approval of " + gate.name().toLowerCase(Locale.ROOT)));
    if (!status.signOffs().isEmpty()) {
      fact(out, "to be signed off", esc(String.join(", ", status.signOffs())));
    }
    status
        .held()
        .ifPresent(f -> fact(out, status.state().word(), esc(f.code() + ": " + f.cause())));
    status.voided().ifPresent(why -> fact(out, "approval void", esc(why)));
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
      out.append("<p class=\"cause\">");
      out.append(broken.seq() > 0 ? "entry " + broken.seq() + ": " : "");
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
      out.append("</code></td><td><code class=\"short\">")
          .append(Markup.shortened(entry.hash(), 12));
      out.append("</code></td></tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }
}
