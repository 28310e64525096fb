package dev.rubicon.runbook.change;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The short form of a transition: what becomes other of a relation, and nothing else. The long form
 * is written from the catalog before anything is planned; no phase ever meets a short one.
 *
 * @param columns as the runbook names them
 */
public record Change(Map<String, ColumnChange> columns) {
  public Change {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }
}
