package dev.rubicon.transition.inplace;

import java.util.List;

/**
 * Columns that are derived from each other, as evidence shows them.
 *
 * @param shared columns that expressions read but that belong to both shapes
 */
public record ColumnGroup(List<String> canonical, List<String> legacy, List<String> shared) {}
