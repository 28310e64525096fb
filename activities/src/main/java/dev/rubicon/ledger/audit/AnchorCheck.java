package dev.rubicon.ledger.audit;

import dev.rubicon.ledger.audit.AuditTrail.Anchor;
import dev.rubicon.ledger.audit.AuditVerifier.Break;
import dev.rubicon.ledger.audit.AuditVerifier.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Compares the trail with the anchors of its gates, each of which must be there. */
public final class AnchorCheck {
  private static final String GATE = "gate-";

  private final Map<Long, AuditEntry> bySeq = new HashMap<>();
  private final Map<String, AuditEntry> reconciled = new HashMap<>();
  private final Set<Anchor> stored = new HashSet<>();
  private final long head;
  private final List<Break> breaks = new ArrayList<>();

  private AnchorCheck(List<AuditEntry> chain, List<StoredAnchor> objects) {
    for (AuditEntry entry : chain) {
      bySeq.put(entry.seq(), entry);
      if (entry.action().startsWith(GATE)) {
        entry.reconciled().ifPresent(r -> reconciled.put(r.hash(), entry));
      }
    }
    objects.forEach(object -> object.read().ifPresent(stored::add));
    this.head = chain.isEmpty() ? 0 : chain.getLast().seq();
  }

  /**
   * @param before the trail as it was before the anchors were listed: each gate in it has its own
   * @param chain as it was after that, so that it has what each anchor names
   * @param rollouts whose anchors must be there
   * @param stored what lies in the object store
   */
  static List<Break> of(
      List<AuditEntry> before,
      List<AuditEntry> chain,
      Predicate<String> rollouts,
      List<StoredAnchor> stored,
      Histories histories) {
    var check = new AnchorCheck(chain, stored);
    List<Anchor> seen = histories.anchors();
    Set<String> unopened = histories.unopened();
    Map<String, Anchor> expected = new LinkedHashMap<>();
    seen.forEach(anchor -> expected.put(anchor.key(), anchor));
    for (AuditEntry entry : before) {
      if (entry.action().startsWith(GATE)
          && rollouts.test(entry.rollout())
          && !unopened.contains(entry.idempotencyKey())) {
        Anchor own = anchor(entry);
        expected.putIfAbsent(own.key(), own);
        lost(entry).ifPresent(anchor -> expected.putIfAbsent(anchor.key(), anchor));
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

  /** A gate's. */
  public static Anchor anchor(AuditEntry entry) {
    return new Anchor(entry.rollout(), gate(entry), entry.seq(), entry.hash());
  }

  /** The anchor of the lost entry that this one replaces. */
  private static Optional<Anchor> lost(AuditEntry entry) {
    return entry
        .reconciled()
        .filter(lost -> lost.seq() > 0)
        .map(lost -> new Anchor(entry.rollout(), gate(entry), lost.seq(), lost.hash()));
  }

  private static String gate(AuditEntry entry) {
    return entry.action().substring(GATE.length());
  }

  /** What only the ledger says of itself proves nothing: a mark needs an anchor of its own. */
  private boolean broughtBack(Anchor anchor) {
    AuditEntry back = reconciled.get(anchor.hash());
    return back != null
        && lost(back).filter(anchor::equals).isPresent()
        && stored.contains(anchor(back));
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
    AuditEntry there = bySeq.get(anchor.seq());
    if (broughtBack(anchor)) {
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
