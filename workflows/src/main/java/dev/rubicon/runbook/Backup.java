package dev.rubicon.runbook;

import java.util.List;
import java.util.Optional;

/** Where the way back of last resort comes from. */
public sealed interface Backup {
  /**
   * {@code pg_dump -Fc} of one exported snapshot, streamed to the object store.
   *
   * @param exports where there, the schema and the rows of these relations lie beside the dump as
   *     plain SQL, of the same snapshot
   */
  record PgDump(Optional<List<String>> exports) implements Backup {
    public PgDump {
      exports = exports.map(List::copyOf);
    }

    /** Of the dump alone. */
    public PgDump() {
      this(Optional.empty());
    }
  }

  /** Backed up elsewhere; Rubicon then proves nothing about it, and the plan says so. */
  record External(String reference) implements Backup {}
}
