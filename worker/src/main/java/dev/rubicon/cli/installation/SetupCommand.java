package dev.rubicon.cli.installation;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.client.Setup;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon setup}. */
@Command(
    name = "setup",
    description = "Brings ledger, bucket and search attributes up to date; once per installation.")
public final class SetupCommand implements Callable<Integer> {
  static final String PASSWORD = "RUBICON_LEDGER_OWNER_PASSWORD";

  @ParentCommand private RubiconCommand root;

  @Option(
      names = "--ledger-owner",
      paramLabel = "ROLE",
      description = {
        "Role that owns the ledger, so that the workers' role, which rubicon.yaml names, cannot",
        "switch off what guards the audit trail. Its password: " + PASSWORD + "."
      })
  private String owner;

  @Override
  public Integer call() {
    RubiconConfig config = root.config();
    var done = Setup.run(config, Optional.ofNullable(owner).map(role -> as(role, config.ledger())));
    root.answer(Map.of("done", done), () -> String.join("\n", done));
    return ErrorCode.Exit.DONE;
  }

  /** The password is asked of the environment: workers' files are not to know it. */
  private static Target as(String role, Target ledger) {
    String password = System.getenv(PASSWORD);
    if (password == null) {
      throw new RubiconException(
          ErrorCode.CONFIG_INVALID,
          "--ledger-owner " + role + " needs that role's password",
          "set " + PASSWORD + " (empty where the server asks for none)");
    }
    return new Target(
        ledger.name(),
        ledger.url(),
        role,
        new Secret(password),
        ledger.variables(),
        ledger.allowance());
  }
}
