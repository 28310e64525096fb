package dev.rubicon.check;

import dev.rubicon.command.OwnersProgram;
import dev.rubicon.command.OwnersProgram.Ended;
import dev.rubicon.engine.Progress;
import dev.rubicon.runbook.Check;
import java.util.Map;
import java.util.Optional;

/** A program on the worker; its output is discarded, for it may hold values. */
final class CommandCheck {
  private CommandCheck() {}

  static Outcome run(Check.Command check, Progress progress, Variables variables) {
    var ended =
        OwnersProgram.run(
            check.argv().stream().map(variables::resolve).toList(),
            Optional.empty(),
            Map.of(),
            check.timeout(),
            0,
            progress);
    return switch (ended) {
      case Ended.NotStarted _ ->
          Outcome.failed("'" + check.argv().getFirst() + "' cannot be started");
      case Ended.TimedOut _ ->
          Outcome.failed("still running after " + check.timeout().toMillis() + " ms");
      case Ended.Exited(int status, _) ->
          status == 0 ? Outcome.ok() : Outcome.failed("exit status " + status + ", expected 0");
    };
  }
}
