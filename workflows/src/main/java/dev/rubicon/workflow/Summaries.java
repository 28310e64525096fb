package dev.rubicon.workflow;

import dev.rubicon.machine.state.Event;

/** What a phase came to, in one line. */
final class Summaries {
  private Summaries() {}

  static String of(Event.Outcome outcome) {
    return switch (outcome) {
      case Event.Failed(_, var failure) -> failure.code();
      case Event.Preflighted(var f) -> f.line();
      case Event.BackedUp(var f) -> f.line();
      case Event.Cloned(var f) -> f.line();
      case Event.Rehearsed(var f) -> f.line();
      case Event.Expanded(var f) -> f.line();
      case Event.DualWritten(var f) -> f.line();
      case Event.Filled(var f) -> f.line();
      case Event.Verified(var f) -> f.line();
      case Event.Crossed(var f) -> f.line();
      case Event.Smoked(var f) -> f.line();
      case Event.Watched(var f, _) -> f.line();
      case Event.WentBack(var f) -> f.line();
      case Event.Removed(var f) -> f.line();
      case Event.Contracted(var f) -> f.line();
      // Steps that are no phase have no line.
      case Event.Stopped _,
          Event.Opened _,
          Event.Bound _,
          Event.GateOpened _,
          Event.TargetChecked _,
          Event.SideFound _,
          Event.FingerprintFound _,
          Event.Deployed _,
          Event.SwitchedBack _,
          Event.ContractOpened _,
          Event.Recorded _,
          Event.Closed _,
          Event.Reported _ ->
          "";
    };
  }
}
