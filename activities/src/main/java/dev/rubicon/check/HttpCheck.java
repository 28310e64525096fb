package dev.rubicon.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.runbook.Check;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One HTTP call with expected status and JSON values. */
final class HttpCheck {
  private HttpCheck() {}

  static Outcome run(Check.Http check, HttpCaller caller, Variables variables) {
    HttpCaller.Answer answer;
    try {
      answer = caller.call(check.call(), variables, Map.of());
    } catch (HttpCaller.NoAnswer e) {
      return Outcome.failed(e.getMessage());
    }
    if (answer.status() != check.status()) {
      return Outcome.failed("status " + answer.status() + ", expected " + check.status());
    }
    if (check.json().isEmpty() && check.capture().isEmpty()) {
      return Outcome.ok();
    }
    Optional<JsonNode> document = Json.parse(answer.body());
    if (document.isEmpty()) {
      return Outcome.failed("the answer is no JSON");
    }
    for (Map.Entry<String, String> expected : check.json().entrySet()) {
      Optional<String> found = Json.text(document.get(), expected.getKey());
      if (found.isEmpty()) {
        return Outcome.failed(expected.getKey() + " is missing in the answer");
      }
      if (!found.get().equals(variables.resolve(expected.getValue()))) {
        return Outcome.failed(expected.getKey() + " is not '" + expected.getValue() + "'");
      }
    }
    var captured = new HashMap<String, String>();
    for (Map.Entry<String, String> capture : check.capture().entrySet()) {
      Optional<String> found = Json.text(document.get(), capture.getValue());
      if (found.isEmpty()) {
        return Outcome.failed(
            capture.getValue()
                + ", captured as "
                + capture.getKey()
                + ", is missing in the answer");
      }
      captured.put(capture.getKey(), found.get());
    }
    return Outcome.ok(captured);
  }
}
