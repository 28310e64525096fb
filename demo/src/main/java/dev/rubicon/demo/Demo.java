package dev.rubicon.demo;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.up.TemporalChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The story: a legacy database under live traffic, a whole rollout, a worker killed on the way, a
 * rollback and a second crossing, and the proof, from the clients' journal, that no write was lost.
 */
public final class Demo implements AutoCloseable {
  private static final String TARGET = DemoSite.TARGET;
  private static final int ENOUGH_WRITES = 1000;
  private static final Duration LONG = Duration.ofMinutes(20);

  /**
   * @param rows of the main table; empty: as many as is usual for the runbook
   * @param interactive whether a person approves
   * @param keep whether legacy stays: no contract
   */
  public record Options(
      OptionalInt rows,
      String runbook,
      boolean interactive,
      boolean keep,
      TemporalChoice temporal,
      Path stateDir) {}

  private final Options options;
  private final Narrator narrator;
  private final Path source;
  private final Fixture fixture;
  private final int rows;
  private final DemoSite site;
  private Rollouts rollouts;
  private WorkerSupervisor steward;
  private Principal operator;
  private int kills;

  public Demo(Options options, Principal operator, Consumer<String> progress) {
    this.options = options;
    this.operator = operator;
    this.narrator = new Narrator(progress);
    this.source = DemoRunbook.source(options.runbook());
    this.fixture = Fixture.of(options.runbook(), source);
    this.rows = options.rows().orElse(fixture.usualRows());
    this.site = new DemoSite(options.stateDir(), fixture, narrator);
  }

  /** Runs it to its end; what it started lives until {@link #close}. */
  public DemoResult run() {
    try {
      return story();
    } catch (RuntimeException e) {
      site.keepHistory();
      throw e;
    }
  }

  private DemoResult story() {
    ClientTools.ofThisMachine().ensure(narrator::tell);
    site.open(options.temporal(), rows);
    rollouts = site.rollouts();
    steward =
        new WorkerSupervisor(
            rollouts,
            TARGET,
            narrator,
            site.approver(),
            options.interactive() ? site.byHand() : "");
    return fixture.hasLegacy() ? crossing() : beginning();
  }

  /** Nothing is there before: it comes, clients use it, and a second launch has nothing to do. */
  private DemoResult beginning() {
    launch();
    steward.until("the watch", LONG, s -> running(s, Phase.WATCH));
    fixture.startClients();
    narrator.tell("clients write since the tables are there");
    Instant start = Instant.now();
    site.killWorker("watch");
    kills++;
    site.startWorker();
    RolloutStatus done =
        steward.until("completion", LONG, s -> s.state() == RolloutStatus.State.COMPLETED);
    awaitWritesSince(start);
    nothingToDo();
    var facts = new DemoFacts(rollouts, done);
    Fixture.Findings findings = fixture.prove();
    tell("after the rollout", findings);
    long stall = fixture.maxStallMillis(start, Instant.MAX);
    if (!options.keep()) {
      findings = findings.plus(contract(facts));
      nothingToDo();
    }
    // Nobody can write before the tables are there.
    String trouble = trouble(findings, ENOUGH_WRITES, findings.acknowledged(), true);
    return result(facts, findings, trouble, stall, Optional.empty(), true);
  }

  /** What launching the same runbook again finds. */
  private void nothingToDo() {
    String since =
        rollouts
            .nothingToDo(RunbookReader.read(site.path("runbook")), TARGET)
            .map(LedgerRollout::id)
            .orElseThrow(
                () ->
                    DemoFailure.because(
                        "a second launch would find something to do", "rubicon plan"));
    narrator.tell("launched again: nothing to do since " + since);
  }

  private DemoResult crossing() {
    fixture.startClients();
    narrator.tell("clients of the old and of the new version write from now on");
    String rollout = launch();
    boolean killed = killDuringBackfill(rollout);

    Instant start = Instant.MIN;
    RolloutStatus watching = steward.until("the watch", LONG, s -> running(s, Phase.WATCH));
    Span cutover = Span.last(watching, Phase.CUTOVER);
    awaitWritesSince(cutover.to());
    rollouts.rollback(TARGET, operator, "demo: to show the way back");
    narrator.tell("%-12s ordered by %s".formatted("rollback", operator.name()));
    RolloutStatus back = steward.until("the way back", LONG, s -> ended(s, Phase.ROLLBACK));
    Span rollback = Span.last(back, Phase.ROLLBACK);
    Fixture.Findings wayBack = fixture.proveInBetween();
    tell("right after the rollback", wayBack);
    RolloutStatus done =
        steward.until("completion", LONG, s -> s.state() == RolloutStatus.State.COMPLETED);

    var facts = new DemoFacts(rollouts, done);
    Span again = Span.last(done, Phase.CUTOVER);
    long stall =
        Math.max(
            fixture.maxStallMillis(cutover.from(), cutover.to()),
            fixture.maxStallMillis(again.from(), again.to()));
    long stallBack = fixture.maxStallMillis(rollback.from(), rollback.to());
    long before = fixture.acknowledged(start, cutover.to());
    long after = fixture.acknowledged(cutover.to(), Instant.MAX);
    Fixture.Findings findings = fixture.prove();
    tell("both sides", findings);
    if (!options.keep()) {
      findings = findings.plus(contract(facts));
    }
    String trouble = trouble(wayBack.holds() ? findings : wayBack, before, after, killed);
    return result(
        facts,
        findings,
        trouble,
        stall,
        Optional.of(new DemoResult.Rollback(stallBack, wayBack.lost())),
        killed);
  }

  private DemoResult result(
      DemoFacts facts,
      Fixture.Findings findings,
      String trouble,
      long stall,
      Optional<DemoResult.Rollback> rollback,
      boolean resumed) {
    Path report = facts.report(site.path("report.html"));
    narrator.tell(trouble.isEmpty() ? "report: " + report : "FAILED: " + trouble);
    return new DemoResult(
        trouble.isEmpty() ? "completed" : "failed",
        options.runbook(),
        rows,
        facts.phases(),
        new DemoResult.Writes(
            findings.acknowledged(),
            findings.lost(),
            findings.duplicated(),
            findings.failed(),
            findings.refusals()),
        new DemoResult.Cutover(stall, facts.cutoverAttempts()),
        rollback.orElse(null),
        new DemoResult.History(facts.historyEvents()),
        new DemoResult.Worker(kills, resumed),
        report.toString(),
        Math.round(narrator.seconds() * 10) / 10.0,
        trouble.isEmpty() ? null : trouble);
  }

  private String launch() {
    Path folder = DemoRunbook.copy(source, site.path("runbook"), "12s", "3s", "3s");
    narrator.tell(
        "runbook: a copy of "
            + options.runbook()
            + " whose watch lasts 12 s instead of 24 h, and whose quiet period 3 s instead of 7 d");
    Bundle bundle = RunbookReader.read(folder);
    try (ObjectStore store = ObjectStore.open(site.config().objectStore())) {
      new BundleStore(store).put(bundle);
    }
    var launch = rollouts.launch(bundle, TARGET, operator);
    narrator.tell(
        "launched     %s by %s%s"
            .formatted(
                launch.rollout(), operator.name(), launch.ui().map(u -> ", " + u).orElse("")));
    return launch.rollout();
  }

  /** Limits the backfill, so that its middle can be hit, kills, lifts the limit, starts anew. */
  private boolean killDuringBackfill(String rollout) {
    steward.until("the start of the rollout", LONG, s -> ended(s, Phase.PREFLIGHT));
    long limit = fixture.slowRate(rows);
    rollouts.throttle(TARGET, limit, operator, "demo: the kill is to land in the middle");
    steward.until(
        "the middle of the backfill",
        LONG,
        s -> {
          double done = DemoFacts.backfilled(rollouts, rollout);
          return ended(s, Phase.BACKFILL) || done >= 0.2 && running(s, Phase.BACKFILL);
        });
    double at = DemoFacts.backfilled(rollouts, rollout);
    if (at < 0.2 || at > 0.8) {
      throw DemoFailure.because(
          "the kill would not land in the middle of the backfill", "use more rows: --rows 200000");
    }
    site.killWorker("backfill");
    kills++;
    double left = DemoFacts.backfilled(rollouts, rollout);
    narrator.tell("backfill stands at %.0f %%, its worker is gone".formatted(left * 100));
    site.startWorker();
    rollouts.throttle(TARGET, 0, operator, "demo: full speed again");
    steward.until("the end of the backfill", LONG, s -> ended(s, Phase.BACKFILL));
    narrator.tell("resumed: a new worker went on where the old one was killed");
    return left < 1;
  }

  private void awaitWritesSince(Instant crossing) {
    steward.until(
        ENOUGH_WRITES + " writes on the canonical side",
        LONG,
        s -> fixture.acknowledged(crossing, Instant.MAX) >= ENOUGH_WRITES);
  }

  private Fixture.Findings contract(DemoFacts facts) {
    fixture.startNewVersionClients();
    try (ObjectStore store = ObjectStore.open(site.config().objectStore())) {
      rollouts.contract(new BundleStore(store), TARGET, operator);
    }
    RolloutStatus contracted =
        steward.until(
            "the end of contract",
            LONG,
            s -> s.phase() == Phase.CONTRACT && s.state() == RolloutStatus.State.COMPLETED);
    facts.contracted(contracted);
    Fixture.Findings findings = fixture.prove();
    tell("after contract", findings);
    return findings;
  }

  private void tell(String when, Fixture.Findings found) {
    narrator.tell(
        "proof, %s: %d writes acknowledged, %d lost, %d twice, %d refused to the client%s"
            .formatted(
                when,
                found.acknowledged(),
                found.lost(),
                found.duplicated(),
                found.failed(),
                found.refusals().isEmpty() ? "" : " " + found.refusals()));
    found.problems().forEach(problem -> narrator.tell("  " + problem));
  }

  private String trouble(Fixture.Findings findings, long before, long after, boolean killed) {
    if (!findings.holds()) {
      return "writes were lost, doubled or changed: " + String.join("; ", findings.problems());
    }
    if (before < ENOUGH_WRITES || after < ENOUGH_WRITES) {
      return "too few writes to prove much: %d before the cutover, %d after"
          .formatted(before, after);
    }
    if (!killed) {
      return "the worker was not killed in the middle of the backfill";
    }
    return site.workerAlive() ? "" : "the second worker ended by itself";
  }

  private static boolean running(RolloutStatus status, Phase phase) {
    return !status.phases().isEmpty()
        && status.phases().getLast().phase() == phase
        && status.phases().getLast().outcome().equals("running");
  }

  private static boolean ended(RolloutStatus status, Phase phase) {
    return status.phases().stream()
        .anyMatch(run -> run.phase() == phase && run.ended().isPresent());
  }

  @Override
  public void close() {
    site.close();
  }
}
