package dev.rubicon.rehearse;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;

/** Where a rehearsal gets a database that it may spoil. */
@FunctionalInterface
public interface CloneCopies {

  /** A copy of the golden database, or the staging target itself; closing drops what was made. */
  Copy take(PhaseContext context, Facts.Clone clone);

  /** One copy. */
  interface Copy extends AutoCloseable {
    Target target();

    @Override
    void close();
  }
}
