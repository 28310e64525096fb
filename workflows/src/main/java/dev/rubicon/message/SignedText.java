package dev.rubicon.message;

import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text that is signed. Each field is preceded by its length in bytes, so that no two decisions
 * share a text; a signature is good for one decision, in one run of one execution.
 */
public final class SignedText {
  private static final String DECISION = "rubicon decision 1";
  private static final String LAUNCH = "rubicon launch 1";

  private SignedText() {}

  /**
   * @param workflowId of the execution that is addressed; its run is in the decision
   * @param rollout that it carries out
   */
  public static String of(String workflowId, String rollout, Decision decision) {
    Decision.By by = decision.by();
    List<String> fields = new ArrayList<>(List.of(DECISION, workflowId, rollout, by.run()));
    switch (decision) {
      case Decision.Approve(var gate, var digest, _) ->
          fields.addAll(List.of("approve", gate.name(), digest));
      case Decision.SignOff(var item, _) -> fields.addAll(List.of("sign-off", item));
      case Decision.Pause _ -> fields.add("pause");
      case Decision.Resume _ -> fields.add("resume");
      case Decision.Throttle(var rows, _) ->
          fields.addAll(List.of("throttle", Long.toString(rows)));
      case Decision.Abort _ -> fields.add("abort");
      case Decision.Rollback(var losing, _) -> {
        fields.addAll(List.of("rollback", Integer.toString(losing.size())));
        fields.addAll(losing);
      }
      case Decision.ExtendWatch(var extension, _) ->
          fields.addAll(List.of("extend-watch", extension.toString()));
    }
    fields.addAll(List.of(by.principal(), by.reason(), by.expires().toString()));
    return text(fields, by.proof());
  }

  /**
   * @param workflowId of the execution that is started
   */
  public static String of(String workflowId, RolloutRequest request) {
    return text(
        List.of(
            LAUNCH,
            workflowId,
            request.rollout(),
            request.target(),
            request.bundle(),
            request.runbook(),
            request.requestedBy()),
        request.proof());
  }

  /**
   * Whether that is the text of an approval.
   *
   * @param digest that it names
   * @param principal who gives it
   */
  public static boolean approves(
      String text,
      String workflowId,
      String rollout,
      Runbook.Gate gate,
      String digest,
      String principal) {
    List<String> fields = fields(text);
    return fields.size() > 7
        && fields.subList(0, 3).equals(List.of(DECISION, workflowId, rollout))
        && fields.subList(4, 8).equals(List.of("approve", gate.name(), digest, principal));
  }

  /**
   * The relations that may lose rows, where that is the text of a rollback; empty where it is none,
   * or of another rollout.
   */
  public static Optional<List<String>> losing(String text, String workflowId, String rollout) {
    List<String> fields = fields(text);
    if (fields.size() < 6
        || !fields.subList(0, 3).equals(List.of(DECISION, workflowId, rollout))
        || !fields.get(4).equals("rollback")) {
      return Optional.empty();
    }
    // Behind them: who, why, until when, how known, when, and a random number.
    return Optional.of(fields.subList(6, Math.max(6, fields.size() - 6)))
        .filter(losing -> fields.get(5).equals(Integer.toString(losing.size())));
  }

  /**
   * What a signed text says.
   *
   * @param run that is addressed; empty for a launch
   * @param what the decision with all that it names; of a launch, target, bundle and runbook
   * @param reason empty for a launch
   */
  public record Said(
      String workflowId,
      String rollout,
      String run,
      List<String> what,
      String principal,
      String reason,
      String knownBy,
      String nonce) {
    public Said {
      what = List.copyOf(what);
    }
  }

  /** A decision's text, read back; empty where it is none. */
  public static Optional<Said> decision(String text) {
    List<String> fields = fields(text);
    int tail = fields.size() - 6;
    if (tail < 5 || !fields.getFirst().equals(DECISION)) {
      return Optional.empty();
    }
    return Optional.of(
        new Said(
            fields.get(1),
            fields.get(2),
            fields.get(3),
            fields.subList(4, tail),
            fields.get(tail),
            fields.get(tail + 1),
            fields.get(tail + 3),
            fields.getLast()));
  }

  /** A launch's text, read back; empty where it is none. */
  public static Optional<Said> launch(String text) {
    List<String> fields = fields(text);
    if (fields.size() != 10 || !fields.getFirst().equals(LAUNCH)) {
      return Optional.empty();
    }
    return Optional.of(
        new Said(
            fields.get(1),
            fields.get(2),
            "",
            fields.subList(3, 6),
            fields.get(6),
            "",
            fields.get(7),
            fields.getLast()));
  }

  /**
   * What was decided, as {@link Decision#action} words it.
   *
   * @param what of a signed text
   */
  public static String action(List<String> what) {
    String of = what.size() > 1 ? what.get(1) : "";
    return switch (what.getFirst()) {
      case "approve" -> "approve " + of.toLowerCase(Locale.ROOT);
      case "sign-off" -> "sign off " + of;
      case "extend-watch" -> "extend the watch by " + of;
      default -> what.getFirst();
    };
  }

  /** What {@link #text} has put together; empty where it did not. */
  private static List<String> fields(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<String> fields = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      long length = 0;
      while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9' && length <= bytes.length) {
        length = length * 10 + bytes[at++] - '0';
      }
      // A length may be anything: together with where it stands it must not become less.
      if (at >= bytes.length || bytes[at] != ':' || length > bytes.length - at - 1) {
        return List.of();
      }
      int end = Math.toIntExact(at + 1 + length);
      if (end < bytes.length && (bytes[end] != ',' || end + 1 == bytes.length)) {
        return List.of();
      }
      fields.add(new String(bytes, at + 1, Math.toIntExact(length), StandardCharsets.UTF_8));
      at = end + 1;
    }
    return fields;
  }

  private static String text(List<String> fields, Proof proof) {
    List<String> all = new ArrayList<>(fields);
    all.addAll(List.of(proof.knownBy(), proof.at().toString(), proof.nonce()));
    return all.stream()
        .map(field -> field.getBytes(StandardCharsets.UTF_8).length + ":" + field)
        .collect(Collectors.joining(","));
  }
}
