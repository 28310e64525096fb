package dev.rubicon.cli.plan;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.Programs;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.LaunchChecks;
import dev.rubicon.client.LongForms;
import dev.rubicon.client.Rollouts;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.phase.RehearsalAlone;
import dev.rubicon.rehearse.Rehearsal;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon rehearse}. */
@Command(
    name = "rehearse",
    description = {
      "The rehearsal alone, in this process: every phase on a clone of the target.",
      "Preflight, a backup, a clone of it on staging, and on that the rest of the rollout: expand,",
      "dual-write, backfill, verify, cutover, rollback, cutover, checks. Says how long each step"
          + " took and what it locked.",
      "Only reads the target. Afterwards backup and clone are removed; the ledger knows nothing of",
      "it, and a launch rehearses again. Calls the runbook's rehearse.deploy, as a launch does.",
      "Refused while a rollout of the target runs. Needs no worker. Exits 0 when it passed."
    })
public final class RehearseCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = "--runbook",
      required = true,
      paramLabel = "DIR",
      description = "Folder with runbook.yaml.")
  private Path folder;

  /**
   * What it found.
   *
   * @param change fingerprint of the change that production would have to reach
   * @param predicted seconds per step
   * @param checks that passed
   * @param steps each with its seconds and facts
   * @param findings of preflight, by kind and object
   */
  record Result(
      String runbook,
      String digest,
      String target,
      boolean rehearsed,
      String change,
      Map<String, Double> predicted,
      List<String> checks,
      Optional<String> contract,
      List<Map<String, Object>> steps,
      List<CloneLocks.Lock> locks,
      List<String> findings) {}

  @Override
  public Integer call() {
    var config = root.config();
    String name = root.target(config, target.named());
    String principal = root.principal(config).name();
    Bundle given = RunbookReader.read(folder.toAbsolutePath().normalize());
    Programs.require(given.runbook(), config.commands().allowed());
    Bundle bundle = LongForms.of(config, given, config.target(name), "rehearse");
    var evidence = new PlanEvidence();
    try (var rollouts = Rollouts.open(config);
        var store = ObjectStore.open(config.objectStore())) {
      rollouts.requireNoneRunning(name);
      new LaunchChecks(config, bundle.runbook()).require(name, rollouts.ledger(), store);
      String id = "rehearse-" + UUID.randomUUID().toString().substring(0, 8);
      var input = new PhaseInput(id, name, bundle.digest(), principal, Phase.PREFLIGHT, 1);
      try (var progress = Foreground.start(root.console())) {
        var context = new PhaseContext(input, bundle, config.target(name), evidence, progress);
        Facts.Rehearsal facts =
            new RehearsalAlone(config, store)
                .run(context, () -> evidence.find(EvidenceNames.CANONICAL));
        Result result = result(bundle, name, facts, evidence);
        root.answer(result, () -> text(result));
        return ErrorCode.Exit.DONE;
      } catch (RubiconException e) {
        // With the failure, the user sees how far it came.
        evidence
            .rows(evidence.find(Rehearsal.STEPS))
            .forEach(s -> root.console().progress(step(s)));
        throw e;
      }
    }
  }

  private static Result result(
      Bundle bundle, String target, Facts.Rehearsal facts, PlanEvidence evidence) {
    return new Result(
        bundle.runbook().name(),
        bundle.digest(),
        target,
        facts.rehearsed(),
        facts.change(),
        facts.predicted(),
        facts.checks(),
        facts.contract(),
        evidence.rows(evidence.find(Rehearsal.STEPS)),
        CloneLocks.of(evidence),
        evidence.findings().stream().map(finding -> finding.id()).toList());
  }

  private String text(Result result) {
    var paint = Paint.of(root.console());
    var text = new StringBuilder();
    text.append(paint.strong(result.runbook() + " on a clone of " + result.target()))
        .append("\n\n");
    result.steps().forEach(step -> text.append(step(step)).append('\n'));
    for (CloneLocks.Lock lock : result.locks()) {
      text.append("lock of %s: %.0f ms\n".formatted(lock.step(), lock.milliseconds()));
    }
    text.append("checks passed: ")
        .append(result.checks().isEmpty() ? "there are none" : String.join(", ", result.checks()))
        .append('\n');
    result
        .contract()
        .ifPresent(
            why ->
                text.append("contract could not end as things stand: ").append(why).append('\n'));
    text.append(paint.good("rehearsed"))
        .append("; the target was only read\nnext: rubicon launch --target ")
        .append(result.target())
        .append(" --runbook DIR");
    return text.toString();
  }

  private static String step(Map<String, Object> step) {
    return "%-12s %8.1f s"
        .formatted(step.get("name"), ((Number) step.get("seconds")).doubleValue());
  }
}
