package dev.rubicon.rollout;

import dev.rubicon.grade.Ceremony;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What each phase reports: the same facts whether it ran once or five times. They are small (they
 * stand in Temporal's history); the full evidence stands in the ledger.
 */
public final class Facts {
  private Facts() {}

  /** What a phase came to. */
  public interface OfPhase {
    /** In one line, for people. */
    String line();
  }

  /**
   * @param fingerprint of the target's schemas before the rollout touched anything
   * @param canonicalFingerprint of canonical, built in a scratch database
   * @param findings count per kind
   * @param open ids of the findings that stop the plan
   * @param clients what clients will notice, in words; absent in older histories
   * @param ceremony what the rollout needs for it; absent in older histories, and before it is
   *     known
   */
  public record Preflight(
      String serverVersion,
      String fingerprint,
      String canonicalFingerprint,
      Map<String, Integer> findings,
      List<String> open,
      List<String> clients,
      Optional<Ceremony> ceremony)
      implements OfPhase {
    public Preflight {
      clients = clients == null ? List.of() : List.copyOf(clients);
      ceremony = ceremony == null ? Optional.empty() : ceremony;
    }

    @Override
    public String line() {
      return "findings " + findings;
    }
  }

  /**
   * @param key of the manifest in the object store; empty for a backup made elsewhere
   * @param location the manifest's whole URI; of a backup made elsewhere, the runbook's reference
   * @param digest SHA-256 of the manifest; for a backup made elsewhere, of its reference
   * @param rows per relation, in the backup's snapshot
   */
  public record Backup(
      String key, String location, String digest, long bytes, Map<String, Long> rows)
      implements OfPhase {
    @Override
    public String line() {
      return key.isEmpty()
          ? "made elsewhere: " + location
          : bytes + " bytes, " + rows.size() + " relations, " + location;
    }
  }

  /**
   * @param golden database restored from the backup; empty when there is no clone
   * @param origin "backup", "staging" or "none"
   * @param relations compared with the manifest
   */
  public record Clone(String golden, String origin, int relations) implements OfPhase {
    @Override
    public String line() {
      return relations + " relations equal to the backup's snapshot";
    }
  }

  /**
   * @param digest SHA-256 over the rehearsal's result, durations aside
   * @param change fingerprint of the change that production must reach at cutover
   * @param predicted seconds per phase
   * @param contract why contract could not end as things stand, if it could not
   */
  public record Rehearsal(
      boolean rehearsed,
      String digest,
      String change,
      Map<String, Double> predicted,
      List<String> checks,
      Optional<String> contract)
      implements OfPhase {
    @Override
    public String line() {
      return checks.size()
          + " checks passed, predicted seconds "
          + predicted
          + contract.map(why -> "; contract could not end as things stand: " + why).orElse("");
    }
  }

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
   * @param sequences that were behind and are set; absent in older histories
   */
  public record Expand(List<String> migrations, List<String> indexes, List<String> sequences)
      implements OfPhase {
    public Expand {
      sequences = sequences == null ? List.of() : List.copyOf(sequences);
    }

    @Override
    public String line() {
      return "migrations " + migrations + ", indexes " + indexes + Lines.set(sequences);
    }
  }

  public record DualWrite(List<String> relations, int triggers) implements OfPhase {
    @Override
    public String line() {
      return triggers + " triggers on " + relations;
    }
  }

  /**
   * @param rows present per relation when the backfill ended, all of them filled
   * @param moved what the backfill itself did, per relation that it fills; clients moved the rest
   * @param throttled what held it back, per reason
   */
  public record Backfill(Map<String, Long> rows, Map<String, Moved> moved, List<Held> throttled)
      implements OfPhase {
    @Override
    public String line() {
      return moved.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + entry.getValue().line())
              .collect(Collectors.joining("; ", "", moved.isEmpty() ? "nothing to move" : ""))
          + throttled.stream().map(held -> "; " + held.line()).collect(Collectors.joining());
    }
  }

  /**
   * Rows that were moved in batches.
   *
   * @param seconds from the first batch's begin to the last one's end, with every pause between
   */
  public record Moved(long rows, long batches, double seconds, double rowsPerSecond) {
    String line() {
      return Lines.text(
          "%d rows in %d batches, %.1f s, %.0f rows/s", rows, batches, seconds, rowsPerSecond);
    }
  }

  /**
   * How often and how long a reason held the backfill back.
   *
   * @param first when it first did, ISO 8601
   * @param last when it last did
   */
  public record Held(String reason, long times, double seconds, String first, String last) {
    String line() {
      return Lines.text("held %d times, %.1f s: %s", times, seconds, reason);
    }
  }

  /**
   * @param rows compared per relation
   * @param mismatches 0, or the phase failed
   * @param invariants names of those that hold
   * @param others what others changed in the schemas since preflight; absent in older histories
   */
  public record Verify(
      Map<String, Long> rows,
      long mismatches,
      List<String> invariants,
      String fingerprint,
      List<String> others)
      implements OfPhase {
    public Verify {
      others = others == null ? List.of() : List.copyOf(others);
    }

    @Override
    public String line() {
      return mismatches
          + " mismatches in "
          + rows
          + (others.isEmpty() ? "" : ", changed by others since preflight: " + others);
    }
  }

  /**
   * @param fingerprint of the target's schemas right after the commit
   * @param change fingerprint of what differs from the schemas before the rollout; production's
   *     must equal the rehearsal's
   * @param stamps written, {@code table=version}
   * @param turns committed crossings and ways back, this one included
   * @param durability which servers had the commit on disk when it returned
   * @param otherwise what it changed in another way than the rehearsal's crossing; empty where that
   *     is not known
   * @param sequences that were behind and are set, by now; absent in older histories
   * @param behind sequences that collide and that nobody has set; absent in older histories
   */
  public record Cutover(
      String fingerprint,
      String change,
      Blocked blocked,
      List<String> stamps,
      List<String> postConditions,
      int turns,
      String durability,
      List<String> otherwise,
      List<String> sequences,
      List<String> behind)
      implements OfPhase {
    public Cutover {
      sequences = sequences == null ? List.of() : List.copyOf(sequences);
      behind = behind == null ? List.of() : List.copyOf(behind);
      otherwise = otherwise == null ? List.of() : List.copyOf(otherwise);
    }

    @Override
    public String line() {
      return blocked.line()
          + ", stamps "
          + stamps
          + Lines.set(sequences)
          + (behind.isEmpty() ? "" : ", sequences that collide " + behind);
    }
  }

  /**
   * @param failed names of the checks that failed; the runbook says what happens then
   */
  public record Smoke(List<String> passed, List<String> failed) implements OfPhase {
    @Override
    public String line() {
      return passed.size() + " passed, failed " + failed;
    }
  }

  /**
   * @param alerts raised, in order of first occurrence
   */
  public record Watch(List<String> alerts) implements OfPhase {
    @Override
    public String line() {
      return alerts.isEmpty() ? "no alert" : "alerts " + alerts;
    }
  }

  /**
   * @param turns committed crossings and ways back, this one included
   * @param durability which servers had the commit on disk when it returned
   */
  public record Rollback(
      String fingerprint, Blocked blocked, List<String> stamps, int turns, String durability)
      implements OfPhase {
    @Override
    public String line() {
      return blocked.line() + ", stamps " + stamps;
    }
  }

  /**
   * @param fingerprint equal to preflight's, but for what others changed
   * @param others what others changed since, and the abort has left; absent in older histories
   */
  public record Abort(String fingerprint, List<String> others) implements OfPhase {
    public Abort {
      others = others == null ? List.of() : List.copyOf(others);
    }

    @Override
    public String line() {
      return "fingerprint "
          + fingerprint
          + (others.isEmpty() ? "" : ", but for what others changed: " + others);
    }
  }

  /**
   * @param actions {@code relation.column=drop|archive|keep}
   */
  public record Contract(String fingerprint, List<String> actions) implements OfPhase {
    @Override
    public String line() {
      return String.join(", ", actions);
    }
  }
}
