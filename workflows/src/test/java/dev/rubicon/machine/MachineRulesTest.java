package dev.rubicon.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.machine.state.Story;
import dev.rubicon.rollout.Found;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/**
 * The rules of docs/workflow.md, asserted after each move of random stories. A story that breaks
 * one is printed as the list of what happened, and shrunk.
 */
final class MachineRulesTest {

  @Property(tries = 6000, seed = "2026")
  void theRulesHoldInEveryRollout(@ForAll("plans") int plan, @ForAll("moves") List<Move> moves) {
    var story = tell(plan, Story.Kind.ROLLOUT, Found.NOTHING, moves);
    // Rules about crossings say something only where stories cross, and cross again.
    Statistics.label("crossings")
        .collect(Math.min(story.crossings(), 2))
        .coverage(
            share -> {
              share.check(1).percentage(p -> p > 15);
              share.check(2).percentage(p -> p > 1);
            });
  }

  /** Behind what an earlier execution left: installed, or crossed. */
  @Property(tries = 1000, seed = "2026")
  void theRulesHoldInEveryRelaunch(
      @ForAll("plans") int plan, @ForAll Found found, @ForAll("moves") List<Move> moves) {
    tell(plan, Story.Kind.ROLLOUT, found, moves);
  }

  @Property(tries = 1000, seed = "2026")
  void theRulesHoldInEveryContract(@ForAll("plans") int plan, @ForAll("moves") List<Move> moves) {
    tell(plan, Story.Kind.CONTRACT, Found.CROSSED, moves);
  }

  /** Whatever happened: with a target that answers, an abort or a completion is always in reach. */
  @Property(tries = 2000, seed = "2026")
  void noRolloutIsEverStuck(@ForAll("plans") int plan, @ForAll("moves") List<Move> moves) {
    var story = tell(plan, Story.Kind.ROLLOUT, Found.NOTHING, moves);
    for (int i = 0; i < 40 && !story.ended(); i++) {
      story.move(new Move.Finish(1));
      story.move(new Move.Finish(1));
      if (story.target().crossed()) {
        story.move(new Move.Say(Move.Verb.ROLLBACK, Move.Flaw.NONE));
      }
      story.move(new Move.Say(Move.Verb.ABORT, Move.Flaw.NONE));
      story.move(new Move.Say(Move.Verb.RESUME, Move.Flaw.NONE));
    }
    assertThat(story.ended()).as("ended, %s", story.told()).isTrue();
  }

  private static RandomStory tell(int plan, Story.Kind kind, Found found, List<Move> moves) {
    var story = new RandomStory(Plans.of(plan), kind, found);
    moves.forEach(story::move);
    return story;
  }

  @Provide
  Arbitrary<Integer> plans() {
    return Arbitraries.integers().between(0, Plans.KINDS - 1);
  }

  @Provide
  Arbitrary<List<Move>> moves() {
    return move()
        .list()
        .ofMinSize(1)
        .ofMaxSize(220)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  private static Arbitrary<Move> move() {
    Arbitrary<Move> finish = Arbitraries.integers().between(1, 40).map(Move.Finish::new);
    Arbitrary<Move> start = Arbitraries.just(new Move.Start());
    Arbitrary<Move> fail =
        Combinators.combine(Arbitraries.integers().between(0, 9), Arbitraries.of(true, false))
            .as(Move.Fail::new);
    Arbitrary<Move> answer = Arbitraries.just(new Move.Answer());
    Arbitrary<Move> say = Combinators.combine(verbs(), flaws()).as(Move.Say::new);
    Arbitrary<Move> wait = Arbitraries.of(1, 20, 45, 600, 1440).map(Move.Wait::new);
    return Arbitraries.frequencyOf(
        Tuple.of(160, finish),
        Tuple.of(15, start),
        Tuple.of(6, fail),
        Tuple.of(110, answer),
        Tuple.of(30, say),
        Tuple.of(12, wait),
        Tuple.of(1, Arbitraries.just(new Move.Cancel())),
        Tuple.of(3, Arbitraries.integers().between(0, 60).map(Move.Reset::new)),
        Tuple.of(2, Arbitraries.just(new Move.TargetChanges())),
        Tuple.of(3, Arbitraries.integers().between(0, 3).map(Move.FailsOver::new)));
  }

  /** An abort ends a story; most are to go on. */
  private static Arbitrary<Move.Verb> verbs() {
    return Arbitraries.frequency(
        Tuple.of(4, Move.Verb.APPROVE),
        Tuple.of(8, Move.Verb.SIGN_OFF),
        Tuple.of(4, Move.Verb.PAUSE),
        Tuple.of(12, Move.Verb.RESUME),
        Tuple.of(2, Move.Verb.THROTTLE),
        Tuple.of(1, Move.Verb.ABORT),
        Tuple.of(9, Move.Verb.ROLLBACK),
        Tuple.of(2, Move.Verb.EXTEND));
  }

  private static Arbitrary<Move.Flaw> flaws() {
    return Arbitraries.frequency(
        Tuple.of(12, Move.Flaw.NONE),
        Tuple.of(1, Move.Flaw.EXPIRED),
        Tuple.of(1, Move.Flaw.OTHER_RUN),
        Tuple.of(1, Move.Flaw.BY_REQUESTER),
        Tuple.of(1, Move.Flaw.WRONG_DIGEST));
  }
}
