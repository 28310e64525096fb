package dev.rubicon.runbook.change;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The short form of a transition: what becomes other of a relation, and nothing else. The long form
 * is written from the catalog before anything is planned; no phase ever meets a short one.
 *
 * @param rename name of the relation from the cutover on
 * @param columns as the runbook names them
 */
public record Change(Optional<String> rename, Map<String, ColumnChange> columns) {
  public Change {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }
}
