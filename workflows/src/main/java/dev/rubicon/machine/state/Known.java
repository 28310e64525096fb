package dev.rubicon.machine.state;

import dev.rubicon.grade.Ceremony;
import dev.rubicon.message.Identity;
import dev.rubicon.rollout.ExpectedTarget;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.rollout.TargetProgress;
import java.util.List;
import java.util.Optional;

/**
 * What an execution has learned.
 *
 * @param plan absent until it is opened
 * @param dossier absent until it is bound, and in a relaunch behind the crossing
 * @param fingerprint of the target's schemas, as last seen
 * @param rehearsed what the crossing changed on the clone; production must change the same
 * @param identity of the target, as it was seen first
 * @param progress what stands on the target at least
 * @param clients what clients will notice, as preflight found it; the gates say it
 * @param requester what the proof of the launch came to
 */
public record Known(
    Optional<Plan> plan,
    Optional<Facts.Dossier> dossier,
    Optional<String> fingerprint,
    Optional<String> rehearsed,
    Optional<TargetIdentity> identity,
    TargetProgress progress,
    List<String> clients,
    Identity requester) {

  static final Known NOTHING =
      new Known(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          TargetProgress.NOTHING,
          List.of(),
          Identity.UNKNOWN);

  public Known opened(Plan found, Optional<TargetIdentity> seen, Identity by) {
    return new Known(
        Optional.of(found), dossier, fingerprint, rehearsed, seen, progress, clients, by);
  }

  public Known bound(Facts.Dossier bound, Facts.Rehearsal rehearsal) {
    return new Known(
        plan,
        Optional.of(bound),
        fingerprint,
        Optional.of(rehearsal.change()).filter(change -> !change.isEmpty()),
        identity,
        progress,
        clients,
        requester);
  }

  public Known saw(String now) {
    return new Known(
        plan, dossier, Optional.of(now), rehearsed, identity, progress, clients, requester);
  }

  public Known preflighted(Facts.Preflight facts) {
    return saw(facts.fingerprint()).noticed(facts.clients()).under(facts.ceremony());
  }

  /** A history of before has none: its plan stays as it was opened. */
  private Known under(Optional<Ceremony> ceremony) {
    return new Known(
        plan.map(opened -> ceremony.map(opened::under).orElse(opened)),
        dossier,
        fingerprint,
        rehearsed,
        identity,
        progress,
        clients,
        requester);
  }

  public Known noticed(List<String> now) {
    return new Known(plan, dossier, fingerprint, rehearsed, identity, progress, now, requester);
  }

  public Known on(TargetProgress now) {
    return new Known(plan, dossier, fingerprint, rehearsed, identity, now, clients, requester);
  }

  /** What an activity must find on the target. */
  public ExpectedTarget expectedTarget() {
    return new ExpectedTarget(identity, progress);
  }
}
