package dev.rubicon.workflow;

import java.util.Optional;

/** The status as markdown: what the Temporal UI shows of a running execution. */
final class StatusDetails {
  private StatusDetails() {}

  /**
   * @param untold why the ledger does not know this yet
   */
  static String markdown(RolloutStatus status, Optional<RolloutStatus.Failure> untold) {
    var text = new StringBuilder("**").append(status.state().word()).append("**");
    if (status.paused()) {
      text.append(", paused");
    }
    text.append(", round ").append(status.round()).append('\n');
    status
        .waitingFor()
        .ifPresent(
            gate ->
                text.append("\nwaits for an approval of gate ")
                    .append(gate.name().toLowerCase(java.util.Locale.ROOT))
                    .append(", digest `")
                    .append(status.digest().orElse(""))
                    .append("`\n"));
    if (!status.signOffs().isEmpty()) {
      text.append("\nto be signed off: ").append(String.join(", ", status.signOffs())).append('\n');
    }
    status
        .windowOpens()
        .ifPresent(at -> text.append("\nthe window opens at ").append(at).append('\n'));
    status
        .voided()
        .ifPresent(why -> text.append("\nthe approval is void: ").append(why).append('\n'));
    status
        .held()
        .ifPresent(
            f -> text.append("\n`").append(f.code()).append("`: ").append(f.cause()).append('\n'));
    untold.ifPresent(
        f -> text.append("\nthe ledger could not be told: `").append(f.code()).append("`\n"));
    text.append("\n| phase | round | outcome | facts |\n|---|---|---|---|\n");
    for (var run : status.phases()) {
      text.append("| ")
          .append(run.phase().word())
          .append(" | ")
          .append(run.round())
          .append(" | ")
          .append(run.outcome())
          .append(" | ")
          .append(run.summary().replace("|", "\\|"))
          .append(" |\n");
    }
    return text.toString();
  }
}
