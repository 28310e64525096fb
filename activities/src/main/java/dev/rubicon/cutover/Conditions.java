package dev.rubicon.cutover;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.installed.sync.TouchedSync;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.CrossingTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What must hold at the moment of the crossing. What takes long is checked before each attempt,
 * while no client waits; under the lock only what cannot change any more until the commit, and
 * right before the commit the end of the window once more.
 */
final class Conditions {
  private static final Duration GLANCE = Duration.ofMillis(200);

  private final PhaseContext context;
  private final PgSession session;
  private final CrossingTerms terms;
  private final List<RelationName> locked;
  private String before = "";
  private boolean begun;
  private Optional<SyncFingerprint> verified = Optional.empty();

  /**
   * @param locked relations that each attempt locks
   */
  Conditions(
      PhaseContext context, PgSession session, CrossingTerms terms, List<RelationName> locked) {
    this.context = context;
    this.session = session;
    this.terms = terms;
    this.locked = List.copyOf(locked);
  }

  /** How long may be waited at most, of the given time. */
  Duration within(Duration budget) {
    Duration left =
        terms.notAfter().map(end -> Duration.between(Instant.now(), end)).orElse(budget);
    return left.compareTo(budget) < 0 ? left : budget;
  }

  /**
   * Before each attempt, not only the first: one that waits for a lock may take long enough for
   * somebody to run a migration. Reading the catalog costs the crossing a second at most, and no
   * client anything.
   */
  void beforeAttempt() {
    while (paused()) {
      context.progress().checkCancelled();
      window();
      context.progress().update("cutover", 0, 1, "paused");
      pause();
    }
    window();
    verified = Optional.of(verified(session));
    if (terms.fingerprint().isPresent()) {
      // In this order: what changes between both looks shows under the lock.
      before = catalog();
      fingerprint();
    }
    if (!begun) {
      // Later attempts record there which sessions they waited for.
      context.progress().update("cutover", 0, 1, "crossing");
      begun = true;
    }
  }

  /**
   * Under the lock.
   *
   * @return what keeps both sides in step, untouched since they were compared
   */
  SyncFingerprint underLock() {
    SyncFingerprint now = SyncFingerprint.read(session);
    List<SyncFingerprint.Difference> since = now.since(verified.orElseThrow());
    TouchedSync.refuse(since);
    if (terms.fingerprint().isPresent() && (!since.isEmpty() || !catalog().equals(before))) {
      throw changed();
    }
    return now;
  }

  /** The last thing before the commit. */
  void beforeCommit() {
    context.progress().checkCancelled();
    if (paused()) {
      throw new RubiconException(
          ErrorCode.LOCK_NOT_ACQUIRED,
          "the rollout was paused before the crossing was committed: nothing was",
          "go on with: rubicon resume");
    }
    window();
  }

  /** What was seen at the last verification that agreed; nothing has crossed or gone back since. */
  static SyncFingerprint verified(PgSession session) {
    return SyncFingerprint.seen(session)
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.GATE_NOT_OPEN,
                    "both sides were not seen to agree since the last change",
                    "verify again: the rollout does so before each cutover"));
  }

  /** By the worker's clock, which the workflow's timers follow, too. */
  void window() {
    if (terms.notAfter().isPresent() && !Instant.now().isBefore(terms.notAfter().get())) {
      throw new RubiconException(
          ErrorCode.WINDOW_CLOSED,
          "the window ended at "
              + terms.notAfter().get()
              + " before the crossing: nothing was"
              + " committed",
          "the gate asks anew: rubicon status");
    }
  }

  void fingerprint() {
    terms
        .fingerprint()
        .filter(
            f -> !f.equals(CatalogReader.read(session, context.runbook().schemas()).fingerprint()))
        .ifPresent(
            _ -> {
              throw changed();
            });
  }

  private static RubiconException changed() {
    return new RubiconException(
        ErrorCode.TARGET_CHANGED,
        "the target's schema is another than the approved one: nothing was committed",
        "both sides are verified again, then the gate asks anew: rubicon status");
  }

  private boolean paused() {
    Progress.Control control = context.progress().control();
    return control.paused();
  }

  /**
   * Columns, defaults, constraints, triggers and policies of what is locked, as rows of catalogs.
   */
  private String catalog() {
    return session.value(
        """
        WITH locked AS (SELECT to_regclass(n)::oid AS oid FROM unnest(?::text[]) AS n)
        SELECT coalesce(string_agg(part, ' ' ORDER BY part), '') FROM (
          SELECT concat_ws(':', 'relation', l.oid, c.relnamespace, c.relname, c.relkind,
                           c.relrowsecurity, c.relforcerowsecurity) AS part
          FROM locked l JOIN pg_class c ON c.oid = l.oid
          UNION ALL
          SELECT concat_ws(':', 'column', a.attrelid, a.attnum, a.xmin)
          FROM locked l JOIN pg_attribute a ON a.attrelid = l.oid WHERE a.attnum > 0
          UNION ALL
          SELECT concat_ws(':', 'default', d.oid, d.xmin)
          FROM locked l JOIN pg_attrdef d ON d.adrelid = l.oid
          UNION ALL
          SELECT concat_ws(':', 'constraint', k.oid, k.xmin)
          FROM locked l JOIN pg_constraint k ON k.conrelid = l.oid
          UNION ALL
          SELECT concat_ws(':', 'trigger', g.oid, g.xmin)
          FROM locked l JOIN pg_trigger g ON g.tgrelid = l.oid
          UNION ALL
          SELECT concat_ws(':', 'policy', p.oid, p.xmin)
          FROM locked l JOIN pg_policy p ON p.polrelid = l.oid
        ) parts
        """,
        (Object) locked.stream().map(RelationName::sql).toArray(String[]::new));
  }

  private static void pause() {
    try {
      Thread.sleep(GLANCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted while paused");
    }
  }
}
