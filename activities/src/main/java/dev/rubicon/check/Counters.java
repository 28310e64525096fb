package dev.rubicon.check;

import dev.rubicon.runbook.Check;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Error counters against where they stood when this began. A counter that stands lower than its
 * baseline belongs to a process that started again: it counts from zero.
 */
final class Counters {
  private final Map<String, Long> baselines;

  Counters(Map<String, Long> baselines) {
    this.baselines = new HashMap<>(baselines);
  }

  Map<String, Long> baselines() {
    return Map.copyOf(baselines);
  }

  Outcome run(Check.Counter check, HttpCaller caller, Variables variables) {
    Optional<Long> now;
    try {
      HttpCaller.Answer answer = caller.call(check.call(), variables, Map.of());
      if (answer.status() != 200) {
        return Outcome.failed("status " + answer.status() + ", expected 200");
      }
      now =
          Json.parse(answer.body())
              .flatMap(document -> Json.text(document, check.pointer()))
              .flatMap(Counters::number);
    } catch (HttpCaller.NoAnswer e) {
      return Outcome.failed(e.getMessage());
    }
    if (now.isEmpty()) {
      return Outcome.failed(check.pointer() + " is no number in the answer");
    }
    long value = now.get();
    long baseline =
        baselines.merge(check.name(), value, (before, current) -> current < before ? 0 : before);
    long increase = value - baseline;
    return increase <= check.maxIncrease()
        ? Outcome.ok()
        : Outcome.failed(
            "grew by " + increase + ", at most " + check.maxIncrease() + " is expected");
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(new BigDecimal(text).longValue());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
