package dev.rubicon.evidence;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.finding.Finding;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.rollout.TargetIdentity;
import java.util.List;
import java.util.Map;

/**
 * Evidence whose type belongs to no phase, by its name in the ledger; other evidence has its name
 * beside its type, mostly as {@code EVIDENCE}. Ledgers outlive a version: a stored name is never
 * changed.
 */
public final class EvidenceNames {
  private EvidenceNames() {}

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

  /** What the rollout needs, by what is at stake. */
  public static final EvidenceName<Ceremony> CEREMONY = EvidenceName.of("ceremony", Ceremony.class);

  public static final EvidenceName<List<Finding>> FINDINGS =
      EvidenceName.ofList("findings", Finding.class);

  /** A few rows per relation that the runbook names, masked, or why there are none. */
  public static final EvidenceName<Map<String, Object>> SAMPLES =
      EvidenceName.ofMap("samples", Object.class);

  /** Writes of clients that went before and fail on the clone. */
  public static final EvidenceName<List<Finding>> CLIENT_WRITES =
      EvidenceName.ofList("client-writes", Finding.class);

  /** Why the throttle cannot see how far replicas lag. */
  public static final EvidenceName<String> THROTTLE_BLIND =
      EvidenceName.of("throttle-blind", String.class);

  public static final EvidenceName<String> FEWER_SESSIONS =
      EvidenceName.of("fewer-sessions", String.class);

  public static final EvidenceName<String> WAITED_FOR_LOCKED_ROWS =
      EvidenceName.of("waited-for-locked-rows", String.class);

  /** The script of the functions for partitions, as {@code export-partitions} writes it. */
  public static final EvidenceName<String> PARTITION_FUNCTIONS =
      EvidenceName.of("partition-functions", String.class);

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

  public static final EvidenceName<List<String>> LEGACY_RULES_NOT_RESTORED =
      EvidenceName.ofList("legacy-rules-not-restored", String.class);

  public static final EvidenceName<List<Finding>> DIFFERS_FROM_BASELINE =
      EvidenceName.ofList("differs-from-baseline", Finding.class);

  /** Rows that break each precondition of contract. */
  public static final EvidenceName<Map<String, Long>> PRECONDITIONS_BROKEN =
      EvidenceName.ofMap("preconditions-broken", Long.class);
}
