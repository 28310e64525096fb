package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.client.Side;
import dev.rubicon.demo.checks.client.Content.Gates;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Values to write: each one of a kind, so that a row shows which write it holds. */
final class Values {
  private static final String[] CLAIMS = {
    "Plain claim", "Thèse «accentuée»", "it's \"quoted\" \\ back", "主張 🜲", "tab\tand\nbreak"
  };

  private final String prefix;
  private final AtomicLong sequence = new AtomicLong();

  /**
   * @param prefix of the run, so that rows of two runs never meet
   */
  Values(String prefix) {
    this.prefix = prefix;
  }

  String prefix() {
    return prefix;
  }

  String runId(Side side) {
    return prefix + (side == Side.OLD ? "o-" : "n-") + sequence.incrementAndGet();
  }

  String claim() {
    long n = sequence.incrementAndGet();
    return CLAIMS[(int) (n % CLAIMS.length)] + " " + prefix + n;
  }

  String config() {
    return "{\"K\": 8, \"w\": [0.250, null], \"op\": \""
        + prefix
        + sequence.incrementAndGet()
        + "\"}";
  }

  /** As the old version writes diagnostics: gates and PQS inside, sometimes odd or missing. */
  String diagnostics() {
    long n = sequence.incrementAndGet();
    var random = ThreadLocalRandom.current();
    String gates =
        switch ((int) (n % 4)) {
          case 0 -> "{}";
          case 1 -> "{\"compliance_ok\": \"yes\", \"stability_ok\": true}";
          default ->
              "{\"compliance_ok\": %s, \"stability_ok\": %s, \"precision_ok\": null}"
                  .formatted(random.nextBoolean(), random.nextBoolean());
        };
    String pqs = n % 3 == 0 ? ", \"pqs\": " + random.nextInt(0, 140) + ".5" : "";
    return "{\"gates\": " + gates + pqs + ", \"op\": \"" + prefix + n + "\"}";
  }

  /** As the new version writes counts: gates are columns of their own. */
  String counts() {
    return "{\"t1\": 3, \"op\": \"" + prefix + sequence.incrementAndGet() + "\"}";
  }

  Gates gates() {
    var random = ThreadLocalRandom.current();
    return new Gates(
        Optional.of(random.nextBoolean()),
        random.nextInt(4) == 0 ? Optional.empty() : Optional.of(random.nextBoolean()),
        Optional.of(true),
        random.nextInt(3) == 0
            ? Optional.empty()
            : Optional.of(new BigDecimal(random.nextInt(0, 10_000)).movePointLeft(2)));
  }
}
