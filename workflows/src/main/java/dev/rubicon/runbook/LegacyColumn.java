package dev.rubicon.runbook;

import java.util.Optional;

/**
 * @param relation {@code schema.name}
 * @param reason why it is kept; only with {@link Action#KEEP}
 */
public record LegacyColumn(String relation, String column, Action action, Optional<String> reason) {
  public enum Action {
    DROP,
    ARCHIVE,
    KEEP
  }
}
