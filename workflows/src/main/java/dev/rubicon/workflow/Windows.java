package dev.rubicon.workflow;

import dev.rubicon.runbook.Runbook;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;

/** When a recurring window is open. */
final class Windows {
  private Windows() {}

  /** The given moment if the window is open then, else the moment when it next opens. */
  static Instant nextOpening(Runbook.Window window, Instant now) {
    LocalDate today = now.atZone(window.zone()).toLocalDate();
    // Yesterday's window may still be open past midnight; a week ahead always holds one opening.
    for (int day = -1; day <= 7; day++) {
      LocalDate date = today.plusDays(day);
      if (!window.days().isEmpty() && !window.days().contains(date.getDayOfWeek())) {
        continue;
      }
      ZonedDateTime from = date.atTime(window.from()).atZone(window.zone());
      LocalDate lastDay = window.to().isAfter(window.from()) ? date : date.plusDays(1);
      Instant to = lastDay.atTime(window.to()).atZone(window.zone()).toInstant();
      if (now.isBefore(to)) {
        return now.isBefore(from.toInstant()) ? from.toInstant() : now;
      }
    }
    throw new IllegalStateException("a window that never opens passed the runbook's validation");
  }
}
