package dev.rubicon.config;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.grade.Grade;
import dev.rubicon.runbook.CloneSource;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Runbook.Gate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What each grade of change needs at least, from {@code rubicon.yaml} of the worker that carries it
 * out. A runbook asks for more and never gets less; a caller has no say in it.
 */
public record CeremonyPolicy(Map<Grade, Demands> demands) {
  /** What needs nobody's attention needs one confirmation; the rest needs a second person. */
  public static final CeremonyPolicy DEFAULT =
      new CeremonyPolicy(
          Map.of(
              Grade.UNNOTICED, new Demands(List.of(Gate.EXPAND), false, Duration.ZERO, false),
              Grade.REVERSIBLE,
                  new Demands(List.of(Gate.EXPAND, Gate.CUTOVER), true, Duration.ZERO, true),
              Grade.IRREVERSIBLE, new Demands(List.of(Gate.values()), true, Duration.ZERO, true)));

  public CeremonyPolicy {
    demands = Map.copyOf(demands);
  }

  /**
   * @param gates at which a human is asked
   * @param rehearsal whether {@code clone: {none: …}} is refused
   * @param watch for how long at least
   * @param secondPerson whether it must be somebody else than the requester
   */
  public record Demands(List<Gate> gates, boolean rehearsal, Duration watch, boolean secondPerson) {
    public Demands {
      gates = List.copyOf(gates);
    }
  }

  /** What a rollout of that grade needs. */
  public Ceremony of(Grade grade, List<String> why, Runbook runbook) {
    Demands least = demands.get(grade);
    Runbook.Approvals approvals = runbook.approvals();
    boolean quiet = grade == Grade.UNNOTICED;
    var gates = EnumSet.noneOf(Gate.class);
    gates.addAll(least.gates());
    approvals.asked().ifPresentOrElse(gates::addAll, () -> gates.addAll(quiet ? gates : all()));
    Duration asked = quiet && !runbook.watch().asked() ? Duration.ZERO : runbook.watch().duration();
    return new Ceremony(
        grade,
        why,
        gates.stream().map(gate -> gate.name().toLowerCase(Locale.ROOT)).toList(),
        !least.secondPerson() && approvals.self().orElse(quiet),
        asked.compareTo(least.watch()) < 0 ? least.watch() : asked);
  }

  private static List<Gate> all() {
    return List.of(Gate.values());
  }

  /** Contract takes the way back away, whatever went before. */
  public Ceremony ofContract(Runbook runbook) {
    return of(Grade.IRREVERSIBLE, List.of("contract takes the way back away"), runbook);
  }

  /** Of what nobody has graded. */
  public Ceremony strictest(Runbook runbook) {
    return of(Grade.IRREVERSIBLE, List.of("it was not graded"), runbook);
  }

  /**
   * @throws RubiconException POLICY_DEMANDS where the runbook leaves a rehearsal out that the grade
   *     needs
   */
  public void requireRehearsal(Grade grade, Runbook runbook) {
    if (demands.get(grade).rehearsal() && runbook.cloneSource() instanceof CloneSource.None none) {
      throw new RubiconException(
          ErrorCode.POLICY_DEMANDS,
          "the change is "
              + grade.words()
              + ", and the policy demands that it is rehearsed; the runbook has clone: {none: "
              + none.reason()
              + "}",
          "leave 'clone' out of the runbook; or say ceremony: {"
              + grade.name().toLowerCase(Locale.ROOT)
              + ": {rehearsal: false}} in rubicon.yaml");
    }
  }
}
