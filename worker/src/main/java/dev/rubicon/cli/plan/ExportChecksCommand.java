package dev.rubicon.cli.plan;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.OutputFile;
import dev.rubicon.client.LongForms;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.invariant.AskedInvariant;
import dev.rubicon.invariant.ChecksScript;
import dev.rubicon.invariant.DataInvariant;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon export-checks}. */
@Command(
    name = "export-checks",
    description = {
      "Writes what must hold of the target's rows as one script for psql alone: the runbook's"
          + " invariants, and those of the constraints that the rollout adds. For CI and staging;"
          + " it exits with 3 where one of severity error is broken.",
      "Reads the target as a plan does, and touches nothing there."
    })
public final class ExportChecksCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = "--runbook",
      required = true,
      paramLabel = "DIR",
      description = "Folder with runbook.yaml.")
  private Path folder;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write it (default: stdout).")
  private Path file;

  @Override
  public Integer call() {
    var config = root.config();
    String name = root.target(config, target.named());
    var principal = root.principal(config);
    Bundle bundle =
        LongForms.of(
            config,
            RunbookReader.read(folder.toAbsolutePath().normalize()),
            config.target(name),
            "checks");
    var evidence = new PlanEvidence();
    String rollout = SessionTag.ofCommand("checks", Phase.PREFLIGHT).rollout();
    var input =
        new PhaseInput(rollout, name, bundle.digest(), principal.name(), Phase.PREFLIGHT, 1);
    try (var progress = Foreground.start(root.console())) {
      new Preflight(config.staging(), config.pgBin(), config.commands())
          .run(new PhaseContext(input, bundle, config.target(name), evidence, progress));
    } catch (RubiconException e) {
      // What stops a rollout is what the script is for.
      if (e.code().exit() != ErrorCode.Exit.POLICY || !evidence.complete()) {
        throw e;
      }
    }
    List<AskedInvariant> asked = evidence.find(AskedInvariant.EVIDENCE).orElse(List.of());
    List<DataInvariant> invariants = asked.stream().map(AskedInvariant::invariant).toList();
    String script = ChecksScript.ofAsked(bundle, asked);
    if (file != null) {
      OutputFile.write(file, script);
    }
    root.answer(
        Map.of("invariants", invariants, "script", script),
        () -> file == null ? script : file.toAbsolutePath() + ": " + invariants.size() + " checks");
    return ErrorCode.Exit.DONE;
  }
}
