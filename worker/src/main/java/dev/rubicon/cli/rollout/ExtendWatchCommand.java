package dev.rubicon.cli.rollout;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.ServerOption;
import dev.rubicon.cli.root.TargetOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon extend-watch}. */
@Command(
    name = "extend-watch",
    description = "Keeps the watch, and with it the way back, open for longer.")
public final class ExtendWatchCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private TargetOption target = new TargetOption();
  @Mixin private ReasonOption reason = new ReasonOption();
  @Mixin private WaitOption patience = new WaitOption();

  @Option(
      names = "--by",
      required = true,
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How much longer, e.g. 12h; 30d at most at a time.")
  private Duration by;

  @Override
  public Integer call() {
    return Decisions.send(
        root,
        server,
        target,
        patience,
        "extend-watch",
        Map.of("by", by.toString(), "reason", reason.text()));
  }
}
