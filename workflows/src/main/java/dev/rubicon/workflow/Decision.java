package dev.rubicon.workflow;

import dev.rubicon.runbook.Runbook;
import java.time.Duration;

/** What humans say to a running rollout; each names its principal and a reason. */
public final class Decision {
  private Decision() {}

  /**
   * @param digest as shown by status; binds the approval to exactly what was shown
   */
  public record Approval(Runbook.Gate gate, String digest, String principal, String reason) {}

  public record SignOff(String item, String principal, String reason) {}

  /** Pause, resume, abort, rollback. */
  public record Order(String principal, String reason) {}

  /**
   * @param rowsPerSecond 0 lifts the limit
   */
  public record Throttle(long rowsPerSecond, String principal, String reason) {}

  public record Extension(Duration by, String principal, String reason) {}
}
