package dev.rubicon.ledger.audit;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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
    REWRITTEN,
    /** The object store lacks an anchor. */
    ANCHOR_MISSING,
    /** What lies where an anchor is cannot be read as one. */
    ANCHOR_UNREADABLE,
    /** It is the anchor of something else. */
    ANCHOR_MISPLACED,
    /** An approval, a sign-off or evidence that the trail does not know. */
    ROW_WITHOUT_ENTRY,
    /** The table lacks what the trail says. */
    ENTRY_WITHOUT_ROW,
    /** Table and trail say different things. */
    ROW_DIFFERS,
    /** Temporal's history has what the trail lacks. */
    MISSING,
    /** The trail has what Temporal's history of that run lacks. */
    NOT_IN_HISTORY,
    /** Temporal's history and the trail say different things. */
    HISTORY_DIFFERS,
    /** In a person's name, and not signed, in a rollout whose decisions are. */
    UNSIGNED,
    /** The signature is of no key that is trusted, or for something else. */
    SIGNATURE_WRONG,
    /** An earlier entry has the signature. */
    SIGNATURE_REUSED
  }

  /**
   * @param seq of the entry that shows it; of the first missing one for a removal; 0 where no entry
   *     does
   */
  public record Break(long seq, Kind kind, String detail) {}

  /** An entry that was brought back from Temporal's history. */
  public record Reconciled(
      long seq, String rollout, String action, String actor, AuditEntry.Reconciled was) {}

  /**
   * What could not be compared.
   *
   * @param what a workflow and its run
   */
  public record Unseen(String rollout, String what, String why) {}

  /**
   * A decision of which nothing shows that its person made it; no fault of the trail.
   *
   * @param why there is nothing
   */
  public record Unverified(long seq, String rollout, String action, String actor, String why) {}

  /**
   * @param entries looked at
   * @param anchors compared with
   * @param headSeq 0 for an empty trail
   * @param breaks in order; empty when the trail is intact
   * @param reconciled entries that were brought back
   * @param unseen what could not be compared; no fault of the trail
   * @param unverified decisions that nobody signed, or that cannot be checked here
   */
  public record Result(
      int entries,
      int anchors,
      long headSeq,
      String headHash,
      List<Break> breaks,
      List<Reconciled> reconciled,
      List<Unseen> unseen,
      List<Unverified> unverified) {
    public Result {
      breaks =
          breaks.stream()
              .distinct()
              .sorted(Comparator.comparingLong(Break::seq).thenComparing(Break::kind))
              .toList();
      reconciled = List.copyOf(reconciled);
      unseen = List.copyOf(unseen);
      unverified = List.copyOf(unverified);
    }

    /** With what a look at the signatures has found. */
    public Result with(List<Break> more, List<Unverified> nobodysWord) {
      var all = new ArrayList<>(breaks);
      all.addAll(more);
      return new Result(entries, anchors, headSeq, headHash, all, reconciled, unseen, nobodysWord);
    }

    public boolean intact() {
      return breaks.isEmpty();
    }

    /** Fails with {@link ErrorCode#AUDIT_CHAIN_BROKEN} unless intact. */
    public Result requireIntact() {
      if (!intact()) {
        Break first = breaks.getFirst();
        boolean behind = breaks.stream().anyMatch(found -> found.kind() == Kind.MISSING);
        throw new RubiconException(
            ErrorCode.AUDIT_CHAIN_BROKEN,
            "the audit trail is broken"
                + (first.seq() > 0 ? " at entry " + first.seq() : "")
                + ": "
                + first.detail(),
            behind
                ? "if the ledger was restored from an older dump: rubicon audit --reconcile"
                : "compare with a backup of the ledger; who could write there as its owner or"
                    + " superuser?");
      }
      return this;
    }
  }

  /**
   * The chain by itself, and against one rollout's anchors from the object store.
   *
   * @param chain the whole trail, in order of seq
   */
  public static Result verify(List<AuditEntry> chain, String rollout, List<StoredAnchor> stored) {
    var breaks = new ArrayList<>(links(chain));
    breaks.addAll(AnchorCheck.of(chain, chain, rollout::equals, stored, Histories.NONE));
    return result(chain, stored.size(), breaks, List.of());
  }

  /** Everything that there is. */
  public static Result verify(
      AuditBooks before, AuditBooks now, List<StoredAnchor> stored, Histories histories) {
    var breaks = new ArrayList<>(links(now.chain()));
    breaks.addAll(AnchorCheck.of(before.chain(), now.chain(), _ -> true, stored, histories));
    breaks.addAll(RowCheck.of(now));
    HistoryCheck.missing(now.chain(), histories.events()).stream()
        .map(HistoryCheck::missing)
        .forEach(breaks::add);
    breaks.addAll(HistoryCheck.unfounded(before.chain(), histories));
    int anchors = stored.size() + histories.anchors().size();
    return result(now.chain(), anchors, breaks, histories.unseen());
  }

  /** What is to be brought back from Temporal's histories, in the order in which it happened. */
  public static List<HistoryEvent> missing(AuditBooks now, Histories histories) {
    return HistoryCheck.lost(now.chain(), histories.events());
  }

  private static Result result(
      List<AuditEntry> chain, int anchors, List<Break> breaks, List<Unseen> unseen) {
    return new Result(
        chain.size(),
        anchors,
        chain.isEmpty() ? 0 : chain.getLast().seq(),
        chain.isEmpty() ? AuditEntry.GENESIS : chain.getLast().hash(),
        breaks,
        reconciled(chain),
        unseen,
        List.of());
  }

  /** Entries that were brought back. */
  public static List<Reconciled> reconciled(List<AuditEntry> chain) {
    var found = new ArrayList<Reconciled>();
    for (AuditEntry e : chain) {
      e.reconciled()
          .map(was -> new Reconciled(e.seq(), e.rollout(), e.action(), e.actor(), was))
          .ifPresent(found::add);
    }
    return found;
  }

  private static List<Break> links(List<AuditEntry> chain) {
    var breaks = new ArrayList<Break>();
    long seq = 0;
    String hash = AuditEntry.GENESIS;
    for (AuditEntry entry : chain) {
      follow(entry, seq, hash, breaks);
      if (!entry.computedHash().equals(entry.hash())) {
        breaks.add(
            new Break(entry.seq(), Kind.CHANGED, "its content is not what its hash was made of"));
      }
      seq = entry.seq();
      hash = entry.hash();
    }
    return breaks;
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
}
