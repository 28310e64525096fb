package dev.rubicon.runbook;

import java.util.Optional;

/**
 * What becomes of the legacy relation of a shadow transition; dropped where nothing is said.
 *
 * @param reason why it is kept; only with {@link LegacyColumn.Action#KEEP}
 */
public record LegacyRelation(
    String relation, LegacyColumn.Action action, Optional<String> reason) {}
