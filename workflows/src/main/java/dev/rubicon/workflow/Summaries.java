package dev.rubicon.workflow;

import dev.rubicon.machine.Event;

/** What a phase came to, in one line. */
final class Summaries {
  private Summaries() {}

  static String of(Event.Outcome outcome) {
    return switch (outcome) {
      case Event.Failed(_, var failure) -> failure.code();
      case Event.Preflighted(var f) -> "findings " + f.findings();
      case Event.BackedUp(var f) -> f.bytes() + " bytes, " + f.rows().size() + " relations";
      case Event.Cloned(var f) -> f.relations() + " relations equal to the backup's snapshot";
      case Event.Rehearsed(var f) -> f.checks().size() + " checks passed";
      case Event.Expanded(var f) -> "migrations " + f.migrations() + ", indexes " + f.indexes();
      case Event.DualWritten(var f) -> f.triggers() + " triggers on " + f.relations();
      case Event.Filled(var f) -> "rows " + f.rows();
      case Event.Verified(var f) -> f.mismatches() + " mismatches in " + f.rows();
      case Event.Crossed(var f) -> "stamps " + f.stamps();
      case Event.Smoked(var f) -> f.passed().size() + " passed, failed " + f.failed();
      case Event.Watched(var f, _) -> f.alerts().isEmpty() ? "no alert" : "alerts " + f.alerts();
      case Event.WentBack(var f) -> "stamps " + f.stamps();
      case Event.Removed(var f) -> "fingerprint " + f.fingerprint();
      case Event.Contracted(var f) -> String.join(", ", f.actions());
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
