package dev.rubicon.cli.rollout;

import dev.rubicon.client.Rollouts;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long a decision is waited for; it is valid for as long, and refused from then on. */
final class WaitOption {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofHours(1);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = {
        "How long to wait for a worker that takes the decision up, 1s to 1h (default: 1m).",
        "The decision is refused from then on."
      })
  private Duration atMost = Rollouts.PATIENCE;

  Duration atMost() {
    if (atMost.compareTo(LEAST) < 0 || atMost.compareTo(MOST) > 0) {
      throw new ParameterException(command.commandLine(), "--wait is 1s to 1h");
    }
    return atMost;
  }
}
