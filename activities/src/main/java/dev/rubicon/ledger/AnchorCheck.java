package dev.rubicon.ledger;

import dev.rubicon.ledger.AuditTrail.Anchor;
import dev.rubicon.ledger.AuditVerifier.Break;
import dev.rubicon.ledger.AuditVerifier.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Compares the trail with the anchors of its gates, each of which must be there. */
final class AnchorCheck {
  private static final String GATE = "gate-";

  private final Map<Long, AuditEntry> bySeq = new HashMap<>();
  private final Map<String, AuditEntry> reconciled = new HashMap<>();
  private final long head;
  private final List<Break> breaks = new ArrayList<>();

  private AnchorCheck(List<AuditEntry> chain) {
    for (AuditEntry entry : chain) {
      bySeq.put(entry.seq(), entry);
      entry.reconciled().ifPresent(r -> reconciled.put(r.hash(), entry));
    }
    this.head = chain.isEmpty() ? 0 : chain.getLast().seq();
  }

  /**
   * @param rollouts whose anchors must be there
   * @param stored what lies in the object store
   */
  static List<Break> of(
      List<AuditEntry> chain,
      Predicate<String> rollouts,
      List<StoredAnchor> stored,
      Histories histories) {
    var check = new AnchorCheck(chain);
    List<Anchor> seen = histories.anchors();
    Set<String> unopened = histories.unopened();
    Map<String, Anchor> expected = new LinkedHashMap<>();
    seen.forEach(anchor -> expected.put(anchor.key(), anchor));
    for (AuditEntry entry : chain) {
      if (entry.action().startsWith(GATE)
          && rollouts.test(entry.rollout())
          && !unopened.contains(entry.idempotencyKey())) {
        Anchor anchor = anchor(entry);
        expected.putIfAbsent(anchor.key(), anchor);
      }
    }
    seen.forEach(anchor -> check.compare(anchor, "what Temporal saw of"));
    for (StoredAnchor object : stored) {
      check.stored(object);
      expected.remove(object.key());
    }
    expected
        .values()
        .forEach(
            anchor ->
                check.add(
                    anchor.seq(),
                    Kind.ANCHOR_MISSING,
                    "the object store lacks its anchor " + anchor.key()));
    return check.breaks;
  }

  /** The entry's own; where it was brought back, the one that was stored with the lost entry. */
  static Anchor anchor(AuditEntry entry) {
    String gate = entry.action().substring(GATE.length());
    return entry
        .reconciled()
        .map(lost -> new Anchor(entry.rollout(), gate, lost.seq(), lost.hash()))
        .orElseGet(() -> new Anchor(entry.rollout(), gate, entry.seq(), entry.hash()));
  }

  private void stored(StoredAnchor object) {
    var anchor = object.read();
    if (anchor.isEmpty()) {
      add(
          0,
          Kind.ANCHOR_UNREADABLE,
          object.key() + " in the object store is not an anchor that can be read");
    } else if (!anchor.get().key().equals(object.key())) {
      add(
          anchor.get().seq(),
          Kind.ANCHOR_MISPLACED,
          object.key() + " in the object store holds the anchor " + anchor.get().key());
    } else {
      compare(anchor.get(), "the stored anchor of");
    }
  }

  private void compare(Anchor anchor, String whose) {
    String source = whose + " " + anchor.rollout() + " at " + anchor.gate();
    AuditEntry back = reconciled.get(anchor.hash());
    AuditEntry there = bySeq.get(anchor.seq());
    if (back != null && anchor(back).equals(anchor)) {
      return;
    }
    if (anchor.seq() > head) {
      add(
          head + 1,
          Kind.TAIL_REMOVED,
          "the trail ends at " + head + ", but " + source + " saw entry " + anchor.seq());
    } else if (there == null) {
      add(anchor.seq(), Kind.REMOVED, "missing, but seen by " + source);
    } else if (!there.hash().equals(anchor.hash())) {
      add(anchor.seq(), Kind.REWRITTEN, "its hash is not the one in " + source);
    } else if (!there.action().equals(GATE + anchor.gate())
        || !there.rollout().equals(anchor.rollout())) {
      add(anchor.seq(), Kind.ANCHOR_MISPLACED, "it is no gate's entry, as " + source + " says");
    }
  }

  private void add(long seq, Kind kind, String detail) {
    breaks.add(new Break(seq, kind, detail));
  }
}
