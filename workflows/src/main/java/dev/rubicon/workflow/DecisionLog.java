package dev.rubicon.workflow;

import dev.rubicon.message.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The last decisions with their authors, in order, for the UI's details. */
final class DecisionLog {
  private static final int KEPT = 20;

  private final List<Entry> entries = new ArrayList<>();
  private int earlier;
  private Optional<Entry> lastReturn = Optional.empty();

  /**
   * @param digest that an approval named; empty where none is
   * @param refused code of the refusal; empty where it was carried out
   */
  record Entry(
      Instant at, String who, String what, String digest, String reason, Optional<String> refused) {

    static Entry of(Decision decision, Instant at, Optional<String> refused) {
      return new Entry(
          at,
          decision.by().shown(),
          decision instanceof Decision.Approve ? decision.action() : SummaryText.what(decision),
          decision instanceof Decision.Approve approval ? approval.digest() : "",
          decision.by().reason(),
          refused);
    }
  }

  void add(Entry entry) {
    entries.add(entry);
    if (entries.size() > KEPT) {
      entries.removeFirst();
      earlier++;
    }
  }

  /** A decision that is carried out. */
  void carriedOut(Decision decision, Instant at) {
    var entry = Entry.of(decision, at, Optional.empty());
    add(entry);
    if (decision instanceof Decision.Rollback) {
      lastReturn = Optional.of(entry);
    }
  }

  void refused(Decision decision, Instant at, String code) {
    add(Entry.of(decision, at, Optional.of(code)));
  }

  /** What Rubicon itself did. */
  void itself(String what, String reason, Instant at) {
    add(new Entry(at, "rubicon", what, "", reason, Optional.empty()));
  }

  /** The rollback that a human ordered last. */
  Optional<Entry> lastReturn() {
    return lastReturn;
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** How many came before those that are kept. */
  int earlier() {
    return earlier;
  }
}
