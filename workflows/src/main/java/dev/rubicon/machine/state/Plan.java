package dev.rubicon.machine.state;

import dev.rubicon.grade.Ceremony;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Backup;
import dev.rubicon.runbook.CloneSource;
import dev.rubicon.runbook.ManualItem;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the workflow needs of a runbook: which phases run, where humans are asked, how long it
 * watches. Small and without SQL, because it stands in Temporal's history.
 *
 * @param phases of this rollout, in order, without contract, rollback and abort
 * @param window when the crossing may happen
 * @param cannotPromise what this rollout cannot promise because the runbook leaves phases out
 */
public record Plan(
    String runbook,
    String title,
    List<Phase> phases,
    List<Runbook.Gate> gates,
    boolean selfApproval,
    List<ManualItem> manual,
    Optional<Runbook.Window> window,
    Runbook.OnSmokeFailure onSmokeFailure,
    Duration watch,
    Duration heartbeatTimeout,
    List<String> cannotPromise) {

  /** Derives the plan; the same bundle always gives the same plan. */
  public static Plan of(Runbook runbook, Duration heartbeatTimeout) {
    var phases = EnumSet.range(Phase.PREFLIGHT, Phase.WATCH);
    var missing = new ArrayList<String>();
    if (runbook.backup() instanceof Backup.External external) {
      missing.add(
          "the backup is '" + external.reference() + "': Rubicon has not shown that it restores");
    }
    if (runbook.cloneSource() instanceof CloneSource.None none) {
      phases.remove(Phase.CLONE);
      phases.remove(Phase.REHEARSE);
      missing.add("nothing was rehearsed on a clone: " + none.reason());
    }
    if (runbook.transitions().isEmpty()) {
      phases.remove(Phase.DUAL_WRITE);
      phases.remove(Phase.BACKFILL);
    }
    if (runbook.smoke().isEmpty()) {
      phases.remove(Phase.SMOKE);
      missing.add("no smoke check runs right after the cutover");
    }
    if (runbook.watch().duration().isZero()) {
      phases.remove(Phase.WATCH);
      missing.add("nothing watches the target after the cutover");
    }
    return new Plan(
        runbook.name(),
        runbook.title(),
        List.copyOf(phases),
        runbook.approvals().gates(),
        runbook.approvals().selfApproval(),
        runbook.manual(),
        runbook.cutover().window(),
        runbook.cutover().onSmokeFailure(),
        runbook.watch().duration(),
        heartbeatTimeout,
        List.copyOf(missing));
  }

  /** The same with what policy and runbook demand of a change of that grade. */
  public Plan under(Ceremony ceremony) {
    var all = EnumSet.copyOf(phases);
    if (ceremony.watch().isZero()) {
      all.remove(Phase.WATCH);
    } else {
      all.add(Phase.WATCH);
    }
    return new Plan(
        runbook,
        title,
        List.copyOf(all),
        Stream.of(Runbook.Gate.values())
            .filter(gate -> ceremony.gates().contains(gate.name().toLowerCase(Locale.ROOT)))
            .toList(),
        ceremony.selfApproval(),
        manual,
        window,
        onSmokeFailure,
        ceremony.watch(),
        heartbeatTimeout,
        cannotPromise);
  }
}
