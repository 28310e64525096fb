package dev.rubicon.client;

import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Optional;

/** Statuses made by hand. */
public record Statuses(
    State state,
    Optional<Runbook.Gate> gate,
    List<String> clients,
    List<String> signOffs,
    Optional<Failure> held,
    Optional<String> voided,
    List<Way> ways,
    List<RolloutStatus.PhaseRun> phases) {
  public static final String DIGEST = "4fc3ecec".repeat(8);

  public static Statuses of(State state, Way... ways) {
    return new Statuses(
        state,
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(ways),
        List.of());
  }

  public Statuses asking(Runbook.Gate asked, String... items) {
    return new Statuses(
        state, Optional.of(asked), clients, List.of(items), held, voided, ways, phases);
  }

  public Statuses noticed(String... what) {
    return new Statuses(state, gate, List.of(what), signOffs, held, voided, ways, phases);
  }

  public Statuses held(String code, String cause, String next) {
    var failure = Optional.of(new Failure(code, cause, next));
    return new Statuses(state, gate, clients, signOffs, failure, voided, ways, phases);
  }

  public Statuses voided(String why) {
    return new Statuses(state, gate, clients, signOffs, held, Optional.of(why), ways, phases);
  }

  public Statuses ran(RolloutStatus.PhaseRun... runs) {
    return new Statuses(state, gate, clients, signOffs, held, voided, ways, List.of(runs));
  }

  public RolloutStatus status() {
    return status("run-1");
  }

  public RolloutStatus status(String run) {
    return new RolloutStatus(
        "prod-1",
        run,
        "prod",
        "checks-canonical",
        "alice",
        Phase.EXPAND,
        state,
        1,
        gate.map(g -> DIGEST),
        gate,
        clients,
        signOffs,
        Optional.empty(),
        held,
        voided,
        false,
        0,
        ways,
        phases,
        RolloutStatus.Source.TEMPORAL);
  }
}
