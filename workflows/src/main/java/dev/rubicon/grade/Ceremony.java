package dev.rubicon.grade;

import java.time.Duration;
import java.util.List;

/**
 * What a rollout needs before it goes on: what the worker's policy demands of its grade, and what
 * the runbook asks for beyond that.
 *
 * @param why the change has that grade
 * @param gates at which a human is asked, by their words
 * @param selfApproval whether that may be who launched it
 * @param watch zero: there is none
 */
public record Ceremony(
    Grade grade, List<String> why, List<String> gates, boolean selfApproval, Duration watch) {
  public Ceremony {
    why = List.copyOf(why);
    gates = List.copyOf(gates);
  }

  /** For people. */
  public String line() {
    return grade.words()
        + (why.isEmpty() ? "" : " (" + String.join("; ", why) + ")")
        + ": "
        + (gates.isEmpty()
            ? "asks nobody"
            : "asks before "
                + String.join(", ", gates)
                + (selfApproval
                    ? ", and whoever launched it may confirm"
                    : ", and a second person approves"))
        + (watch.isZero() ? "; no watch" : "; a watch of " + watch.toString().substring(2));
  }
}
