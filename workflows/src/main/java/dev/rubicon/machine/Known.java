package dev.rubicon.machine;

import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Plan;
import java.util.Optional;

/**
 * What an execution has learned.
 *
 * @param plan absent until it is opened
 * @param dossier absent until it is bound, and in a relaunch behind the crossing
 * @param fingerprint of the target's schemas, as last seen
 * @param rehearsed what the crossing changed on the clone; production must change the same
 */
public record Known(
    Optional<Plan> plan,
    Optional<Facts.Dossier> dossier,
    Optional<String> fingerprint,
    Optional<String> rehearsed) {

  static final Known NOTHING =
      new Known(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  Known plan(Plan opened) {
    return new Known(Optional.of(opened), dossier, fingerprint, rehearsed);
  }

  Known bound(Facts.Dossier bound, Facts.Rehearsal rehearsal) {
    return new Known(
        plan,
        Optional.of(bound),
        fingerprint,
        Optional.of(rehearsal.change()).filter(change -> !change.isEmpty()));
  }

  Known saw(String now) {
    return new Known(plan, dossier, Optional.of(now), rehearsed);
  }
}
