package dev.rubicon.runbook;

import dev.rubicon.rollout.Phase;

/**
 * Something that a human does outside and signs off.
 *
 * @param blocks the phase that waits for it
 */
public record ManualItem(String id, String title, String owner, Phase blocks) {}
