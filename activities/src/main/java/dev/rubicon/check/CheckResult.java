package dev.rubicon.check;

/**
 * How one check went.
 *
 * @param detail what did not fit; names positions and what the runbook expects, never values that
 *     were found
 */
public record CheckResult(String name, boolean passed, String detail, long millis) {}
