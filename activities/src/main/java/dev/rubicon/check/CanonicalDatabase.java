package dev.rubicon.check;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.target.PgSession;

/**
 * Gives a canonical database of our own, built by the runbook's canonical SQL on the staging
 * server: what developers have locally.
 */
@FunctionalInterface
public interface CanonicalDatabase {

  /** Builds it; closing drops it. */
  Open build(PhaseContext context);

  /** A database that lives until it is closed. */
  interface Open extends AutoCloseable {
    PgSession session();

    @Override
    void close();
  }
}
