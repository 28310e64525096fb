package dev.rubicon.client.status;

import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.message.RolloutStatus.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The ways that a status names, as commands to type. */
public final class NextSteps {
  private static final Pattern DECISION =
      Pattern.compile("rubicon (approve|sign-off|resume|abort|rollback|launch|contract)\\b");

  private NextSteps() {}

  /** Complete commands; only the reason is left to the reader. */
  public static List<String> of(RolloutStatus status) {
    var commands = new ArrayList<String>();
    for (Way way : status.ways()) {
      commands.addAll(commands(way, status));
    }
    return List.copyOf(commands);
  }

  /**
   * Those worth a line where a person reads: while a rollout goes on by itself, abort and rollback
   * are possible, but nothing to be urged.
   */
  public static List<String> pressing(RolloutStatus status) {
    boolean goesOn = status.state() == RolloutStatus.State.RUNNING;
    return status.ways().stream()
        .filter(way -> !goesOn || way != Way.ABORT && way != Way.ROLLBACK)
        .flatMap(way -> commands(way, status).stream())
        .toList();
  }

  private static List<String> commands(Way way, RolloutStatus status) {
    return switch (way) {
      case APPROVE ->
          status
              .waitingFor()
              .flatMap(
                  gate ->
                      status
                          .digest()
                          .map(
                              digest ->
                                  decision(
                                      "approve",
                                      status,
                                      " --gate "
                                          + gate.name().toLowerCase(Locale.ROOT)
                                          + " --digest "
                                          + digest)))
              .stream()
              .toList();
      case SIGN_OFF ->
          status.signOffs().stream()
              .map(item -> decision("sign-off", status, " --item " + item))
              .toList();
      case RESUME -> List.of(decision("resume", status, ""));
      case ABORT -> List.of(decision("abort", status, ""));
      case ROLLBACK -> List.of(decision("rollback", status, ""));
      case LAUNCH -> List.of("rubicon launch --target " + status.target() + " --runbook DIR");
      case CONTRACT -> List.of("rubicon contract --target " + status.target());
    };
  }

  private static String decision(String verb, RolloutStatus status, String options) {
    return "rubicon " + verb + " --target " + status.target() + options + " --reason \"…\"";
  }

  /**
   * What a failure advises, unless it names a decision that leads nowhere now: the failure was
   * written when it happened, the ways are those of this moment.
   */
  public static Optional<String> hint(RolloutStatus status) {
    return status
        .held()
        .map(Failure::next)
        .filter(next -> !next.isBlank())
        .filter(
            next ->
                DECISION
                    .matcher(next)
                    .results()
                    .map(found -> way(found.group(1)))
                    .allMatch(status.ways()::contains));
  }

  private static Way way(String verb) {
    return Way.valueOf(verb.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
