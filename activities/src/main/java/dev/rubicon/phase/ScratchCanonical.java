package dev.rubicon.phase;

import dev.rubicon.check.CanonicalDatabase;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.preflight.ScratchDatabase;
import dev.rubicon.target.PgSession;
import dev.rubicon.target.Target;

/** Canonical, built in a scratch database on the staging server. */
record ScratchCanonical(Target staging) implements CanonicalDatabase {

  @Override
  public Open build(PhaseContext context) {
    var scratch = ScratchDatabase.create(staging, context.tag());
    try {
      scratch.apply(context.bundle(), context.runbook().canonical().sql());
    } catch (RuntimeException e) {
      scratch.close();
      throw e;
    }
    PgSession session = scratch.open();
    return new Open() {
      @Override
      public PgSession session() {
        return session;
      }

      @Override
      public void close() {
        session.close();
        scratch.close();
      }
    };
  }
}
