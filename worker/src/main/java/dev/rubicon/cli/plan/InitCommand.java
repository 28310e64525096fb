package dev.rubicon.cli.plan;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.scaffold.Scaffold;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon init}. */
@Command(
    name = "init",
    description = {
      "Writes a runbook's first draft from a live database and a canonical one.",
      "It reads both; what a human has to decide is marked QUESTION in the files."
    })
public final class InitCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "The runbook's name.")
  private String name;

  @Option(
      names = "--schema",
      paramLabel = "SCHEMA",
      defaultValue = "public",
      description = "Schemas that are compared; may be repeated (default: ${DEFAULT-VALUE}).")
  private List<String> schemas;

  @Parameters(paramLabel = "DIR", description = "New folder for the runbook.")
  private Path folder;

  /** Where canonical comes from: one of them. */
  static final class Source {
    @Option(
        names = "--canonical",
        required = true,
        paramLabel = "FILE.sql",
        description = "SQL that builds canonical in an empty database.")
    private Path sql;

    @Option(
        names = "--canonical-target",
        required = true,
        paramLabel = "TARGET",
        description = "Target in rubicon.yaml that is canonical.")
    private String target;

    Scaffold.Canonical canonical(RubiconConfig config) {
      return sql == null
          ? new Scaffold.Canonical.Database(config.target(target))
          : new Scaffold.Canonical.SqlFile(sql);
    }
  }

  @Override
  public Integer call() {
    var config = root.config();
    var live = config.target(root.target(config, target.named()));
    Path into = folder.toAbsolutePath().normalize();
    Scaffold.Draft draft;
    try (var progress = Foreground.start(root.console())) {
      draft =
          new Scaffold(
                  config.staging(),
                  SessionTag.ofCommand("init", Phase.PREFLIGHT),
                  config.pgBin(),
                  progress)
              .write(into, name, live, source.canonical(config), List.copyOf(schemas));
    }
    // A draft that does not validate would be a defect of init: fail here, not at the launch.
    String digest = RunbookReader.read(into).digest();
    var answer = new LinkedHashMap<String, Object>();
    answer.put("folder", into.toString());
    answer.put("digest", digest);
    answer.put("files", draft.files());
    answer.put("differences", draft.differences());
    answer.put("questions", draft.questions());
    root.answer(answer, () -> text(into, live.name(), draft));
    return ErrorCode.Exit.DONE;
  }

  private static String text(Path folder, String target, Scaffold.Draft draft) {
    var text = new StringBuilder();
    draft.files().forEach(file -> text.append(folder.resolve(file)).append('\n'));
    return text.append(draft.differences().size())
        .append(" differences; ")
        .append(draft.questions())
        .append(" questions for you: grep -rn QUESTION ")
        .append(folder)
        .append("\nnext: rubicon plan --target ")
        .append(target)
        .append(" --runbook ")
        .append(folder)
        .toString();
  }
}
