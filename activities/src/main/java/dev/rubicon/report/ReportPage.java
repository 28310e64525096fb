package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.pill;

import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.rollout.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The page: its frame, its head, and the order of its sections. */
final class ReportPage {
  private static final SqlTemplate PAGE = SqlTemplate.of("report/page.html.ftl");
  private static final SqlTemplate HEAD = SqlTemplate.of("report/head.html.ftl");

  /** The slots of {@code page.html.ftl}: markup, escaped where it is text. */
  private record Page(
      String title,
      String target,
      String css,
      String head,
      String links,
      String sections,
      String tool,
      String madeAt) {}

  /** The slots of {@code head.html.ftl}. */
  private record Head(
      String state,
      String title,
      String runbook,
      String target,
      String requestedBy,
      String launchedAt,
      String ended,
      String outcome,
      String tiles) {}

  private record Section(String id, String title, String html) {}

  private final Report report;
  private final ReportSections sections;
  private final SchemaSections schema;
  private final EvidenceSections measured;
  private final LockSection locks;

  ReportPage(Report report) {
    this.report = report;
    this.sections = new ReportSections(report);
    this.schema = new SchemaSections(report);
    this.measured = new EvidenceSections(report);
    this.locks = new LockSection(report);
  }

  String html() {
    var parts = new ArrayList<Section>();
    parts.add(new Section("plan", "Plan and digest", sections.plan()));
    parts.add(new Section("findings", "Findings", sections.findings()));
    parts.add(new Section("timeline", "Timeline", sections.timeline()));
    parts.add(new Section("decisions", "Decisions", sections.decisions()));
    parts.add(new Section("locks", "Locks and stalls", locks.html()));
    parts.add(new Section("throughput", "Backfill", measured.throughput()));
    parts.add(new Section("coverage", "Coverage", new CoverageSection(report).html()));
    parts.add(new Section("schema", "What changed", schema.schema()));
    parts.add(new Section("dictionary", "Data dictionary", schema.dictionary()));
    parts.add(new Section("evidence", "Evidence", measured.evidence()));
    parts.add(new Section("changelog", "Change log", sections.changeLog()));
    parts.add(new Section("audit", "Audit trail", sections.audit()));
    LedgerRollout about = report.rollout();
    return PAGE.render(
            new Page(
                esc(about.title()),
                esc(about.target()),
                css(),
                head(about),
                links(parts),
                body(parts),
                esc(report.tool()),
                esc(Markup.moment(report.madeAt()))))
        + "\n";
  }

  private String head(LedgerRollout about) {
    RolloutStatus.State state = report.status().state();
    String kind =
        switch (state) {
          case COMPLETED -> "good";
          case FAILED, HELD -> "bad";
          case ABORTED, TERMINATED -> "warn";
          case RUNNING, WAITING -> "plain";
        };
    String ended =
        about
            .endedAt()
            .map(
                at ->
                    " · ended "
                        + esc(Markup.moment(at))
                        + " · took "
                        + Markup.duration(Duration.between(about.launchedAt(), at)))
            .orElse(" · not ended when this was made");
    return HEAD.render(
            new Head(
                pill(kind, about.supersededBy().isPresent() ? "superseded" : state.word()),
                esc(about.title()),
                esc(about.runbook()),
                esc(about.target()),
                esc(about.requestedBy()),
                esc(Markup.moment(about.launchedAt())),
                ended,
                about.outcome().isEmpty() || about.outcome().equals(state.word())
                    ? ""
                    : "<p class=\"outcome\">" + esc(about.outcome()) + "</p>",
                tiles(about)))
        + "\n";
  }

  private String tiles(LedgerRollout about) {
    var out = new StringBuilder();
    long done = report.phases().stream().filter(p -> p.outcome().equals("done")).count();
    tile(out, Long.toString(done), "phases done");
    tile(
        out,
        Integer.toString(about.crossings()),
        about.crossings() == 1 ? "crossing" : "crossings");
    measured.rows(Phase.BACKFILL).ifPresent(n -> tile(out, Markup.number(n), "rows backfilled"));
    measured.rows(Phase.VERIFY).ifPresent(n -> tile(out, Markup.number(n), "rows verified"));
    locks
        .longest()
        .ifPresent(ms -> tile(out, Markup.number(Math.round(ms)) + " ms", "longest lock"));
    long granted = report.approvals().stream().filter(a -> a.granted()).count();
    tile(out, Long.toString(granted), granted == 1 ? "approval" : "approvals");
    tile(out, Long.toString(report.approvals().size() - granted), "refused");
    tile(out, report.trail().intact() ? "intact" : "broken", "audit trail");
    return out.toString();
  }

  private static void tile(StringBuilder out, String figure, String label) {
    out.append("<div class=\"tile\"><b>")
        .append(esc(figure))
        .append("</b><span>")
        .append(esc(label))
        .append("</span></div>");
  }

  private static String links(List<Section> parts) {
    var out = new StringBuilder();
    for (Section part : parts) {
      out.append("<a href=\"#")
          .append(part.id)
          .append("\">")
          .append(esc(part.title))
          .append("</a>");
    }
    return out.toString();
  }

  private static String body(List<Section> parts) {
    var out = new StringBuilder();
    for (Section part : parts) {
      out.append("<section id=\"")
          .append(part.id)
          .append("\"><h2>")
          .append(esc(part.title))
          .append("</h2>\n")
          .append(part.html)
          .append("</section>\n");
    }
    return out.toString();
  }

  private static String css() {
    try (var in = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
