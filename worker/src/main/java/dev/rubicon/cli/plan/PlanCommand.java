package dev.rubicon.cli.plan;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.Programs;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.ceremony.Ceremonies;
import dev.rubicon.ceremony.Grading;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.LongForms;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.preflight.trial.PlannedStep;
import dev.rubicon.repair.Repair;
import dev.rubicon.repair.RepairScript;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon plan}. */
@Command(
    name = "plan",
    description = {
      "What a rollout would find and do. Reads the target and touches nothing there; needs neither"
          + " Temporal nor a worker.",
      "Exits 0 when there is no difference that nobody accepted, 2 when there is one, 4 when policy"
          + " would stop the rollout."
    })
public final class PlanCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = "--runbook",
      required = true,
      paramLabel = "DIR",
      description = "Folder with runbook.yaml.")
  private Path folder;

  @Option(
      names = "--sql",
      description =
          "Also print every statement that the rollout would send, in its order, with its lock;"
              + " what is sent again and again stands there once. Object ids are those of the copy"
              + " on which they were tried.")
  private boolean sql;

  @Option(
      names = "--repair",
      description =
          "Also print, as a script for psql, what would make the target canonical without a"
              + " rollout, in an order that works; and what no statement does, with the reason.")
  private boolean repair;

  @Override
  public Integer call() {
    var config = root.config();
    String name = root.target(config, target.named());
    var principal = root.principal(config);
    Bundle given = RunbookReader.read(folder.toAbsolutePath().normalize());
    Programs.require(given.runbook(), config.commands().allowed());
    Bundle bundle = LongForms.of(config, given, config.target(name), "plan");
    Plan plan = Plan.of(bundle.runbook(), config.heartbeatTimeout());
    var evidence = new PlanEvidence();
    String rollout = SessionTag.ofCommand("plan", Phase.PREFLIGHT).rollout();
    var input =
        new PhaseInput(rollout, name, bundle.digest(), principal.name(), Phase.PREFLIGHT, 1);
    var planned = new ArrayList<PlannedStep>();
    var repairs = new ArrayList<Repair>();
    try (var progress = Foreground.start(root.console())) {
      var context = new PhaseContext(input, bundle, config.target(name), evidence, progress);
      Facts.Preflight facts =
          new Preflight(
                  config.staging(),
                  config.pgBin(),
                  config.commands(),
                  planned::addAll,
                  repairs::add)
              .run(context);
      Grading grading = Grading.of(bundle, evidence.findings(), facts.clients());
      Ceremony ceremony = config.ceremony().of(grading.grade(), grading.why(), bundle.runbook());
      var view =
          PlanView.of(
              bundle,
              name,
              plan.under(ceremony),
              evidence,
              Optional.of(Ceremonies.with(facts, ceremony)),
              asked(planned),
              script(repairs));
      root.answer(view, () -> view.text(Paint.of(root.console())));
      config.ceremony().requireRehearsal(grading.grade(), bundle.runbook());
      return view.differences() > 0 ? ErrorCode.Exit.DIFFERENCES : ErrorCode.Exit.DONE;
    } catch (RubiconException e) {
      // A user whom policy stops needs to see why.
      if (e.code().exit() == ErrorCode.Exit.POLICY && evidence.complete()) {
        var view =
            PlanView.of(
                bundle, name, plan, evidence, Optional.empty(), asked(planned), script(repairs));
        root.answer(view, () -> view.text(Paint.of(root.console())));
      }
      throw e;
    }
  }

  /** Empty where they were not requested. */
  private Optional<List<PlannedStep>> asked(List<PlannedStep> planned) {
    return sql ? Optional.of(planned) : Optional.empty();
  }

  private Optional<RepairScript> script(List<Repair> repairs) {
    return repair ? repairs.stream().findFirst().map(RepairScript::of) : Optional.empty();
  }
}
