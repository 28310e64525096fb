package dev.rubicon.cli;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.Console;
import dev.rubicon.cli.terminal.ErrorView;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code rubicon}: parses, runs, and turns every failure into code, cause and next command. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    start(List.of(), args);
  }

  /**
   * Runs one command and ends the process.
   *
   * @param more subcommands that are not the product's
   */
  public static void start(List<?> more, String... args) {
    // Read by logback.xml when the first logger is made. Processes that run long log what they do.
    boolean service = List.of(args).contains("worker");
    System.setProperty(
        "rubicon.log", System.getProperty("rubicon.log", service ? "INFO" : "ERROR"));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    int status = run(new Console(out, err, System.getenv()), more, args);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /** Runs one command and answers its exit code; a test's way in. */
  static int run(Console console, String... args) {
    return run(console, List.of(), args);
  }

  private static int run(Console console, List<?> more, String... args) {
    return run(console, Subcommands.named(args), more, args);
  }

  private static int run(Console console, List<Class<?>> known, List<?> more, String... args) {
    var root = new RubiconCommand(console);
    var line = new CommandLine(root);
    known.forEach(line::addSubcommand);
    more.forEach(line::addSubcommand);
    line.setOut(new PrintWriter(console.out(), true));
    line.setErr(new PrintWriter(console.err(), true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(
        (e, a) -> {
          // What the root does not know may be a slip of the pen for a command that was left out.
          boolean leftOut = e.getCommandLine() == line && known.size() < Subcommands.ALL.size();
          return leftOut ? run(console, Subcommands.ALL, more, args) : usage(root, e);
        });
    line.setExecutionExceptionHandler((e, l, r) -> failed(root, e));
    return line.execute(args);
  }

  private static int usage(RubiconCommand root, ParameterException e) {
    CommandLine command = e.getCommandLine();
    String cause = e.getMessage().lines().findFirst().orElse("wrong usage");
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      cause += " (did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?)";
    }
    String next = command.getCommandSpec().qualifiedName() + " --help";
    ErrorView.print(
        root.console(), root.json(), new RubiconException(ErrorCode.USAGE, cause, next));
    return ErrorCode.Exit.USAGE;
  }

  private static int failed(RubiconCommand root, Exception thrown) {
    RubiconException coded = ErrorView.coded(thrown);
    ErrorView.print(root.console(), root.json(), coded);
    if (debug(root.console().environment())) {
      thrown.printStackTrace(root.console().err());
    }
    return coded.code().exit();
  }

  private static boolean debug(Map<String, String> environment) {
    return !environment.getOrDefault("RUBICON_DEBUG", "").isBlank();
  }
}
