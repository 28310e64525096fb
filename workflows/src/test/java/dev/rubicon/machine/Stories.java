package dev.rubicon.machine;

import dev.rubicon.machine.state.Story;
import dev.rubicon.rollout.Found;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The same random stories every time, for tests that look at all of them together. */
final class Stories {
  private static final int EACH = 9000;

  private Stories() {}

  /**
   * @param moved called after each move
   */
  static void tell(Consumer<RandomStory> moved) {
    for (Story.Kind kind : Story.Kind.values()) {
      IntStream.range(0, EACH).forEach(seed -> tell(kind, new Random(seed), moved));
    }
  }

  private static void tell(Story.Kind kind, Random random, Consumer<RandomStory> moved) {
    var story =
        new RandomStory(
            Plans.of(random.nextInt(Plans.KINDS)),
            kind,
            Found.values()[Math.max(0, random.nextInt(12) - 9)]);
    for (int i = 0; i < 120 && !story.ended(); i++) {
      story.move(move(random));
      moved.accept(story);
    }
  }

  private static Move move(Random random) {
    int dice = random.nextInt(304);
    if (dice < 160) {
      return new Move.Finish(random.nextInt(40) + 1);
    } else if (dice < 175) {
      return new Move.Start();
    } else if (dice < 183) {
      return new Move.Fail(random.nextInt(10), random.nextBoolean());
    } else if (dice < 255) {
      return new Move.Answer();
    } else if (dice < 285) {
      return new Move.Say(
          Move.Verb.values()[random.nextInt(Move.Verb.values().length)], Move.Flaw.NONE);
    } else if (dice < 293) {
      return new Move.Wait(20 * (1 + random.nextInt(30)));
    } else if (dice < 295) {
      return new Move.Cancel();
    } else if (dice < 297) {
      return new Move.Reset(random.nextInt(40));
    }
    return dice < 300 ? new Move.TargetChanges() : new Move.FailsOver(random.nextInt(4));
  }
}
