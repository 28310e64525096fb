package dev.rubicon.rollout;

import java.util.List;
import java.util.Map;

/**
 * What each phase reports: the same facts whether it ran once or five times. They are small (they
 * stand in Temporal's history); the full evidence stands in the ledger.
 */
public final class Facts {
  private Facts() {}

  /**
   * @param fingerprint of the target's schemas before the rollout touched anything
   * @param canonicalFingerprint of canonical, built in a scratch database
   * @param findings count per kind
   * @param open ids of the findings that stop the plan
   */
  public record Preflight(
      String serverVersion,
      String fingerprint,
      String canonicalFingerprint,
      Map<String, Integer> findings,
      List<String> open) {}

  /**
   * @param key of the manifest in the object store; empty for a backup made elsewhere
   * @param digest SHA-256 of the manifest; for a backup made elsewhere, of its reference
   * @param rows per relation, in the backup's snapshot
   */
  public record Backup(String key, String digest, long bytes, Map<String, Long> rows) {}

  /**
   * @param golden database restored from the backup; empty when there is no clone
   * @param origin "backup", "staging" or "none"
   * @param relations compared with the manifest
   */
  public record Clone(String golden, String origin, int relations) {}

  /**
   * @param digest SHA-256 over the rehearsal's result, durations aside
   * @param change fingerprint of the change that production must reach at cutover
   * @param predicted seconds per phase
   */
  public record Rehearsal(
      boolean rehearsed,
      String digest,
      String change,
      Map<String, Double> predicted,
      List<String> checks) {}

  /**
   * What an approval binds.
   *
   * @param digest SHA-256 over bundle, findings with dispositions, resolved target and its
   *     fingerprint, backup manifest, rehearsal result, tool version
   */
  public record Dossier(String digest, String fingerprint, List<String> cannotPromise) {}

  /**
   * @param migrations applied, by version
   * @param indexes built concurrently and valid
   */
  public record Expand(List<String> migrations, List<String> indexes) {}

  public record DualWrite(List<String> relations, int triggers) {}

  /**
   * @param rows present per relation when the backfill ended, all of them filled
   */
  public record Backfill(Map<String, Long> rows) {}

  /**
   * @param rows compared per relation
   * @param mismatches 0, or the phase failed
   * @param invariants names of those that hold
   */
  public record Verify(
      Map<String, Long> rows, long mismatches, List<String> invariants, String fingerprint) {}

  /**
   * @param fingerprint of the target's schemas right after the commit
   * @param change fingerprint of what differs from the schemas before the rollout; production's
   *     must equal the rehearsal's
   * @param stamps written, {@code table=version}
   * @param turns committed crossings and ways back, this one included
   * @param durability who had the commit on disk when it was answered
   */
  public record Cutover(
      String fingerprint,
      String change,
      List<String> stamps,
      List<String> postConditions,
      int turns,
      String durability) {}

  /**
   * @param failed names of the checks that failed; what happens then is the runbook's word
   */
  public record Smoke(List<String> passed, List<String> failed) {}

  /**
   * @param alerts raised, in order of first occurrence
   */
  public record Watch(List<String> alerts) {}

  /**
   * @param turns committed crossings and ways back, this one included
   * @param durability who had the commit on disk when it was answered
   */
  public record Rollback(String fingerprint, List<String> stamps, int turns, String durability) {}

  /**
   * @param fingerprint equal to preflight's
   */
  public record Abort(String fingerprint) {}

  /**
   * @param actions {@code relation.column=drop|archive|keep}
   */
  public record Contract(String fingerprint, List<String> actions) {}
}
