package dev.rubicon.runbook;

/**
 * @param sql from {@code FOREIGN KEY} on
 */
public record ForeignKey(String name, String sql) {}
