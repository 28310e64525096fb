package dev.rubicon.drift;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.config.Commands;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetState;
import dev.rubicon.inventory.Channel;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.CanonicalDifferences;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.preflight.finding.SequenceFindings;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.sequence.SequenceReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Compares a target with what it should be; reads the target, and touches nothing there. */
public final class DriftCheck {
  /** What the names of findings in that channel begin with: not looked at is not repaired. */
  private static final String VALUES = "value-drift:";

  private final Target staging;
  private final Optional<Path> pgBin;
  private final SessionTag tag;
  private final Progress progress;
  private final Commands commands;

  /**
   * @param staging where canonical is built
   * @param pgBin folder of pg_dump, from {@code rubicon.yaml}
   * @param commands whether canonical may come of a program
   */
  public DriftCheck(
      Target staging, Optional<Path> pgBin, Commands commands, SessionTag tag, Progress progress) {
    this.commands = commands;
    this.staging = staging;
    this.pgBin = pgBin;
    this.tag = tag;
    this.progress = progress;
  }

  /** How far it looks. */
  public enum Extent {
    /** At the catalog alone: no row is read. */
    DEFINITIONS,
    /** Also at where sequences stand, against the columns that they feed. */
    WITH_VALUES
  }

  /**
   * @throws RubiconException ROLLOUT_ALREADY_RUNNING between expand and cutover: the target has two
   *     shapes then
   */
  public Drift run(Target target, Bundle bundle, Reference against, Extent extent) {
    List<String> schemas = bundle.runbook().schemas();
    try (PgSession session = PgSession.open(target, tag, SessionLimits.SHORT);
        var _ = progress.cancelsWith(session)) {
      session.execute("SET default_transaction_read_only = on");
      boolean crossed = crossed(session, target);
      Side now = Side.read(session, schemas);
      CatalogSnapshot snapshot = now.snapshot();
      var dispositions = new Dispositions(bundle.runbook());
      String expected;
      List<Finding> found;
      switch (against) {
        case Reference.Canonical(var last) -> {
          var compared =
              new CanonicalDifferences(staging, pgBin, commands, tag, progress)
                  .of(target, session, bundle, now, last, crossed);
          expected = compared.canonical();
          found = compared.findings();
        }
        case Reference.Kept kept -> {
          expected = kept.snapshot().fingerprint();
          found = CatalogDiff.between(snapshot, kept.snapshot());
        }
        case Reference.Fingerprint hash -> {
          expected = hash.sha256();
          found =
              expected.equals(snapshot.fingerprint())
                  ? List.of()
                  : hash.snapshot()
                      .get()
                      .map(kept -> CatalogDiff.between(snapshot, kept))
                      .orElseGet(() -> List.of(unnamed(expected, snapshot)));
        }
      }
      List<Finding> all =
          switch (extent) {
            case DEFINITIONS -> found;
            case WITH_VALUES ->
                Stream.concat(found.stream(), values(session, bundle.runbook())).toList();
          };
      return new Drift(
          target.name(),
          bundle.runbook().name(),
          against.word(),
          snapshot.fingerprint(),
          expected,
          dispositions.apply(all.stream()),
          dispositions.repaired(all).stream()
              .filter(entry -> extent == Extent.WITH_VALUES || !entry.match().startsWith(VALUES))
              .toList(),
          snapshot);
    }
  }

  /** What the target itself contradicts: whatever it is compared with has no positions. */
  private static Stream<Finding> values(PgSession session, Runbook runbook) {
    return SequenceFindings.of(runbook, SequenceReader.read(session, runbook.schemas()))
        .filter(finding -> Channel.of(finding) == Channel.VALUES);
  }

  private static boolean crossed(PgSession session, Target target) {
    Optional<TargetState.Row> state = TargetState.find(session);
    state
        .filter(row -> row.stage() != TargetStage.CUT_OVER)
        .ifPresent(
            row -> {
              throw new RubiconException(
                  ErrorCode.ROLLOUT_ALREADY_RUNNING,
                  "rollout "
                      + row.rollout()
                      + " is under way ("
                      + row.stage()
                      + "): until it has crossed or is aborted the target has two shapes",
                  "ask again when it is through: rubicon status --target " + target.name());
            });
    return state.isPresent();
  }

  private static Finding unnamed(String expected, CatalogSnapshot now) {
    return new Finding(
        "changed:fingerprint:schemas",
        Finding.Kind.CHANGED,
        "the schemas have another fingerprint, and nobody has the snapshot of the one that was"
            + " asked for: what differs has no name",
        Optional.of(now.fingerprint()),
        Optional.of(expected),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }
}
