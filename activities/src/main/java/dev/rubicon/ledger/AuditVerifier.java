package dev.rubicon.ledger;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.AuditTrail.Anchor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says whether the trail is what was written. The chain alone shows a changed entry and one removed
 * from the middle; a removed tail, and a chain that was recomputed from some entry on, show only
 * against anchors kept elsewhere.
 */
public final class AuditVerifier {
  private AuditVerifier() {}

  /** What is wrong at one place. */
  public enum Kind {
    /** The entry is not what its hash was computed over. */
    CHANGED,
    /** Entries are missing. */
    REMOVED,
    /** It does not carry the hash of the entry before: one of the two was rewritten. */
    UNCHAINED,
    /** An anchor names an entry beyond the end of the trail. */
    TAIL_REMOVED,
    /** The chain is whole, but it is not the one that was anchored. */
    REWRITTEN
  }

  /**
   * @param seq of the entry that shows it; of the first missing one for a removal
   */
  public record Break(long seq, Kind kind, String detail) {}

  /**
   * @param entries looked at
   * @param anchors compared with
   * @param headSeq 0 for an empty trail
   * @param breaks in order; empty when the trail is intact
   */
  public record Result(
      int entries, int anchors, long headSeq, String headHash, List<Break> breaks) {
    public Result {
      breaks = List.copyOf(breaks);
    }

    public boolean intact() {
      return breaks.isEmpty();
    }

    /** Fails with {@link ErrorCode#AUDIT_CHAIN_BROKEN} unless intact. */
    public Result requireIntact() {
      if (!intact()) {
        Break first = breaks.getFirst();
        throw new RubiconException(
            ErrorCode.AUDIT_CHAIN_BROKEN,
            "the audit trail is broken at entry " + first.seq() + ": " + first.detail(),
            "compare with a backup of the ledger; who could write there as its owner or"
                + " superuser?");
      }
      return this;
    }
  }

  /**
   * @param chain the whole trail, in order of seq
   * @param anchors from the object store and from Temporal's history
   */
  public static Result verify(List<AuditEntry> chain, List<Anchor> anchors) {
    var breaks = new ArrayList<Break>();
    Map<Long, String> hashes = new HashMap<>();
    long seq = 0;
    String hash = AuditEntry.GENESIS;
    for (AuditEntry entry : chain) {
      follow(entry, seq, hash, breaks);
      if (!entry.computedHash().equals(entry.hash())) {
        breaks.add(
            new Break(entry.seq(), Kind.CHANGED, "its content is not what its hash was made of"));
      }
      hashes.put(entry.seq(), entry.hash());
      seq = entry.seq();
      hash = entry.hash();
    }
    for (Anchor anchor : anchors) {
      compare(anchor, seq, hashes, breaks);
    }
    breaks.sort(java.util.Comparator.comparingLong(Break::seq).thenComparing(Break::kind));
    return new Result(chain.size(), anchors.size(), seq, hash, breaks.stream().distinct().toList());
  }

  private static void follow(AuditEntry entry, long before, String hash, List<Break> breaks) {
    if (entry.seq() != before + 1) {
      String which =
          entry.seq() == before + 2
              ? "entry " + (before + 1) + " is missing"
              : "entries " + (before + 1) + " to " + (entry.seq() - 1) + " are missing";
      breaks.add(new Break(before + 1, Kind.REMOVED, which));
    } else if (!entry.prevHash().equals(hash)) {
      breaks.add(
          new Break(
              entry.seq(),
              Kind.UNCHAINED,
              "it does not carry the hash of the entry before: one of the two was rewritten"));
    }
  }

  private static void compare(
      Anchor anchor, long headSeq, Map<Long, String> hashes, List<Break> breaks) {
    if (anchor.seq() == 0) {
      return;
    }
    String there = hashes.get(anchor.seq());
    String source = "the anchor of " + anchor.rollout() + " at " + anchor.gate();
    if (anchor.seq() > headSeq) {
      breaks.add(
          new Break(
              headSeq + 1,
              Kind.TAIL_REMOVED,
              "the trail ends at " + headSeq + ", but " + source + " saw entry " + anchor.seq()));
    } else if (there == null) {
      breaks.add(new Break(anchor.seq(), Kind.REMOVED, "missing, but seen by " + source));
    } else if (!there.equals(anchor.hash())) {
      breaks.add(new Break(anchor.seq(), Kind.REWRITTEN, "its hash is not the one in " + source));
    }
  }
}
