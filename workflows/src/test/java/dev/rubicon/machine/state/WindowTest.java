package dev.rubicon.machine.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.Runbook;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WindowTest {

  @Test
  void aWindowOverMidnightIsOneOpening() {
    var window =
        new Runbook.Window(List.of(), LocalTime.of(2, 0), LocalTime.of(1, 0), ZoneOffset.UTC);
    assertThat(Window.at(window, Instant.parse("2026-11-21T23:30:00Z")))
        .isEqualTo(opening("2026-11-21T02:00:00Z", "2026-11-22T01:00:00Z"));
    assertThat(Window.at(window, Instant.parse("2026-11-21T01:30:00Z")))
        .isEqualTo(opening("2026-11-21T02:00:00Z", "2026-11-22T01:00:00Z"));
  }

  @Test
  void aWeeklyWindowWaitsForItsDay() {
    var saturday =
        new Runbook.Window(
            List.of(DayOfWeek.SATURDAY), LocalTime.of(22, 0), LocalTime.of(3, 0), ZoneOffset.UTC);
    assertThat(Window.at(saturday, Instant.parse("2026-11-22T02:00:00Z")))
        .isEqualTo(opening("2026-11-21T22:00:00Z", "2026-11-22T03:00:00Z"));
    assertThat(Window.at(saturday, Instant.parse("2026-11-22T03:00:00Z")))
        .isEqualTo(opening("2026-11-28T22:00:00Z", "2026-11-29T03:00:00Z"));
  }

  /** The night on which 02:00 to 03:00 happens twice: the window is open through both. */
  @Test
  void theClockIsPutBackInsideAWindow() {
    var night =
        new Runbook.Window(
            List.of(), LocalTime.of(1, 0), LocalTime.of(4, 0), ZoneId.of("Europe/Zurich"));
    assertThat(Window.at(night, Instant.parse("2026-10-25T01:30:00Z")))
        .isEqualTo(opening("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z"));
  }

  @Test
  void leaveToCrossEndsWithItsOpening() {
    var clearance =
        new Clearance(
            "run", "fp", Optional.of(opening("2026-11-21T02:00:00Z", "2026-11-21T03:00:00Z")));
    assertThat(clearance.opens(Instant.parse("2026-11-21T01:59:59Z")))
        .contains(Instant.parse("2026-11-21T02:00:00Z"));
    assertThat(clearance.opens(Instant.parse("2026-11-21T02:00:00Z"))).isEmpty();
    assertThat(clearance.expired(Instant.parse("2026-11-21T02:59:59Z"))).isFalse();
    assertThat(clearance.expired(Instant.parse("2026-11-21T03:00:00Z"))).isTrue();
  }

  private static Window opening(String from, String to) {
    return new Window(Instant.parse(from), Instant.parse(to));
  }
}
