package dev.rubicon.transition.rows;

import java.util.List;

/**
 * A row that disagrees, for the eyes of whoever asked; it is kept nowhere.
 *
 * @param key its key's values, in the key's order
 * @param columns that disagree
 */
public record DisagreeingRow(List<String> key, List<String> columns) {}
