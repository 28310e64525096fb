package dev.rubicon.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Each held state that stories come to, each way out that status names there, and where it leads.
 */
final class WaysOutTest {
  private static final Instant NOW = Instant.parse("2026-11-26T02:10:00Z");
  private static final String RUN = "run";

  @Test
  void everyWayOutOfAHoldLeadsOn() {
    var table = new TreeSet<String>();
    Stories.tell(
        story -> {
          switch (story.story().state()) {
            case State.Held(_, State again) -> table.add(row(story.story(), again));
            case State.AskedToCross asked -> table.add(row(story.story(), asked));
            default -> {}
          }
        });
    assertThat(String.join("\n", table)).isEqualToNormalizingNewlines(EXPECTED.strip());
  }

  private static String row(Story story, State at) {
    var row =
        new StringBuilder(RandomStory.name(at))
            .append(" (")
            .append(story.course().side().name().toLowerCase(Locale.ROOT))
            .append("):");
    for (Way way : StoryStatus.of(story, RUN, NOW, Phase.PREFLIGHT, List.of()).ways()) {
      row.append(' ')
          .append(way.name().toLowerCase(Locale.ROOT))
          .append(" -> ")
          .append(after(story, way))
          .append(';');
    }
    return row.toString();
  }

  private static String after(Story story, Way way) {
    var by = new Decision.By("bob", "because", RUN, NOW.plusSeconds(60));
    Decision decision =
        switch (way) {
          case RESUME -> new Decision.Resume(by);
          case ABORT -> new Decision.Abort(by);
          case ROLLBACK -> new Decision.Rollback(List.of(), by);
          case APPROVE, SIGN_OFF, LAUNCH, CONTRACT ->
              throw new AssertionError("no way out of a hold: " + way);
        };
    assertThat(DecisionPolicy.of(story, decision, RUN, NOW)).isEmpty();
    return RandomStory.name(Machine.on(story, new Event.Decided(decision), NOW).state());
  }

  private static final String EXPECTED =
      """
      AskedToCross (legacy): resume -> Verifying; abort -> Removing;
      AwaitingWatch (canonical): resume -> AwaitingWatch; rollback -> GoingBack;
      AwaitingWatch (canonical): resume -> Watching; rollback -> GoingBack;
      Backfilling (legacy): resume -> Backfilling;
      Backfilling (legacy): resume -> Backfilling; abort -> Removing;
      BackingUp (legacy): resume -> BackingUp;
      BackingUp (legacy): resume -> BackingUp; abort -> Removing;
      BackingUp (untouched): resume -> BackingUp;
      Binding (legacy): resume -> Binding;
      Binding (legacy): resume -> Binding; abort -> Removing;
      Binding (untouched): resume -> Binding;
      CheckingContract (canonical): resume -> CheckingContract; abort -> Closing;
      CheckingTarget (legacy): resume -> CheckingTarget;
      CheckingTarget (legacy): resume -> CheckingTarget; abort -> Removing;
      CheckingTarget (untouched): resume -> CheckingTarget;
      Cloning (legacy): resume -> Cloning;
      Cloning (legacy): resume -> Cloning; abort -> Removing;
      Cloning (untouched): resume -> Cloning;
      Closing (canonical): resume -> Closing;
      Closing (canonical): resume -> Closing; abort -> Closing;
      Closing (canonical): resume -> Closing; rollback -> GoingBack;
      Closing (untouched): resume -> Closing;
      Closing (untouched): resume -> Closing; abort -> Closing;
      Confirming (legacy): resume -> Confirming;
      Confirming (legacy): resume -> Confirming; abort -> Removing;
      Contracting (canonical): resume -> Contracting; abort -> Closing;
      Deploying (canonical): resume -> Deploying;
      Deploying (canonical): resume -> Deploying; rollback -> GoingBack;
      Expanding (legacy): resume -> Expanding;
      Expanding (legacy): resume -> Expanding; abort -> Removing;
      FindingContractFingerprint (canonical): resume -> FindingContractFingerprint; abort -> Closing;
      FindingFingerprint (canonical): resume -> FindingFingerprint;
      FindingFingerprint (canonical): resume -> FindingFingerprint; rollback -> GoingBack;
      FindingInstalled (untouched): resume -> FindingInstalled;
      FindingProgress (canonical): resume -> FindingProgress;
      FindingProgress (canonical): resume -> FindingProgress; rollback -> GoingBack;
      FindingProgress (legacy): resume -> FindingProgress;
      FindingProgress (legacy): resume -> FindingProgress; abort -> Removing;
      FindingSide (legacy): resume -> FindingSide;
      FindingSide (legacy): resume -> FindingSide; abort -> Removing;
      GoingBack (canonical): resume -> GoingBack;
      GoingBack (canonical): resume -> GoingBack; rollback -> GoingBack;
      InstallingDualWrite (legacy): resume -> InstallingDualWrite;
      InstallingDualWrite (legacy): resume -> InstallingDualWrite; abort -> Removing;
      OpeningGate (canonical): resume -> OpeningGate; abort -> Closing;
      OpeningGate (legacy): resume -> OpeningGate;
      OpeningGate (legacy): resume -> OpeningGate; abort -> Removing;
      Preflighting (legacy): resume -> Preflighting;
      Preflighting (legacy): resume -> Preflighting; abort -> Removing;
      Preflighting (untouched): resume -> Preflighting;
      Preflighting (untouched): resume -> Preflighting; abort -> Removing;
      ReadingCrossing (canonical): resume -> ReadingCrossing;
      ReadingCrossing (canonical): resume -> ReadingCrossing; rollback -> GoingBack;
      Recording (canonical): resume -> Recording; abort -> Closing;
      Recording (legacy): resume -> Recording;
      Recording (legacy): resume -> Recording; abort -> Removing;
      Rehearsing (legacy): resume -> Rehearsing;
      Rehearsing (legacy): resume -> Rehearsing; abort -> Removing;
      Rehearsing (untouched): resume -> Rehearsing;
      Removing (legacy): resume -> Removing;
      Removing (legacy): resume -> Removing; abort -> Removing;
      Removing (untouched): resume -> Removing;
      Smoking (canonical): resume -> Smoking;
      Smoking (canonical): resume -> Smoking; rollback -> GoingBack;
      SwitchingBack (legacy): resume -> SwitchingBack;
      SwitchingBack (legacy): resume -> SwitchingBack; abort -> Removing;
      SwitchingBack (legacy): resume -> SwitchingBack; abort -> SwitchingBack;
      SwitchingBack (untouched): resume -> SwitchingBack; abort -> SwitchingBack;
      Verifying (legacy): resume -> Verifying;
      Verifying (legacy): resume -> Verifying; abort -> Removing;
      Watching (canonical): resume -> Watching;
      Watching (canonical): resume -> Watching; rollback -> GoingBack;
      """;
}
