package dev.rubicon.cli.root;

import dev.rubicon.cli.terminal.Console;
import dev.rubicon.client.Json;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root: options that every command has, and what every command needs. */
@Command(
    name = "rubicon",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    description = "Rolls out risky PostgreSQL changes: you can cross, and you can come back.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or no difference",
      "1:error",
      "2:differences found",
      "3:waiting for an approval or a sign-off",
      "4:stopped by policy",
      "64:usage"
    })
public final class RubiconCommand implements Runnable {
  /** Text for people, JSON for programs. */
  enum Format {
    TEXT,
    JSON
  }

  private final Console console;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "rubicon.yaml",
      scope = ScopeType.INHERIT,
      description = "Configuration (default: ${DEFAULT-VALUE}).")
  private Path configFile;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      scope = ScopeType.INHERIT,
      description = "text or json (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  public RubiconCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** Where it writes. */
  public Console console() {
    return console;
  }

  /** Whether a program reads the answer. */
  public boolean json() {
    return format == Format.JSON;
  }

  public Path configFile() {
    return configFile.toAbsolutePath().normalize();
  }

  public RubiconConfig config() {
    return ConfigReader.read(configFile(), console.environment());
  }

  Rollouts rollouts() {
    return Rollouts.open(config());
  }

  public Principal principal(RubiconConfig config) {
    return Principal.ofProcess(config, console.environment());
  }

  /** The named target, or the only one that there is. */
  public String target(RubiconConfig config, String named) {
    if (named != null) {
      return config.target(named).name();
    }
    if (config.targets().size() == 1) {
      return config.targets().keySet().iterator().next();
    }
    throw new RubiconException(
        ErrorCode.USAGE,
        "which target? rubicon.yaml has "
            + String.join(", ", config.targets().keySet().stream().sorted().toList()),
        "name it: --target " + config.targets().keySet().stream().sorted().findFirst().orElse("T"));
  }

  /** Writes the command's data: the object as JSON, or the text. */
  public void answer(Object value, Supplier<String> text) {
    console.out().println(json() ? Json.pretty(value) : text.get());
  }
}
