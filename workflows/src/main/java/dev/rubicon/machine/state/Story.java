package dev.rubicon.machine.state;

import dev.rubicon.message.RolloutRequest;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.runbook.ManualItem;
import dev.rubicon.runbook.Runbook;
import java.time.Instant;
import java.util.List;

/** One execution at one moment: the whole of what the machine decides on. Immutable. */
public record Story(
    RolloutRequest request, Kind kind, State state, Course course, Known known, Controls controls) {

  /** Which execution it is. */
  public enum Kind {
    ROLLOUT,
    CONTRACT
  }

  /** A rollout that was just launched. */
  public static Story rollout(RolloutRequest request) {
    return new Story(
        request,
        Kind.ROLLOUT,
        new State.Opening(),
        Course.from(Side.UNTOUCHED),
        Known.NOTHING,
        Controls.NONE);
  }

  /** A contract that was just launched, behind a completed rollout. */
  public static Story contract(RolloutRequest request) {
    return new Story(
        request,
        Kind.CONTRACT,
        new State.OpeningContract(),
        Course.from(Side.CANONICAL),
        Known.NOTHING,
        Controls.NONE);
  }

  /** The same story as it will stand when it has ended so. */
  public Story ended(End end) {
    return to(new State.Ended(end, java.util.Optional.empty()));
  }

  public Story to(State next) {
    return new Story(request, kind, next, course, known, controls);
  }

  public Story with(Course now) {
    return new Story(request, kind, state, now, known, controls);
  }

  public Story with(Known now) {
    return new Story(request, kind, state, course, now, controls);
  }

  /** What the rollout has reached on the target, as an activity reported. */
  public Story on(TargetProgress now) {
    return with(known.on(now));
  }

  public Story with(Controls now) {
    return new Story(request, kind, state, course, known, now);
  }

  /** The plan, in states that have one. */
  public Plan plan() {
    return known.plan().orElseThrow(() -> new IllegalStateException("nothing is opened yet"));
  }

  public boolean has(Phase phase) {
    return plan().phases().contains(phase);
  }

  public boolean asksAt(Runbook.Gate gate) {
    return plan().gates().contains(gate);
  }

  /** Manual items that block a phase and are not signed off. */
  public List<String> missing(Phase phase) {
    return known.plan().map(Plan::manual).orElse(List.of()).stream()
        .filter(item -> item.blocks() == phase && !controls.signedOff().contains(item.id()))
        .map(ManualItem::id)
        .toList();
  }

  /** When a watch that began then ends. */
  public Instant watchEnds(Instant started) {
    return started.plus(plan().watch()).plus(controls.extension());
  }
}
