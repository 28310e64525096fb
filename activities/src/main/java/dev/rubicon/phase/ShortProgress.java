package dev.rubicon.phase;

import dev.rubicon.engine.Progress;
import dev.rubicon.target.PgSession;

/** Progress of what is over in seconds: nothing to show, nothing to cancel. */
enum ShortProgress implements Progress {
  NONE;

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
