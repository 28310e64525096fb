package dev.rubicon.rollout;

/**
 * What a phase's activity returns: its facts, and the worker that established them. In Temporal's
 * UI an auditor reads both in the result, with no worker running.
 *
 * @param version of Rubicon, {@link Tool#VERSION}
 * @param worker identity of the process, {@code host:pid}
 */
public record Worked<T extends Facts.OfPhase>(T facts, String version, String worker) {}
