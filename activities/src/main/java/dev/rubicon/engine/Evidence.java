package dev.rubicon.engine;

/** Where a phase puts what it measured; kept as JSON in the ledger, one entry per name. */
@FunctionalInterface
public interface Evidence {

  /**
   * Records, replacing an earlier entry of the same rollout, phase, round and name.
   *
   * @param value a record, map or list that Jackson can write; no secrets, no row values
   */
  void record(String name, Object value);
}
