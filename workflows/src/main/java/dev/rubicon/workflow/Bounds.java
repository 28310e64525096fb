package dev.rubicon.workflow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Decision;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * How long, large and many what a decision says may be: the one place, asked by the HTTP API and
 * the command line before they send, and by the Updates' validators.
 */
public final class Bounds {
  /** Bytes in UTF-8. */
  public static final int REASON_BYTES = 2048;

  public static final int PRINCIPAL_LENGTH = 200;
  public static final int ITEM_LENGTH = 100;
  public static final long ROWS_PER_SECOND = 1_000_000_000L;

  /** Of one extension of the watch. */
  public static final Duration EXTENSION = Duration.ofDays(30);

  public static final int LOSING = 100;
  private static final int RELATION_LENGTH = 140;
  private static final int RUN_LENGTH = 100;
  private static final int PROOF_LENGTH = 400;

  private Bounds() {}

  /**
   * Refuses what is malformed or out of bounds.
   *
   * @throws ApplicationFailure of type {@code USAGE}, with the next step as its detail
   */
  public static void check(Decision decision) {
    require(decision != null, "a decision is missing");
    by(decision.by());
    switch (decision) {
      case Decision.Approve approval -> {
        require(approval.gate() != null, "an approval names its gate");
        require(
            approval.digest() != null && approval.digest().matches("[0-9a-f]{64}"),
            "an approval names a digest: 64 hexadecimal digits, as rubicon status prints it");
      }
      case Decision.SignOff signOff -> text("the manual item", signOff.item(), ITEM_LENGTH);
      case Decision.Throttle throttle ->
          require(
              throttle.rowsPerSecond() >= 0 && throttle.rowsPerSecond() <= ROWS_PER_SECOND,
              "rows per second are 0 (no limit) to " + ROWS_PER_SECOND);
      case Decision.Rollback rollback -> losing(rollback.losing());
      case Decision.ExtendWatch extend ->
          require(
              extend.extension() != null
                  && extend.extension().compareTo(Duration.ZERO) > 0
                  && extend.extension().compareTo(EXTENSION) <= 0,
              "a watch is extended by more than nothing, and by "
                  + EXTENSION.toDays()
                  + " days at most at a time");
      case Decision.Pause _, Decision.Resume _, Decision.Abort _ -> {}
    }
  }

  private static void by(Decision.By by) {
    require(by != null, "a decision says who decides (by)");
    text("the principal", by.principal(), PRINCIPAL_LENGTH);
    require(by.reason() != null && !by.reason().isBlank(), "a decision has a reason");
    require(
        by.reason().getBytes(StandardCharsets.UTF_8).length <= REASON_BYTES,
        "a reason has " + REASON_BYTES + " bytes at most");
    text("the run", by.run(), RUN_LENGTH);
    require(by.expires() != null, "a decision says until when it is valid (expires)");
    require(
        by.principal().indexOf(0) < 0 && by.reason().indexOf(0) < 0,
        "neither a name nor a reason holds a NUL byte");
    require(
        by.proof().knownBy().length()
                + by.proof().nonce().length()
                + by.proof().signature().length()
            <= PROOF_LENGTH,
        "a proof has " + PROOF_LENGTH + " characters at most");
  }

  private static void losing(List<String> relations) {
    require(relations != null, "losing is a list of relations, and may be empty");
    require(relations.size() <= LOSING, "at most " + LOSING + " relations can be named");
    relations.forEach(relation -> text("a relation", relation, RELATION_LENGTH));
  }

  private static void text(String what, String value, int most) {
    require(value != null && !value.isBlank(), what + " is missing");
    require(value.length() <= most, what + " has " + most + " characters at most");
  }

  private static void require(boolean holds, String cause) {
    if (!holds) {
      throw Failures.of(ErrorCode.USAGE, cause, "say it again, corrected; nothing was recorded");
    }
  }
}
