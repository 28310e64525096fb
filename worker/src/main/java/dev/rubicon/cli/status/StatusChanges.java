package dev.rubicon.cli.status;

import dev.rubicon.client.status.NextSteps;
import dev.rubicon.message.RolloutStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What changed between two looks at a rollout, one line each. */
final class StatusChanges {
  /**
   * One change.
   *
   * @param subject a phase, or {@code rollout}
   */
  record Change(Instant at, String rollout, String subject, String state, String detail) {
    String text() {
      return "%s  %-12s %-10s %s".formatted(at, subject, state, detail).stripTrailing();
    }
  }

  private final Map<Integer, String> outcomes = new HashMap<>();
  private String asked = "";
  private String state = "";

  List<Change> of(RolloutStatus status) {
    var changes = new ArrayList<Change>();
    for (int i = 0; i < status.phases().size(); i++) {
      var run = status.phases().get(i);
      if (!run.outcome().equals(outcomes.put(i, run.outcome()))) {
        String detail =
            run.ended().isPresent()
                ? StatusView.seconds(java.time.Duration.between(run.started(), run.ended().get()))
                    + "  "
                    + run.summary()
                : "";
        changes.add(
            new Change(
                run.ended().orElse(run.started()),
                status.rollout(),
                run.phase().word() + (run.round() > 1 ? "(" + run.round() + ")" : ""),
                run.outcome(),
                detail.strip()));
      }
    }
    String now = status.paused() ? "paused" : status.state().word();
    String question = question(status);
    if (!now.equals(state) || !question.equals(asked)) {
      state = now;
      asked = question;
      changes.add(new Change(Instant.now(), status.rollout(), "rollout", now, question));
    }
    return changes;
  }

  private static String question(RolloutStatus status) {
    var parts = new ArrayList<String>();
    status
        .waitingFor()
        .ifPresent(
            gate ->
                parts.add(
                    "approval of "
                        + gate.name().toLowerCase(Locale.ROOT)
                        + " "
                        + status.digest().orElse("")));
    if (!status.signOffs().isEmpty()) {
      parts.add("sign-off of " + String.join(", ", status.signOffs()));
    }
    status.windowOpens().ifPresent(at -> parts.add("window opens at " + at));
    status.voided().ifPresent(why -> parts.add("the approval is void: " + why));
    status.held().ifPresent(f -> parts.add(f.code() + ": " + f.cause()));
    NextSteps.hint(status).ifPresent(hint -> parts.add("hint: " + hint));
    NextSteps.pressing(status).forEach(command -> parts.add("next: " + command));
    return String.join("; ", parts);
  }
}
