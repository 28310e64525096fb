package dev.rubicon.phase;

import dev.rubicon.check.HookCaller;
import dev.rubicon.engine.Progress;
import dev.rubicon.installed.TargetCheck;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.HttpCall;
import dev.rubicon.runbook.Runbook;
import java.util.Optional;
import java.util.function.Function;

/**
 * The calls with which a runbook brings the application's other build into service.
 *
 * @param sessions short sessions with a phase's target
 */
record DeployHooks(PhaseServices services, Function<PhaseInput, PgSession> sessions) {

  /** Calls it, if the runbook has it. */
  void call(PhaseInput input, String name, Function<Runbook.Cutover, Optional<HttpCall>> which) {
    services.runner.requireLaunched(input);
    PhaseRunner.coded(
        () -> {
          // A build that needs a side which the target has lost cannot work.
          try (PgSession session = sessions.apply(input)) {
            TargetCheck.require(session, input);
          }
          which
              .apply(services.runner.bundle(input.bundle()).runbook().cutover())
              .ifPresent(
                  call ->
                      HookCaller.call(name, call, services.runner.context(input, Progress.NONE)));
        });
  }
}
