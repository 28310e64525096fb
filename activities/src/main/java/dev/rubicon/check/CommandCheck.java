package dev.rubicon.check;

import dev.rubicon.engine.Progress;
import dev.rubicon.runbook.Check;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program on the worker: no shell, none of the worker's environment but what finds programs and
 * spells text (it holds Rubicon's secrets), output discarded (it may hold values).
 */
final class CommandCheck {
  private static final List<String> KEPT =
      List.of("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR");

  private CommandCheck() {}

  static Outcome run(Check.Command check, Progress progress, Variables variables) {
    var builder = new ProcessBuilder(check.argv().stream().map(variables::resolve).toList());
    builder.environment().keySet().removeIf(name -> !KEPT.contains(name));
    builder.redirectErrorStream(true).redirectOutput(Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      // The message quotes the arguments, which may carry a variable's value.
      return Outcome.failed("'" + check.argv().getFirst() + "' cannot be started");
    }
    try (var _ = progress.cancelsWith(() -> kill(process))) {
      boolean ended = process.waitFor(check.timeout().toMillis(), TimeUnit.MILLISECONDS);
      progress.checkCancelled();
      if (!ended) {
        return Outcome.failed("still running after " + check.timeout().toMillis() + " ms");
      }
      return process.exitValue() == 0
          ? Outcome.ok()
          : Outcome.failed("exit status " + process.exitValue() + ", expected 0");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted while a command ran");
    } finally {
      kill(process);
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
