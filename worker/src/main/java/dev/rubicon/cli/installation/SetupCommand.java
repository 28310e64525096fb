package dev.rubicon.cli.installation;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.client.Setup;
import dev.rubicon.error.ErrorCode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon setup}. */
@Command(
    name = "setup",
    description = "Brings ledger, bucket and search attributes up to date; once per installation.")
public final class SetupCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Override
  public Integer call() {
    var done = Setup.run(root.config());
    root.answer(Map.of("done", done), () -> String.join("\n", done));
    return ErrorCode.Exit.DONE;
  }
}
