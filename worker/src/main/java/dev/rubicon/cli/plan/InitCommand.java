package dev.rubicon.cli.plan;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.scaffold.Scaffold;
import dev.rubicon.scaffold.SqlScaffold;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
      "Writes a runbook's first draft: of SQL that one would have typed or that a migration tool"
          + " wrote, or from a live database and a canonical one.",
      "It reads the target, and tries SQL on a copy of its schema; what a human has to decide is"
          + " marked QUESTION in the files."
    })
public final class InitCommand implements Callable<Integer> {
  private static final SessionTag TAG = SessionTag.ofCommand("init", Phase.PREFLIGHT);

  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The runbook's name (default: the folder's).")
  private String name;

  @Option(
      names = "--schema",
      paramLabel = "SCHEMA",
      defaultValue = "public",
      description = "Schemas that are compared; may be repeated (default: ${DEFAULT-VALUE}).")
  private List<String> schemas;

  @Parameters(paramLabel = "DIR", description = "New folder for the runbook.")
  private Path folder;

  /** What is to become of the target: one of them. */
  static final class Source {
    @Option(
        names = "--sql",
        required = true,
        paramLabel = "SQL",
        description = "One statement or many, as one would type them.")
    private String typed;

    @Option(
        names = "--sql-file",
        required = true,
        paramLabel = "FILE",
        description = "File with SQL, as a migration tool prints it; - is the standard input.")
    private Path typedFile;

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

    Optional<SqlScaffold.Typed> typed() {
      if (typed != null) {
        return Optional.of(new SqlScaffold.Typed("--sql", typed));
      }
      if (typedFile == null) {
        return Optional.empty();
      }
      boolean input = typedFile.toString().equals("-");
      try {
        return Optional.of(
            new SqlScaffold.Typed(
                input ? "standard input" : typedFile.toString(),
                input
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(typedFile)));
      } catch (IOException e) {
        throw new RubiconException(
            ErrorCode.USAGE,
            "cannot read " + typedFile + " as UTF-8",
            "name a file that can be read: --sql-file FILE",
            e);
      }
    }

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
    String called = name == null ? named(into) : name;
    Optional<SqlScaffold.Typed> typed = source.typed();
    return typed.isPresent()
        ? ofSql(config, live, into, called, typed.get())
        : ofCanonical(config, live, into, called);
  }

  /** A folder's name, as a runbook may be called. */
  private static String named(Path folder) {
    String name =
        String.valueOf(folder.getFileName())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    if (name.isEmpty() || name.length() > 63) {
      throw new RubiconException(
          ErrorCode.USAGE,
          "no name for a runbook can be made of " + folder.getFileName(),
          "say one: --name NAME");
    }
    return name;
  }

  private int ofSql(
      RubiconConfig config, Target live, Path into, String called, SqlScaffold.Typed typed) {
    SqlScaffold.Draft draft;
    try (var progress = Foreground.start(root.console())) {
      draft =
          new SqlScaffold(config.staging(), TAG, config.pgBin(), progress)
              .write(into, called, live, typed, List.copyOf(schemas));
    }
    var answer = new LinkedHashMap<String, Object>();
    answer.put("folder", into.toString());
    if (!draft.files().isEmpty()) {
      answer.put("digest", RunbookReader.read(into).digest());
    }
    answer.put("files", draft.files());
    answer.put("questions", draft.questions());
    root.answer(answer, () -> text(into, live.name(), draft));
    return ErrorCode.Exit.DONE;
  }

  private static String text(Path folder, String target, SqlScaffold.Draft draft) {
    if (draft.files().isEmpty()) {
      return "nothing to do: " + target + " has all of it already";
    }
    var text = new StringBuilder();
    draft.files().forEach(file -> text.append(folder.resolve(file)).append('\n'));
    draft.questions().forEach(question -> text.append("QUESTION: ").append(question).append('\n'));
    return text.append("next: rubicon plan --target ")
        .append(target)
        .append(" --runbook ")
        .append(folder)
        .toString();
  }

  private int ofCanonical(RubiconConfig config, Target live, Path into, String called) {
    Scaffold.Draft draft;
    try (var progress = Foreground.start(root.console())) {
      draft =
          new Scaffold(config.staging(), TAG, config.pgBin(), progress)
              .write(into, called, live, source.canonical(config), List.copyOf(schemas));
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
