package dev.rubicon.stack.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Builds one after another run everything, and each says which part it is. */
class TurnsTest {
  @Test
  void theTurnGoesOnWithEachCommit() {
    var turns = new TreeSet<Integer>();
    for (int commits = 100; commits < 100 + Turns.COUNT; commits++) {
      int now = commits;
      turns.add(Turns.chosen("auto", false, () -> now));
    }
    assertThat(turns).containsExactly(1, 2, 3, 4);
  }

  @Test
  void whatIsNamedRunsWhateverTheTurn() {
    assertThat(Turns.chosen("auto", true, () -> 3)).isEqualTo(Turns.ALL);
    assertThat(Turns.chosen("all", false, () -> 3)).isEqualTo(Turns.ALL);
    assertThat(Turns.chosen("2", false, () -> 3)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "5", "", "first", "12"})
  void whatIsNoTurnIsRefused(String said) {
    assertThatThrownBy(() -> Turns.chosen(said, false, () -> 3))
        .hasMessageContaining("-Drubicon.turn=" + said)
        .hasMessageContaining("from 1 to 4");
  }

  @Test
  void manyNamesAreSharedOutEvenly() {
    int[] of = new int[Turns.COUNT + 1];
    IntStream.range(0, 4_000).forEach(i -> of[Turns.of("[test-template-invocation:#" + i + "]")]++);
    assertThat(IntStream.of(of).skip(1)).allMatch(n -> n > 900 && n < 1_100);
  }

  @Turn(1)
  @Test
  void whatHasTheFirstTurnRunsInIt(TestInfo info) {
    assertThat(Turns.hasCome(1)).as(info.getDisplayName()).isTrue();
    assertThat(Turns.hasCome(1) && Turns.hasCome(2)).isEqualTo(Turns.current().equals("all"));
  }
}
