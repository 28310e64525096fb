package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.client.Intermission;
import dev.rubicon.demo.app.client.Journal;
import java.util.concurrent.atomic.AtomicBoolean;

/** What all writers of one run share. */
record Traffic(
    Database database,
    Journal journal,
    KeyPool keys,
    Values values,
    AtomicBoolean dualWrite,
    Intermission intermission) {

  /** The canonical columns went away (an abort): what was canonical only is gone with them. */
  void canonicalGone() {
    if (dualWrite.compareAndSet(true, false)) {
      keys.all().forEach(Tracked::forgetCanonical);
      journal.forgetAnonymous();
    }
  }
}
