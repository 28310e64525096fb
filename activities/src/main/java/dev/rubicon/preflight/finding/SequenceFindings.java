package dev.rubicon.preflight.finding;

import dev.rubicon.finding.Finding;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.sequence.SequenceRepair;
import dev.rubicon.sequence.SequenceState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sequences that collide, that run out, and those of which nobody can say so quickly. They hold no
 * measured value: what is bound by an approval stays the same while clients draw numbers. Positions
 * are evidence.
 */
public final class SequenceFindings {
  private SequenceFindings() {}

  /** What there is to say of them; what the runbook fixes is marked so. */
  public static Stream<Finding> of(Runbook runbook, List<SequenceState> sequences) {
    boolean fix = SequenceRepair.wanted(runbook);
    return sequences.stream()
        .flatMap(
            sequence ->
                Stream.of(
                        Optional.of(sequence)
                            .filter(SequenceState::behind)
                            .map(behind -> behind(behind, fix)),
                        Optional.of(sequence)
                            .filter(behind -> fix && behind.free().isPresent() && !behind.ours())
                            .map(SequenceFindings::notOurs),
                        Optional.of(sequence)
                            .filter(SequenceState::runsOut)
                            .map(SequenceFindings::runsOut),
                        Optional.of(sequence)
                            .filter(unknown -> !unknown.unanswered().isEmpty())
                            .map(SequenceFindings::unasked))
                    .flatMap(Optional::stream));
  }

  private static Finding behind(SequenceState state, boolean fix) {
    boolean set = fix && state.free().isPresent() && state.ours();
    String name = state.sequence();
    return new Finding(
        "value-drift:sequence:" + name,
        Finding.Kind.VALUE_DRIFT,
        "sequence " + name + " will hand out values that " + state.columns() + " holds",
        Optional.empty(),
        Optional.empty(),
        state.setting(),
        set ? Finding.Disposition.FIXED_BY_ROLLOUT : Finding.Disposition.OPEN,
        set
            ? "expand sets it behind what "
                + state.columns()
                + " holds, and the crossing looks"
                + " again (fix: sequences)"
            : state.free().isPresent()
                ? ""
                : state.cycles()
                    ? "it cycles: which numbers are free again only its owner knows"
                    : "no number of its range is free behind those in use");
  }

  private static Finding notOurs(SequenceState state) {
    return MeasuredFindings.hazard(
        "sequence:" + state.sequence(),
        state.sequence()
            + " belongs to another role, so that fix: sequences cannot set it: grant that role, or"
            + " set it by hand");
  }

  private static Finding runsOut(SequenceState state) {
    boolean type = state.limit().startsWith("type ");
    return new Finding(
        "note:sequence-range:" + state.sequence(),
        Finding.Kind.NOTE,
        "sequence "
            + state.sequence()
            + " has used more than three quarters of its range, which "
            + state.limit()
            + " ends: "
            + (type
                ? "give the column a wider type by a transition, before inserts fail"
                : "widen it before inserts fail"),
        Optional.empty(),
        Optional.empty(),
        type
            ? Optional.empty()
            : Optional.of(
                "ALTER SEQUENCE "
                    + state.quoted()
                    + (state.ascending() ? " NO MAXVALUE;" : " NO MINVALUE;")),
        Finding.Disposition.OPEN,
        "");
  }

  private static Finding unasked(SequenceState state) {
    return MeasuredFindings.note(
        "sequence-unasked:" + state.sequence(),
        "whether sequence "
            + state.sequence()
            + " is behind was not asked: "
            + String.join("; ", state.unanswered())
            + "; ask it when there is time: SELECT "
            + (state.ascending() ? "max" : "min")
            + "(column), and set the sequence by hand");
  }
}
