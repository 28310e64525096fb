package dev.rubicon.workflow;

import dev.rubicon.machine.state.Plan;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.RolloutStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The status as markdown: what the Temporal UI shows of a running execution. Bounded, however long
 * it runs.
 */
final class StatusDetails {
  private static final int RUNS = 40;
  private static final int CELL = 300;

  private final Story story;
  private final RolloutStatus status;
  private final StringBuilder text = new StringBuilder();

  private StatusDetails(Story story, RolloutStatus status) {
    this.story = story;
    this.status = status;
  }

  /**
   * @param unpublished why the ledger does not know this yet
   * @param workers that phases ran on, with their versions
   */
  static String markdown(
      Story story,
      RolloutStatus status,
      Optional<RolloutStatus.Failure> unpublished,
      DecisionLog decisions,
      List<String> workers) {
    var details = new StatusDetails(story, status);
    details.status();
    details.awaited();
    unpublished.ifPresent(f -> details.line("the ledger could not be told: `" + f.code() + "`"));
    details.phases();
    details.decisions(decisions);
    if (!workers.isEmpty()) {
      details.line("phases ran on: " + cell(String.join(", ", workers)));
    }
    return details.text.toString();
  }

  private void status() {
    text.append("**")
        .append(status.state().word())
        .append(status.paused() ? ", paused" : "")
        .append("**, phase ")
        .append(status.phase().word())
        .append(", round ")
        .append(status.round())
        .append('\n');
    status.held().ifPresent(f -> line("why: `" + f.code() + "`: " + cell(f.cause())));
    status
        .held()
        .filter(f -> !f.next().isBlank())
        .ifPresent(f -> line("what leads on: " + cell(f.next())));
    status.voided().ifPresent(why -> line("the approval is void: " + cell(why)));
  }

  private void awaited() {
    status
        .waitingFor()
        .ifPresent(
            gate ->
                line(
                    "awaited: an approval of gate "
                        + gate.name().toLowerCase(Locale.ROOT)
                        + ", from "
                        + approvers()
                        + ", of digest `"
                        + status.digest().orElse("")
                        + "`"));
    status.clients().forEach(what -> line("clients will notice: " + cell(what)));
    if (!status.signOffs().isEmpty()) {
      line("awaited: the sign-off of " + cell(String.join(", ", status.signOffs())));
    }
    status.windowOpens().ifPresent(at -> line("awaited: the window, which opens at " + at));
    if (!status.ways().isEmpty()) {
      line(
          "what can be said: "
              + String.join(
                  ", ",
                  status.ways().stream()
                      .map(way -> way.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                      .toList()));
    }
  }

  private String approvers() {
    return story.known().plan().map(Plan::selfApproval).orElse(false)
        ? "anybody who may approve"
        : "anybody who may approve but " + cell(status.requestedBy()) + ", who requested it";
  }

  private void phases() {
    int left = Math.max(0, status.phases().size() - RUNS);
    text.append(
        "\n| phase | round | outcome | began | took | facts |\n|---|---|---|---|---|---|\n");
    for (var run : status.phases().subList(left, status.phases().size())) {
      row(
          run.phase().word(),
          Integer.toString(run.round()),
          run.outcome(),
          second(run.started()),
          run.ended().map(end -> took(Duration.between(run.started(), end))).orElse(""),
          cell(run.summary()));
    }
    if (left > 0) {
      line(left + " earlier ones are not shown");
    }
  }

  private void decisions(DecisionLog decisions) {
    if (decisions.entries().isEmpty()) {
      return;
    }
    text.append("\n| when | who | decision | digest | reason |\n|---|---|---|---|---|\n");
    for (var entry : decisions.entries()) {
      row(
          second(entry.at()),
          cell(entry.who()),
          entry.refused().map(code -> "**REFUSED** `" + code + "`: ").orElse("")
              + cell(entry.what()),
          entry.digest().isEmpty() ? "" : "`" + SummaryText.digest(entry.digest()) + "`",
          cell(entry.reason()));
    }
    if (decisions.earlier() > 0) {
      line(decisions.earlier() + " earlier ones are not shown");
    }
  }

  private void line(String line) {
    text.append('\n').append(line).append('\n');
  }

  private void row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String second(Instant at) {
    return at.toString().replaceAll("\\.\\d+Z$", "Z");
  }

  private static String took(Duration time) {
    return time.toMinutes() < 2
        ? String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0)
        : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** What people wrote is text: it makes no table, no link and no picture of its own. */
  private static String cell(String value) {
    return SummaryText.cut(value, CELL)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("([\\\\`*_\\[\\]|!#])", "\\\\$1");
  }
}
