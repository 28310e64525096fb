package dev.rubicon.demo.checks.client;

import java.util.Optional;

/**
 * What is known of one row. Held by one writer at a time (see {@link KeyPool}), so that the last
 * acknowledged write is well defined.
 */
final class Tracked {
  private final String runId;
  private Content content;
  private boolean canonicalKnown;
  private boolean broken;
  private Optional<Content> alternative = Optional.empty();

  /**
   * @param canonicalKnown whether a write came after dual-write was seen, so that the canonical
   *     side must have it already
   */
  Tracked(String runId, Content content, boolean canonicalKnown) {
    this.runId = runId;
    this.content = content;
    this.canonicalKnown = canonicalKnown;
  }

  String runId() {
    return runId;
  }

  synchronized Content content() {
    return content;
  }

  synchronized boolean canonicalKnown() {
    return canonicalKnown;
  }

  /** Whether an acknowledged write was already seen to be missing. */
  synchronized boolean broken() {
    return broken;
  }

  synchronized void acknowledge(Content next, boolean dualWriteSeen) {
    content = next;
    canonicalKnown |= dualWriteSeen;
  }

  /** Canonical is removed: legacy is all there is, and gates are what it derives again. */
  synchronized void forgetCanonical() {
    canonicalKnown = false;
    content = Content.old(content.claim(), content.config(), content.counts());
  }

  /**
   * Whether this was written as well is unknown; either is right, and no client writes it again.
   */
  synchronized void alternative(Content maybe) {
    alternative = Optional.of(maybe);
  }

  synchronized Optional<Content> alternative() {
    return alternative;
  }

  synchronized void markBroken() {
    broken = true;
  }
}
