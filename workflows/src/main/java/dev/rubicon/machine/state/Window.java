package dev.rubicon.machine.state;

import dev.rubicon.runbook.Runbook;
import java.time.Instant;
import java.time.LocalDate;

/**
 * One opening of a recurring window.
 *
 * @param from first moment at which the crossing may happen
 * @param to first moment at which it may not any more
 */
public record Window(Instant from, Instant to) {

  /** The opening that is under way at the given moment, else the next one. */
  public static Window at(Runbook.Window window, Instant now) {
    LocalDate today = now.atZone(window.zone()).toLocalDate();
    // Yesterday's window may still be open past midnight; a week ahead always holds one opening.
    for (int day = -1; day <= 7; day++) {
      LocalDate date = today.plusDays(day);
      if (!window.days().isEmpty() && !window.days().contains(date.getDayOfWeek())) {
        continue;
      }
      LocalDate lastDay = window.to().isAfter(window.from()) ? date : date.plusDays(1);
      Instant to = lastDay.atTime(window.to()).atZone(window.zone()).toInstant();
      if (now.isBefore(to)) {
        return new Window(date.atTime(window.from()).atZone(window.zone()).toInstant(), to);
      }
    }
    throw new IllegalStateException("a window that never opens passed the runbook's validation");
  }
}
