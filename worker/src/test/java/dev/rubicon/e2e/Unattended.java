package dev.rubicon.e2e;

import dev.rubicon.engine.Progress;
import dev.rubicon.target.PgSession;

/** Progress that nobody watches and nobody stops. */
enum Unattended implements Progress {
  RUN;

  @Override
  public void update(String what, long done, long total, String note) {}

  @Override
  public void checkCancelled() {}

  @Override
  public Handle cancelsWith(PgSession session) {
    return () -> {};
  }

  @Override
  public Handle cancelsWith(Runnable stop) {
    return () -> {};
  }

  @Override
  public Control control() {
    return Control.NONE;
  }
}
