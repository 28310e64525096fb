package dev.rubicon.rollback;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.StoredTransition;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.installed.sync.SyncRepair;
import dev.rubicon.installed.sync.TouchedSync;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import dev.rubicon.verify.RollbackLosses;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether legacy may be trusted to have all that canonical has. Where the engine's triggers stood
 * untouched since the crossing it has, and nothing is read. Otherwise they are put back first, so
 * that no more is lost, and then both sides are compared.
 */
final class TouchedSide {
  private final PhaseContext context;
  private final PgSession session;
  private final PgSession scan;
  private final Set<String> losing;

  TouchedSide(PhaseContext context, PgSession session, PgSession scan, ReturnTerms terms) {
    this.context = context;
    this.session = session;
    this.scan = scan;
    this.losing = new HashSet<>(terms.losing());
  }

  /**
   * @return what must still stand as it is when the lock is held
   * @throws RubiconException {@code ROLLBACK_WOULD_LOSE}, or {@code TRIGGERS_TOUCHED} where they
   *     cannot be put back
   */
  SyncFingerprint settle() {
    Optional<SyncFingerprint> crossed = SyncFingerprint.seen(session);
    SyncFingerprint found = SyncFingerprint.read(session);
    if (crossed.isPresent() && found.since(crossed.get()).isEmpty()) {
      return found;
    }
    // Nothing was kept of a crossing by an older worker: then all may have been touched.
    Optional<List<SyncFingerprint.Difference>> since = crossed.map(found::since);
    List<String> putBack =
        SyncRepair.run(
            context,
            session,
            LockLadder.of(context.runbook().cutover()),
            found.notAsInstalled(session));
    // Before the comparison: a later change is found under the lock.
    SyncFingerprint standing = SyncFingerprint.read(session);
    List<SyncFingerprint.Difference> off = standing.notAsInstalled(session);
    List<RollbackLosses.Loss> losses = compare(since);
    context
        .evidence()
        .record(
            SidesCompared.EVIDENCE,
            new SidesCompared(
                described(since.orElse(List.of())),
                putBack,
                described(off),
                losses,
                losses.stream().filter(loss -> loss.isOf(losing)).toList()));
    refuseLosses(losses.stream().filter(loss -> !loss.isOf(losing)).toList());
    refuseOff(off);
    if (losses.isEmpty() && off.isEmpty()) {
      // Seen to agree: the next attempt need not compare again.
      session.inTransaction(
          () -> {
            standing.keep(session);
            return true;
          });
    }
    return standing;
  }

  private List<RollbackLosses.Loss> compare(Optional<List<SyncFingerprint.Difference>> since) {
    return RollbackLosses.of(
        context,
        scan,
        new Transitions(
            Transitions.installed(session).stream()
                .filter(transition -> since.isEmpty() || concerns(since.get(), transition))
                .toList()));
  }

  private boolean concerns(List<SyncFingerprint.Difference> differences, Transition transition) {
    var roots = new HashSet<>(transition.oids(session));
    // Where somebody has put another table in its place, both concern it.
    roots.addAll(StoredTransition.relations(session, transition.key()));
    return differences.stream().anyMatch(d -> d.part().concerns(transition.id(), roots));
  }

  private static void refuseLosses(List<RollbackLosses.Loss> losses) {
    if (losses.isEmpty()) {
      return;
    }
    throw new RubiconException(
        ErrorCode.ROLLBACK_WOULD_LOSE,
        "since the cutover somebody touched what keeps both sides in step: "
            + losses.stream()
                .map(loss -> loss.rows() + " rows of " + loss.relation())
                .collect(Collectors.joining(", "))
            + " would be lost",
        "mend legacy's rows, then: rubicon resume; or go back without them: rubicon rollback"
            + losing(losses.stream().map(RollbackLosses.Loss::relation)));
  }

  /** The operator may go back without them by naming the relations. */
  private void refuseOff(List<SyncFingerprint.Difference> off) {
    List<String> relations =
        Transitions.installed(session).stream()
            .filter(transition -> concerns(off, transition))
            .filter(transition -> !losing.contains(transition.relation().toString()))
            .filter(transition -> !losing.contains(transition.canonical().toString()))
            .map(transition -> transition.relation().toString())
            .distinct()
            .toList();
    if (!relations.isEmpty()) {
      throw new RubiconException(
          ErrorCode.TRIGGERS_TOUCHED,
          "the sides are not kept in step, and it cannot be put back: "
              + TouchedSync.described(off),
          "bring it back as installed, then: rubicon resume; or go back without what is written"
              + " meanwhile: rubicon rollback"
              + losing(relations.stream()));
    }
  }

  private static String losing(Stream<String> relations) {
    return relations.distinct().map(r -> " --lose " + r).collect(Collectors.joining());
  }

  private static List<String> described(List<SyncFingerprint.Difference> differences) {
    return differences.stream().map(SyncFingerprint.Difference::described).toList();
  }
}
