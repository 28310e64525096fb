package dev.rubicon.installed;

import java.util.List;

/**
 * What an end takes away of relations that are not in schema {@code rubicon}, or were the owner's
 * before.
 *
 * @param relations by their object ids; partitions need not be named
 * @param columns of them; all of each relation where there are none
 */
public record Removal(List<Long> relations, List<String> columns) {
  public Removal {
    relations = List.copyOf(relations);
    columns = List.copyOf(columns);
  }
}
