package dev.rubicon.evidence;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.rubicon.backfill.Throttle;
import dev.rubicon.backfill.Throughput;
import dev.rubicon.backup.SnapshotHolder;
import dev.rubicon.backup.TakeBackup;
import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.check.CheckResult;
import dev.rubicon.check.HookCaller;
import dev.rubicon.contract.Contract;
import dev.rubicon.cutover.Crossed;
import dev.rubicon.engine.EvidenceFamily;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.finding.Finding;
import dev.rubicon.golden.GoldenClone;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Predecessor;
import dev.rubicon.phase.Dossiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.Effects;
import dev.rubicon.preflight.Inventory;
import dev.rubicon.preflight.VersionTables;
import dev.rubicon.rehearse.Rehearsal;
import dev.rubicon.rollback.Returned;
import dev.rubicon.rollback.SidesCompared;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.transition.inplace.ColumnGroup;
import dev.rubicon.transition.rows.OneTable;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.verify.VerificationPass;
import dev.rubicon.watch.WatchPosition;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Every piece of evidence that a phase records, by its name in the ledger. Ledgers outlive a
 * version: a stored name is never changed.
 */
public final class EvidenceNames {
  private EvidenceNames() {}

  // Preflight.

  /** Which database the rollout began on. */
  public static final EvidenceName<TargetIdentity> IDENTITY =
      EvidenceName.of("identity", TargetIdentity.class);

  /** The target's catalog as the phase found or left it; preflight, cutover and contract. */
  public static final EvidenceName<CatalogSnapshot> SNAPSHOT =
      EvidenceName.of("snapshot", CatalogSnapshot.class);

  /** What a crossing has changed in it, since before the rollout. */
  public static final EvidenceName<CatalogSnapshot> CHANGES =
      EvidenceName.of("changes", CatalogSnapshot.class);

  /** Canonical's catalog, as the runbook builds it. */
  public static final EvidenceName<CatalogSnapshot> CANONICAL =
      EvidenceName.of("canonical", CatalogSnapshot.class);

  public static final EvidenceName<List<Finding>> FINDINGS =
      EvidenceName.ofList("findings", Finding.class);

  public static final EvidenceName<List<Inventory.Table>> TABLES =
      EvidenceName.ofList("tables", Inventory.Table.class);

  /** A few rows per relation that the runbook names, masked, or why there are none. */
  public static final EvidenceName<Map<String, Object>> SAMPLES =
      EvidenceName.ofMap("samples", Object.class);

  public static final EvidenceName<Inventory.Activity> ACTIVITY =
      EvidenceName.of("activity", Inventory.Activity.class);

  /** Tables in which the owner's migration tool keeps its version. */
  public static final EvidenceName<List<VersionTables.VersionTable>> VERSION_TABLES =
      EvidenceName.ofList("version-tables", VersionTables.VersionTable.class);

  public static final EvidenceName<List<Inventory.SequenceState>> SEQUENCES =
      EvidenceName.ofList("sequences", Inventory.SequenceState.class);

  /** What the rollout's statements did on a schema-only copy. */
  public static final EvidenceName<Effects> EFFECTS = EvidenceName.of("effects", Effects.class);

  // Backup, clone, rehearsal and what the approval is about.

  public static final EvidenceName<TakeBackup.Taken> BACKUP =
      EvidenceName.of("backup", TakeBackup.Taken.class);

  public static final EvidenceName<SnapshotHolder.Held> EXPORTED_SNAPSHOT =
      EvidenceName.of("exported-snapshot", SnapshotHolder.Held.class);

  public static final EvidenceName<GoldenClone.Restored> CLONE =
      EvidenceName.of("clone", GoldenClone.Restored.class);

  public static final EvidenceName<GoldenClone.Copied> TEMPLATE_COPY =
      EvidenceName.of("template-copy", GoldenClone.Copied.class);

  /** Writes of clients that went before and fail on the clone. */
  public static final EvidenceName<List<Finding>> CLIENT_WRITES =
      EvidenceName.ofList("client-writes", Finding.class);

  public static final EvidenceName<List<Rehearsal.Step>> STEPS =
      EvidenceName.ofList("steps", Rehearsal.Step.class);

  /** Of the rehearsal, and of smoke. */
  public static final EvidenceName<List<CheckResult>> CHECKS =
      EvidenceName.ofList("checks", CheckResult.class);

  public static final EvidenceName<Dossiers.Dossier> DOSSIER =
      EvidenceName.of("dossier", Dossiers.Dossier.class);

  /** Answer of one of the owner's hooks, by what the hook is for. */
  public static final EvidenceFamily<String, HookCaller.Call> HOOK =
      new EvidenceFamily<>(EvidenceName.of("hook-", HookCaller.Call.class), Function.identity());

  // Locks.

  /** Dual write's, by relation. */
  public static final EvidenceName<Map<String, List<LockLadder.Attempt>>> LOCKS =
      EvidenceName.of("locks", new TypeReference<>() {});

  /** Contract's on a relation. */
  public static final EvidenceFamily<RelationName, List<LockLadder.Attempt>> LOCKS_OF_RELATION =
      family("locks-", RelationName::toString);

  /** Contract's of one of the runbook's own files. */
  public static final EvidenceFamily<String, List<LockLadder.Attempt>> LOCKS_OF_FILE =
      family("locks-", Function.identity());

  public static final EvidenceFamily<RelationName, List<LockLadder.Attempt>> CONSTRAINT_LOCKS =
      family("constraint-locks-", RelationName::toString);

  /** By the key's name. */
  public static final EvidenceFamily<String, List<LockLadder.Attempt>> FOREIGN_KEY_LOCKS =
      family("foreign-key-locks-", Function.identity());

  /** Partitions that were given the trigger that they lacked, with the attempts at each. */
  public static final EvidenceName<Map<String, List<LockLadder.Attempt>>> PARTITIONS_FOLLOWED =
      EvidenceName.of("partitions-followed", new TypeReference<>() {});

  /** A session of a worker that is gone, which held the target's lock. */
  public static final EvidenceName<String> TERMINATED_SESSION =
      EvidenceName.of("terminated-session", String.class);

  public static final EvidenceName<List<Predecessor.Session>> ENDED_SESSIONS =
      EvidenceName.ofList("ended-sessions", Predecessor.Session.class);

  // Dual write and backfill.

  /** Columns that are kept in step together, by relation. */
  public static final EvidenceName<Map<String, List<ColumnGroup>>> GROUPS =
      EvidenceName.of("groups", new TypeReference<>() {});

  public static final EvidenceName<List<Throughput.Point>> THROUGHPUT =
      EvidenceName.ofList("throughput", Throughput.Point.class);

  public static final EvidenceName<List<Throttle.Change>> THROTTLE =
      EvidenceName.ofList("throttle", Throttle.Change.class);

  /** Why the throttle cannot see how far replicas lag. */
  public static final EvidenceName<String> THROTTLE_BLIND =
      EvidenceName.of("throttle-blind", String.class);

  public static final EvidenceName<String> FEWER_SESSIONS =
      EvidenceName.of("fewer-sessions", String.class);

  public static final EvidenceName<String> WAITED_FOR_LOCKED_ROWS =
      EvidenceName.of("waited-for-locked-rows", String.class);

  // Verification.

  public static final EvidenceName<List<VerificationPass.Scope>> COMPARED =
      EvidenceName.ofList("compared", VerificationPass.Scope.class);

  public static final EvidenceName<List<OneTable>> VERIFICATION =
      EvidenceName.ofList("verification", OneTable.class);

  public static final EvidenceName<List<TwoTables>> SHADOWS =
      EvidenceName.ofList("shadows", TwoTables.class);

  /** Rows that break each invariant of the runbook's. */
  public static final EvidenceName<Map<String, Long>> INVARIANTS =
      EvidenceName.ofMap("invariants", Long.class);

  /** DDL of others since preflight, or since the crossing that it was approved for. */
  public static final EvidenceName<List<CatalogChange>> CHANGED_BY_OTHERS =
      EvidenceName.ofList("changed-by-others", CatalogChange.class);

  public static final EvidenceName<Map<String, Long>> COUNTS =
      EvidenceName.ofMap("counts", Long.class);

  /** Rows that break what canonical demands of its columns. */
  public static final EvidenceName<Map<String, Long>> RULES_BROKEN =
      EvidenceName.ofMap("rules-broken", Long.class);

  /** Ids of findings. */
  public static final EvidenceName<List<String>> DIFFERS_FROM_CANONICAL =
      EvidenceName.ofList("differs-from-canonical", String.class);

  // The crossing, the way back, and the end.

  public static final EvidenceName<Crossed> CUTOVER = EvidenceName.of("cutover", Crossed.class);

  public static final EvidenceName<Returned> ROLLBACK = EvidenceName.of("rollback", Returned.class);

  public static final EvidenceName<SidesCompared> TOUCHED_SINCE_THE_CROSSING =
      EvidenceName.of("touched-since-the-crossing", SidesCompared.class);

  public static final EvidenceName<List<String>> LEGACY_RULES_NOT_RESTORED =
      EvidenceName.ofList("legacy-rules-not-restored", String.class);

  public static final EvidenceName<List<Finding>> DIFFERS_FROM_BASELINE =
      EvidenceName.ofList("differs-from-baseline", Finding.class);

  /** Where the watch stands; a new attempt goes on from there. */
  public static final EvidenceName<WatchPosition> WATCH =
      EvidenceName.of("watch", WatchPosition.class);

  public static final EvidenceName<List<Contract.LegacyWriter>> LEGACY_WRITERS =
      EvidenceName.ofList("legacy-writers", Contract.LegacyWriter.class);

  /** Rows that break each precondition of contract. */
  public static final EvidenceName<Map<String, Long>> PRECONDITIONS_BROKEN =
      EvidenceName.ofMap("preconditions-broken", Long.class);

  private static <P> EvidenceFamily<P, List<LockLadder.Attempt>> family(
      String prefix, Function<P, String> print) {
    return new EvidenceFamily<>(EvidenceName.ofList(prefix, LockLadder.Attempt.class), print);
  }
}
