package dev.rubicon.message;

import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text that is signed. Each field is preceded by its length in bytes, so that no two decisions
 * share a text; a signature is good for one decision, in one run of one execution.
 */
public final class SignedText {
  private SignedText() {}

  /**
   * @param workflowId of the execution that is addressed; its run is in the decision
   * @param rollout that it carries out
   */
  public static String of(String workflowId, String rollout, Decision decision) {
    Decision.By by = decision.by();
    List<String> fields =
        new ArrayList<>(List.of("rubicon decision 1", workflowId, rollout, by.run()));
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
            "rubicon launch 1",
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
        && fields.subList(0, 3).equals(List.of("rubicon decision 1", workflowId, rollout))
        && fields.subList(4, 8).equals(List.of("approve", gate.name(), digest, principal));
  }

  /**
   * The relations that may lose rows, where that is the text of a rollback; empty where it is none,
   * or of another rollout.
   */
  public static Optional<List<String>> losing(String text, String workflowId, String rollout) {
    List<String> fields = fields(text);
    if (fields.size() < 6
        || !fields.subList(0, 3).equals(List.of("rubicon decision 1", workflowId, rollout))
        || !fields.get(4).equals("rollback")) {
      return Optional.empty();
    }
    // Behind them: who, why, until when, how known, when, and a random number.
    return Optional.of(fields.subList(6, Math.max(6, fields.size() - 6)))
        .filter(losing -> fields.get(5).equals(Integer.toString(losing.size())));
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
