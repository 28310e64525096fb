package dev.rubicon.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.machine.state.Question;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.machine.state.Window;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.Found;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.ManualItem;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A story that is told move by move, as the workflow would tell it, and asserts after each move
 * what must always hold (docs/workflow.md). What counts, it keeps by itself: it does not believe
 * the machine's memory.
 */
final class RandomStory {
  static final RolloutRequest REQUEST =
      new RolloutRequest("r-1", "prod", "b".repeat(64), "small", "alice");
  private static final List<String> CODES =
      List.of(
          "TARGET_UNREACHABLE",
          "LEDGER_UNREACHABLE",
          "OBJECT_STORE_DENIED",
          "VERIFY_MISMATCH",
          "TRIGGERS_TOUCHED",
          "CUTOVER_BUDGET_SPENT",
          "ROLLBACK_WOULD_LOSE",
          "HOOK_FAILED",
          "TARGET_NOT_THE_SAME",
          "INTERNAL");

  private final Plan plan;
  private final FakeTarget target;
  private final List<String> told = new ArrayList<>();
  private final List<Moment> moments = new ArrayList<>();
  private final Set<Edge> edges = new HashSet<>();
  private Moment at;
  private Instant now = Instant.parse("2026-11-26T01:30:00Z");
  private int runs = 1;
  private Optional<State.Step> running = Optional.empty();
  private boolean blind;
  private int crossings;
  private int failovers;

  /** From one kind of state to another. */
  record Edge(String from, String to) {}

  /** What an approval of the crossing was given for. */
  private record Grant(String fingerprint, Optional<Window> window) {}

  /**
   * What a replay to this moment would find.
   *
   * @param grant the approval of the crossing that still counts
   * @param asked whether a human has to be asked before the next crossing
   * @param since what happened since a human last decided
   */
  private record Moment(
      Story story,
      String run,
      Optional<Grant> grant,
      boolean asked,
      boolean paused,
      Set<String> signedOff,
      boolean verified,
      int automaticReturns,
      Since since,
      int decisions) {
    Moment since(Since now) {
      return new Moment(
          story, run, grant, asked, paused, signedOff, verified, automaticReturns, now, decisions);
    }

    Moment verified(boolean is) {
      return new Moment(
          story, run, grant, asked, paused, signedOff, is, automaticReturns, since, decisions);
    }

    Moment in(String another) {
      return new Moment(
          story,
          another,
          grant,
          asked,
          paused,
          signedOff,
          false,
          automaticReturns,
          Since.NOTHING,
          decisions);
    }
  }

  private record Since(int steps, int crossings, int returns) {
    static final Since NOTHING = new Since(0, 0, 0);
  }

  /**
   * @param found what an earlier execution left on the target
   */
  RandomStory(Plan plan, Story.Kind kind, Found found) {
    this.plan = plan;
    this.target = new FakeTarget(found);
    Story story = kind == Story.Kind.ROLLOUT ? Story.rollout(REQUEST) : Story.contract(REQUEST);
    // The bundle decides the plan; the fake activity that opens it takes it from here.
    at =
        new Moment(
            story, "run-1", Optional.empty(), false, false, Set.of(), false, 0, Since.NOTHING, 0);
    moments.add(at);
  }

  List<String> told() {
    return told;
  }

  Set<Edge> edges() {
    return edges;
  }

  Story story() {
    return at.story();
  }

  /** Crossings that were committed. */
  int crossings() {
    return crossings;
  }

  FakeTarget target() {
    return target;
  }

  boolean ended() {
    return at.story().state() instanceof State.Ended;
  }

  void move(Move move) {
    if (ended()) {
      return;
    }
    switch (move) {
      case Move.Start _ -> start();
      case Move.Finish(int variant) -> finish(variant);
      case Move.Fail(int code, boolean done) -> fail(code, done);
      case Move.Say(var verb, var flaw) -> say(verb, flaw);
      case Move.Answer _ -> answer();
      case Move.Wait(int minutes) -> await(minutes);
      case Move.Cancel _ -> happened(new Event.CancelRequested());
      case Move.Reset(int back) -> reset(back);
      case Move.FailsOver(int lag) -> {
        target.failsOver(lag);
        failovers++;
        boolean lost = at.story().known().progress().lostBy(target.progress());
        at = at.verified(at.verified() && !lost);
        // What an abort has removed may be there again; the next launch finds it.
        blind |= target.installed() && at.story().known().progress().stage().isEmpty();
        told.add("the target fails over to " + target.progress());
      }
      case Move.TargetChanges _ -> {
        target.changes();
        at = at.verified(false);
        told.add("the target changes");
      }
    }
    rules();
    moments.add(at);
  }

  // What happens.

  private void start() {
    if (running.isEmpty() && Machine.todo(at.story(), now) instanceof Todo.Conclude(var event)) {
      happened(event);
    }
    if (running.isEmpty() && Machine.todo(at.story(), now) instanceof Todo.Perform(var step)) {
      running = Optional.of(step);
      told.add("starts " + name(step));
      Since since = at.since();
      at = at.since(new Since(since.steps() + 1, since.crossings(), since.returns()));
    }
  }

  private void finish(int variant) {
    start();
    if (running.isEmpty()) {
      return;
    }
    State.Step step = running.get();
    boolean told = Machine.interrupts(step, at.story());
    Event.Outcome outcome =
        told && variant % 2 == 0
            ? new Event.Stopped(step)
            : target.run(step, planned(), at.run(), variant, now, this::commits);
    running = Optional.empty();
    happened(outcome);
  }

  private void fail(int code, boolean done) {
    start();
    if (running.isEmpty()) {
      return;
    }
    State.Step step = running.get();
    if (done) {
      target.run(step, planned(), at.run(), 1, now, this::commits);
    }
    running = Optional.empty();
    // Whoever cannot ask whether anything is installed has nothing to hold a rollout for.
    blind |= step instanceof State.FindingInstalled || step instanceof State.Opening;
    happened(
        new Event.Failed(step, new Failure(CODES.get(code % CODES.size()), "so it is", "mend it")));
  }

  /** The fake activity that opens the execution knows the plan before the machine does. */
  private Story planned() {
    return at.story().known().plan().isPresent()
        ? at.story()
        : at.story()
            .with(at.story().known().opened(plan, at.story().known().identity(), Identity.UNKNOWN));
  }

  private void await(int minutes) {
    Instant then = now.plus(Duration.ofMinutes(minutes));
    told.add(minutes + " minutes pass");
    while (running.isEmpty()
        && Machine.todo(at.story(), now) instanceof Todo.Await(var until)
        && until.filter(u -> !u.isAfter(then)).isPresent()) {
      now = until.get().isAfter(now) ? until.get() : now;
      Story before = at.story();
      happened(new Event.TimePassed());
      if (before.equals(at.story())
          && Machine.todo(at.story(), now).equals(new Todo.Await(until))) {
        throw new AssertionError("time passed, and nothing came of it: " + told);
      }
    }
    now = then;
  }

  private void reset(int back) {
    Moment then = moments.get(moments.size() - 1 - back % moments.size());
    if (then.story().state() instanceof State.Ended) {
      return;
    }
    runs++;
    // What was decided since is offered again, under the run to which it was said.
    String before = at.run();
    at = then.in("run-" + runs);
    running = Optional.empty();
    // It was ending, as far as that run knew.
    blind |=
        at.story().state() instanceof State.Closing
            || at.story().state() instanceof State.Reporting;
    told.add("reset to " + name(at.story().state()));
    Story reset = at.story();
    for (Move.Verb verb : Move.Verb.values()) {
      Decision again = decision(verb, Move.Flaw.NONE, before);
      assertThat(DecisionPolicy.of(reset, again, at.run(), now))
          .as("%s, offered again after %s", verb, told)
          .isPresent();
    }
  }

  private void answer() {
    Set<Way> ways =
        Set.copyOf(StoryStatus.of(at.story(), at.run(), now, Phase.PREFLIGHT, List.of()).ways());
    if (ways.contains(Way.APPROVE)) {
      say(Move.Verb.APPROVE, Move.Flaw.NONE);
    } else if (ways.contains(Way.SIGN_OFF)) {
      say(Move.Verb.SIGN_OFF, Move.Flaw.NONE);
    } else if (ways.contains(Way.RESUME)) {
      say(Move.Verb.RESUME, Move.Flaw.NONE);
    } else if (running.isEmpty()
        && Machine.todo(at.story(), now) instanceof Todo.Await(var until)
        && until.isPresent()) {
      await((int) Duration.between(now, until.get()).toMinutes() + 1);
    }
  }

  private void say(Move.Verb verb, Move.Flaw flaw) {
    Decision decision = decision(verb, flaw, at.run());
    Optional<Failure> refusal = DecisionPolicy.of(at.story(), decision, at.run(), now);
    told.add(
        "bob: "
            + decision.action()
            + (flaw == Move.Flaw.NONE ? "" : " (" + flaw + ")")
            + refusal.map(f -> " refused: " + f.code()).orElse(""));
    boolean counts =
        switch (flaw) {
          case NONE -> true;
          case EXPIRED, OTHER_RUN -> false;
          case BY_REQUESTER -> verb != Move.Verb.APPROVE || plan.selfApproval();
          case WRONG_DIGEST -> verb != Move.Verb.APPROVE;
        };
    if (!counts) {
      assertThat(refusal).as("%s with %s, %s", verb, flaw, told).isPresent();
    }
    if (refusal.isPresent()) {
      return;
    }
    if (running.isEmpty() && at.story().known().progress().lostBy(target.progress())) {
      happened(new Event.TargetProgressSeen(target.progress()));
      return;
    }
    if (decision instanceof Decision.Approve && at.story().state() instanceof State.AtGate(var q)) {
      decided();
      if (!target.fingerprint().equals(q.fingerprint())) {
        happened(new Event.TargetMoved());
        return;
      }
    }
    carryOut(decision);
  }

  private void carryOut(Decision decision) {
    State before = at.story().state();
    decided();
    boolean yes =
        decision instanceof Decision.Approve(var gate, _, _) && gate == Runbook.Gate.CUTOVER;
    Optional<Grant> grant =
        yes && before instanceof State.AtGate(var question)
            ? Optional.of(
                new Grant(question.fingerprint(), plan.window().map(w -> Window.at(w, now))))
            : at.grant();
    boolean answered = yes || before instanceof State.AskedToCross;
    Set<String> items = new HashSet<>(at.signedOff());
    if (decision instanceof Decision.SignOff(var item, _)) {
      items.add(item);
    }
    boolean paused =
        switch (decision) {
          case Decision.Pause _ -> true;
          case Decision.Resume _ -> false;
          default -> at.paused();
        };
    at =
        new Moment(
            at.story(),
            at.run(),
            grant,
            at.asked() && !answered,
            paused,
            Set.copyOf(items),
            at.verified() && !(decision instanceof Decision.Pause),
            at.automaticReturns(),
            at.since(),
            at.decisions());
    happened(new Event.Decided(decision));
  }

  private void decided() {
    at =
        new Moment(
            at.story(),
            at.run(),
            at.grant(),
            at.asked(),
            at.paused(),
            at.signedOff(),
            at.verified(),
            at.automaticReturns(),
            Since.NOTHING,
            at.decisions() + 1);
  }

  private Decision decision(Move.Verb verb, Move.Flaw flaw, String run) {
    var by =
        new Decision.By(
            flaw == Move.Flaw.BY_REQUESTER ? "alice" : "bob",
            "because",
            flaw == Move.Flaw.OTHER_RUN ? "another run" : run,
            flaw == Move.Flaw.EXPIRED ? now : now.plusSeconds(60));
    Optional<Question> question =
        at.story().state() instanceof State.AtGate(var q) ? Optional.of(q) : Optional.empty();
    return switch (verb) {
      case APPROVE ->
          new Decision.Approve(
              question.map(Question::gate).orElse(Runbook.Gate.CUTOVER),
              flaw == Move.Flaw.WRONG_DIGEST
                  ? "0".repeat(64)
                  : question.map(q -> q.digest(run)).orElse("1".repeat(64)),
              by);
      case SIGN_OFF ->
          new Decision.SignOff(
              List.of("told", "ready", "looking").stream()
                  .filter(item -> !at.signedOff().contains(item))
                  .findFirst()
                  .orElse("told"),
              by);
      case PAUSE -> new Decision.Pause(by);
      case RESUME -> new Decision.Resume(by);
      case THROTTLE -> new Decision.Throttle(100, by);
      case ABORT -> new Decision.Abort(by);
      case ROLLBACK -> new Decision.Rollback(List.of(), by);
      case EXTEND -> new Decision.ExtendWatch(Duration.ofHours(1), by);
    };
  }

  private void happened(Event event) {
    Story before = at.story();
    Story after = Machine.on(before, event, now);
    if (!(event instanceof Event.Decided)) {
      told.add(event.getClass().getSimpleName() + said(event) + " -> " + name(after.state()));
    }
    if (!before.state().getClass().equals(after.state().getClass())) {
      edges.add(new Edge(name(before.state()), name(after.state())));
    }
    boolean returned = event instanceof Event.WentBack && before.state() instanceof State.GoingBack;
    boolean automatic =
        returned && before.state() instanceof State.GoingBack(_, var why) && why.isPresent();
    boolean voided = after.course().round() > before.course().round();
    boolean verified =
        event instanceof Event.Verified || at.verified() && !(event instanceof Event.Failed);
    Since since = at.since();
    at =
        new Moment(
            after,
            at.run(),
            voided ? Optional.empty() : at.grant(),
            at.asked() || voided && before.course().crossings() + before.course().round() > 0,
            at.paused(),
            at.signedOff(),
            verified && !returned && !(event instanceof Event.CancelRequested),
            at.automaticReturns() + (automatic ? 1 : 0),
            new Since(since.steps(), since.crossings(), since.returns() + (returned ? 1 : 0)),
            at.decisions());
  }

  // What must hold.

  /** Rule 1: what must hold at the moment of the crossing. */
  private void commits() {
    told.add("the crossing commits");
    crossings++;
    State state = at.story().state();
    assertThat(state)
        .as(text())
        .isInstanceOfAny(State.Crossing.class, State.StoppingCrossing.class);
    if (plan.gates().contains(Runbook.Gate.CUTOVER)) {
      assertThat(at.grant()).as("an approval that counts, %s", told).isPresent();
      assertThat(at.grant().get().fingerprint()).as(text()).isEqualTo(target.fingerprint());
      if (plan.window().isPresent()) {
        assertThat(at.grant().get().window())
            .as("the window of the approval, %s", told)
            .contains(Window.at(plan.window().get(), now));
      }
    } else if (at.since().returns() > 0 || at.asked() && at.since().crossings() > 0) {
      throw new AssertionError("a crossing that nobody asked for: " + told);
    }
    plan.window()
        .ifPresent(w -> assertThat(Window.at(w, now).from()).as(text()).isBeforeOrEqualTo(now));
    for (ManualItem item : plan.manual()) {
      if (item.blocks().compareTo(Phase.CUTOVER) <= 0) {
        assertThat(at.signedOff()).as(text()).contains(item.id());
      }
    }
    if (state instanceof State.Crossing) {
      assertThat(at.paused()).as("paused, %s", told).isFalse();
      assertThat(at.verified()).as("verified since the last change, %s", told).isTrue();
    }
    Since since = at.since();
    at = at.since(new Since(since.steps(), since.crossings() + 1, since.returns()));
  }

  private void rules() {
    Story story = at.story();
    // Rule 3: one automatic rollback, and no loop without a human.
    assertThat(at.automaticReturns()).as("automatic rollbacks, %s", told).isLessThanOrEqualTo(1);
    assertThat(at.since().crossings())
        .as("crossings per decision, %s", told)
        .isLessThanOrEqualTo(1);
    // Rule 4: held, not ended, while something is installed.
    if (story.state() instanceof State.Ended(End end, _) && story.kind() == Story.Kind.ROLLOUT) {
      if (end.state() == RolloutStatus.State.FAILED) {
        assertThat(target.installed() && !blind).as("FAILED while installed, %s", told).isFalse();
      }
    }
    // Rule 8: what an execution does by itself is bounded.
    assertThat(at.since().steps()).as("steps without a decision, %s", told).isLessThanOrEqualTo(60);
    assertThat(story.course().round())
        .as("rounds, %s", told)
        .isLessThanOrEqualTo(2 + at.decisions() + failovers);
    waysLeadOn();
  }

  /** Rule 5: every way out that is named is accepted, and leads on; and none is never the case. */
  private void waysLeadOn() {
    Story story = at.story();
    RolloutStatus status = StoryStatus.of(story, at.run(), now, Phase.PREFLIGHT, List.of());
    if (Machine.todo(story, now) instanceof Todo.Await(var until)
        && !(story.state() instanceof State.StoppingCrossing)) {
      assertThat(status.ways().isEmpty() && until.isEmpty()).as("stuck, %s", told).isFalse();
    }
    for (Way way : status.ways()) {
      Optional<Decision> decision =
          switch (way) {
            case APPROVE -> Optional.of(decision(Move.Verb.APPROVE, Move.Flaw.NONE, at.run()));
            case SIGN_OFF ->
                Optional.of(
                    new Decision.SignOff(
                        status.signOffs().getFirst(),
                        new Decision.By("bob", "done", at.run(), now.plusSeconds(60))));
            case RESUME -> Optional.of(decision(Move.Verb.RESUME, Move.Flaw.NONE, at.run()));
            case ABORT -> Optional.of(decision(Move.Verb.ABORT, Move.Flaw.NONE, at.run()));
            case ROLLBACK -> Optional.of(decision(Move.Verb.ROLLBACK, Move.Flaw.NONE, at.run()));
            case LAUNCH, CONTRACT -> Optional.empty();
          };
      decision.ifPresent(
          d -> {
            assertThat(DecisionPolicy.of(story, d, at.run(), now))
                .as("%s is named as a way, %s", way, told)
                .isEmpty();
            assertThat(Machine.on(story, new Event.Decided(d), now))
                .as("%s leads on, %s", way, told)
                .isNotEqualTo(story);
          });
    }
  }

  private String text() {
    return "the story " + told;
  }

  private static String said(Event event) {
    return event instanceof Event.Failed(var step, var failure)
        ? "(" + name(step) + ": " + failure.code() + ")"
        : "";
  }

  static String name(State state) {
    return state.getClass().getSimpleName();
  }
}
