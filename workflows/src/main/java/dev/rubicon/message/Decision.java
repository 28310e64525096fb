package dev.rubicon.message;

import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Decisions of humans about a running rollout; each has one author and is carried out once. */
public sealed interface Decision {

  By by();

  /** What is decided, as audit trail and refusals name it, e.g. {@code approve cutover}. */
  String action();

  /**
   * Who decided, why, and for how long the decision may be carried out.
   *
   * @param principal who decides
   * @param reason why; stands in the audit trail
   * @param run id of the Temporal run that was addressed. A Reset begins another run, and the
   *     server offers it the decisions made behind the reset point once more: it refuses them
   * @param expires from then on the decision is refused, so that one whose sender gave up waiting
   *     is not carried out hours later, when a worker is back
   */
  record By(String principal, String reason, String run, Instant expires) {}

  /**
   * @param digest as shown by status; binds the approval to exactly what was shown
   */
  record Approve(Runbook.Gate gate, String digest, By by) implements Decision {
    @Override
    public String action() {
      return "approve " + gate.name().toLowerCase(Locale.ROOT);
    }
  }

  /** A manual item is done. */
  record SignOff(String item, By by) implements Decision {
    @Override
    public String action() {
      return "sign off " + item;
    }
  }

  /** The running backfill stops after its batch; no new phase starts. */
  record Pause(By by) implements Decision {
    @Override
    public String action() {
      return "pause";
    }
  }

  /** Ends a pause, and tries again what holds the rollout. */
  record Resume(By by) implements Decision {
    @Override
    public String action() {
      return "resume";
    }
  }

  /**
   * @param rowsPerSecond 0 lifts the limit
   */
  record Throttle(long rowsPerSecond, By by) implements Decision {
    @Override
    public String action() {
      return "throttle";
    }
  }

  /** Before the cutover: everything installed is removed and the rollout ends. */
  record Abort(By by) implements Decision {
    @Override
    public String action() {
      return "abort";
    }
  }

  /**
   * After the cutover: back to legacy.
   *
   * @param losing relations ({@code schema.name}) whose rows written since the triggers were
   *     touched may be lost on the way back; empty unless the operator says so by name
   */
  record Rollback(List<String> losing, By by) implements Decision {
    @Override
    public String action() {
      return "rollback";
    }
  }

  /**
   * @param extension how much longer the watch takes
   */
  record ExtendWatch(Duration extension, By by) implements Decision {
    @Override
    public String action() {
      return "extend the watch by " + extension;
    }
  }
}
