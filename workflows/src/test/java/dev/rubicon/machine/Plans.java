package dev.rubicon.machine;

import dev.rubicon.machine.state.Plan;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.ManualItem;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Plans of every kind that makes a difference to the machine, by bits. */
public final class Plans {
  public static final int KINDS = 1 << 11;

  private Plans() {}

  public static Plan of(int bits) {
    var phases = EnumSet.range(Phase.PREFLIGHT, Phase.WATCH);
    var gates = new ArrayList<Runbook.Gate>();
    if (bit(bits, 0)) {
      gates.add(Runbook.Gate.EXPAND);
    }
    if (bit(bits, 1)) {
      gates.add(Runbook.Gate.CUTOVER);
    }
    if (bit(bits, 10)) {
      gates.add(Runbook.Gate.CONTRACT);
    }
    if (bit(bits, 2)) {
      phases.remove(Phase.CLONE);
      phases.remove(Phase.REHEARSE);
    }
    if (bit(bits, 3)) {
      phases.remove(Phase.DUAL_WRITE);
      phases.remove(Phase.BACKFILL);
    }
    if (bit(bits, 4)) {
      phases.remove(Phase.WATCH);
    }
    if (bit(bits, 9)) {
      phases.remove(Phase.SMOKE);
    }
    Optional<Runbook.Window> window =
        bit(bits, 5)
            ? Optional.of(
                new Runbook.Window(
                    List.of(), LocalTime.of(2, 0), LocalTime.of(2, 30), ZoneOffset.UTC))
            : Optional.empty();
    List<ManualItem> manual =
        bit(bits, 6)
            ? List.of(
                new ManualItem("told", "People told", "ops", Phase.EXPAND),
                new ManualItem("ready", "People ready", "ops", Phase.CUTOVER),
                new ManualItem("looking", "People look", "ops", Phase.WATCH))
            : List.of();
    return new Plan(
        "small",
        "title",
        List.copyOf(phases),
        gates,
        bit(bits, 7),
        manual,
        window,
        bit(bits, 8) ? Runbook.OnSmokeFailure.ROLLBACK : Runbook.OnSmokeFailure.HOLD,
        Duration.ofHours(1),
        Duration.ofSeconds(2),
        List.of());
  }

  private static boolean bit(int bits, int which) {
    return (bits >> which & 1) == 1;
  }
}
