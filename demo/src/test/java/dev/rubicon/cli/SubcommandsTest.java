package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** Only what is typed is read, and nobody who types notices it. */
final class SubcommandsTest {
  private static final List<String> NAMES =
      Subcommands.ALL.stream().map(command -> command.getAnnotation(Command.class).name()).toList();

  private static Answer rubicon(String... arguments) {
    return Answer.of(Path.of("no-such.yaml"), arguments);
  }

  @Test
  void onlyWhatIsNamedIsRead() {
    assertThat(Subcommands.named("-c", "rubicon.yaml", "worker", "--http", "off"))
        .extracting(Class::getSimpleName)
        .containsExactly("WorkerCommand");
    assertThat(Subcommands.named("-c", "plan", "status"))
        .extracting(Class::getSimpleName)
        .containsExactly("PlanCommand", "StatusCommand");
  }

  @Test
  void theHelpTextAndTheCompletionScriptHaveAllOfThem() {
    assertThat(rubicon("--help").out()).contains(NAMES);
    assertThat(rubicon("completion").out()).contains(NAMES);
    assertThat(rubicon("plan", "--help").out()).contains("rubicon plan").contains("--runbook");
  }

  @Test
  void aSlipOfThePenIsMendedThoughAnotherCommandIsNamed() {
    Answer slip = rubicon("stauts", "list");
    assertThat(slip.exit()).isEqualTo(ErrorCode.Exit.USAGE);
    assertThat(slip.err()).contains("did you mean").contains("status").contains("rubicon --help");
    assertThat(slip.out()).isEmpty();
  }

  @Test
  void anOptionThatACommandDoesNotHaveIsThatCommands() {
    Answer unknown = rubicon("status", "--rows", "7");
    assertThat(unknown.exit()).isEqualTo(ErrorCode.Exit.USAGE);
    assertThat(unknown.err().lines().filter(line -> line.contains("next:")))
        .singleElement()
        .asString()
        .contains("rubicon status --help");
  }
}
