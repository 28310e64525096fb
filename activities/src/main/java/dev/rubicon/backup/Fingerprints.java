package dev.rubicon.backup;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Counts and hashes all tables in the snapshot's own session, on a thread of its own. Afterwards it
 * sends a statement every few seconds: if the worker stands still, the server ends the idle
 * transaction and its snapshot. Until this has ended, no other thread may use the session.
 */
final class Fingerprints {
  private static final long PULSE_MILLIS = 5_000;

  private final PgSession session;
  private final List<RelationName> names;
  private final BackupWatch watch;
  private final CompletableFuture<Tables> result = new CompletableFuture<>();
  private final CountDownLatch enough = new CountDownLatch(1);
  private volatile boolean givenUp;

  record Tables(List<Manifest.Relation> relations, Manifest.LargeObjects largeObjects) {}

  private Fingerprints(PgSession session, List<RelationName> names, BackupWatch watch) {
    this.session = session;
    this.names = names;
    this.watch = watch;
  }

  /**
   * @param failed called with the failure, if there is one
   */
  static Fingerprints start(
      PgSession session,
      List<RelationName> names,
      BackupWatch watch,
      Consumer<RuntimeException> failed) {
    var fingerprints = new Fingerprints(session, names, watch);
    Thread.ofPlatform()
        .daemon()
        .name("rubicon-fingerprints")
        .start(
            () -> {
              try {
                fingerprints.result.complete(fingerprints.run());
              } catch (RuntimeException e) {
                failed.accept(e);
                fingerprints.result.completeExceptionally(e);
              }
            });
    return fingerprints;
  }

  private Tables run() {
    var relations = new ArrayList<Manifest.Relation>();
    for (RelationName name : names) {
      watch.progress().checkCancelled();
      refuseGivenUp();
      watch.show("fingerprint " + name, relations.size(), names.size());
      relations.add(TableFingerprints.of(session, name));
    }
    var tables = new Tables(relations, TableFingerprints.largeObjects(session));
    try {
      while (!enough.await(PULSE_MILLIS, TimeUnit.MILLISECONDS)) {
        session.value("SELECT 1");
      }
    } catch (InterruptedException e) {
      throw new Progress.PhaseCancelled("interrupted");
    }
    refuseGivenUp();
    return tables;
  }

  private void refuseGivenUp() {
    if (givenUp) {
      throw new Progress.PhaseCancelled("the dump failed");
    }
  }

  /** Waits for them; the session is the caller's again. */
  Tables finish() {
    enough.countDown();
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException r) {
        throw r;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted");
    }
  }

  /** Gives up; when it returns, nothing runs in the session any more. */
  void stop() {
    givenUp = true;
    enough.countDown();
    while (!result.isDone()) {
      try {
        session.cancelRunning();
      } catch (RubiconException e) {
        // The connection is gone; the other thread learns it by itself.
        org.slf4j.LoggerFactory.getLogger(Fingerprints.class)
            .debug("nothing to cancel: {}", e.getMessage());
      }
      try {
        result.get(200, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        continue;
      } catch (ExecutionException e) {
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
