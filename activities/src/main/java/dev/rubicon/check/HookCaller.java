package dev.rubicon.check;

import dev.rubicon.engine.EvidenceFamily;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.HttpCall;
import java.util.Map;
import java.util.function.Function;

/**
 * Calls the owner's hooks: deploy, undeploy, rollback-deploy. A call may come twice (an activity is
 * retried); {@code X-Rubicon-Call} is the same then, so that the receiver can recognise it.
 */
public final class HookCaller {
  /** Answer of one of the owner's hooks, by what the hook is for. */
  public static final EvidenceFamily<String, Call> EVIDENCE =
      new EvidenceFamily<>(EvidenceName.of("hook-", Call.class), Function.identity());

  private HookCaller() {}

  /** What is kept of a call. */
  public record Call(String hook, int status, long millis) {}

  /**
   * @param hook what it is for, e.g. {@code deploy}; names evidence and errors
   * @throws RubiconException HOOK_FAILED when no 2xx came within the call's timeout
   */
  public static Call call(String hook, HttpCall call, PhaseContext context) {
    PhaseInput input = context.input();
    String id = input.rollout() + "/" + input.phase().word() + "/" + input.round();
    long start = System.nanoTime();
    try (var caller = new HttpCaller(context.progress())) {
      HttpCaller.Answer answer =
          caller.call(call, Variables.of(context), Map.of("X-Rubicon-Call", id));
      if (answer.status() / 100 != 2) {
        throw failed(hook, "status " + answer.status());
      }
      var made = new Call(hook, answer.status(), (System.nanoTime() - start) / 1_000_000);
      context.evidence().record(EVIDENCE.of(hook), made);
      return made;
    } catch (HttpCaller.NoAnswer e) {
      throw failed(hook, e.getMessage());
    }
  }

  private static RubiconException failed(String hook, String what) {
    return new RubiconException(
        ErrorCode.HOOK_FAILED,
        "the hook " + hook + " failed: " + what,
        "see the log of what it calls; it is retried");
  }
}
