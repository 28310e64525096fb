package dev.rubicon.machine.state;

import dev.rubicon.rollout.CrossingTerms;
import java.time.Instant;
import java.util.Optional;

/**
 * Leave to cross: what was approved, or verified where no gate asks, and in which opening of the
 * window it holds. It does not outlive that opening.
 *
 * @param run in which it was given; after a Reset it is another run that would cross, unasked
 */
public record Clearance(String run, String fingerprint, Optional<Window> window) {

  public boolean expired(Instant now) {
    return window.isPresent() && !now.isBefore(window.get().to());
  }

  /** When the window opens, if that is still to come. */
  public Optional<Instant> opens(Instant now) {
    return window.map(Window::from).filter(now::isBefore);
  }

  /** What the cutover itself must see hold. */
  public CrossingTerms terms() {
    return new CrossingTerms(Optional.of(run), Optional.of(fingerprint), window.map(Window::to));
  }
}
