package dev.rubicon.table;

import java.util.Optional;

/**
 * Something that legacy has and that does not follow to canonical; the runbook has to allow each.
 *
 * @param kind {@code view}, {@code trigger}, {@code policy}, {@code column-privilege}
 * @param what it means, for the decision
 * @param drop takes it away, where legacy's relation cannot go before it has gone
 */
public record Dependent(String kind, String name, String what, Optional<String> drop) {}
