package dev.rubicon.transition.rows;

import java.util.List;

/**
 * A row that disagrees, shown to the user who asked and stored nowhere.
 *
 * @param key its key's values, in the key's order
 * @param columns that disagree
 */
public record DisagreeingRow(List<String> key, List<String> columns) {}
