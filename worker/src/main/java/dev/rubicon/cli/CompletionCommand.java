package dev.rubicon.cli;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.error.ErrorCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code rubicon completion}. */
@Command(
    name = "completion",
    description = "Writes the completion script for bash and zsh: source <(rubicon completion)")
final class CompletionCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Spec private picocli.CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    root.console().out().print(AutoComplete.bash("rubicon", spec.root().commandLine()));
    return ErrorCode.Exit.DONE;
  }
}
