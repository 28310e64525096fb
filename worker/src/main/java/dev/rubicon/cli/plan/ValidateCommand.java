package dev.rubicon.cli.plan;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.rollout.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon validate}. */
@Command(
    name = "validate",
    description = "Reads a runbook strictly, and says what a rollout of it cannot promise.")
public final class ValidateCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Parameters(paramLabel = "DIR", description = "Folder with runbook.yaml.")
  private Path folder;

  @Override
  public Integer call() {
    Bundle bundle = RunbookReader.read(folder.toAbsolutePath().normalize());
    Plan plan = Plan.of(bundle.runbook(), Duration.ofSeconds(30));
    var answer = new LinkedHashMap<String, Object>();
    answer.put("runbook", bundle.runbook().name());
    answer.put("digest", bundle.digest());
    answer.put("files", bundle.files().size());
    answer.put("phases", plan.phases());
    answer.put("cannotPromise", plan.cannotPromise());
    root.answer(answer, () -> text(bundle, plan));
    return ErrorCode.Exit.DONE;
  }

  private static String text(Bundle bundle, Plan plan) {
    var text = new StringBuilder();
    text.append(bundle.runbook().name()).append(" is valid\n");
    text.append("digest: ").append(bundle.digest()).append('\n');
    text.append("phases: ")
        .append(plan.phases().stream().map(Phase::word).collect(Collectors.joining(", ")));
    for (String missing : plan.cannotPromise()) {
      text.append("\ncannot promise: ").append(missing);
    }
    return text.toString();
  }
}
