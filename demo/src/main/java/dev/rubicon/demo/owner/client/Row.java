package dev.rubicon.demo.owner.client;

import java.util.Optional;
import java.util.UUID;

/** A row of these clients, and what was acknowledged of it; one writer holds it at a time. */
final class Row {
  final Kind kind;
  final UUID id;
  private String value;
  private Optional<String> alternative = Optional.empty();
  private boolean certain;
  private int audited;
  private int writes;

  Row(Kind kind, UUID id) {
    this.kind = kind;
    this.id = id;
  }

  /**
   * @param byNew whether the new version wrote it: it is audited since then
   */
  synchronized void acknowledge(String written, boolean byNew) {
    value = written;
    alternative = Optional.empty();
    certain = true;
    writes++;
    audited += byNew ? 1 : 0;
  }

  /** The connection was lost: it is written, or it is not. */
  synchronized void maybe(String written) {
    alternative = Optional.of(written);
    writes++;
  }

  /** Whether it must be there. */
  synchronized boolean certain() {
    return certain;
  }

  synchronized boolean holds(String found) {
    return found != null && (found.equals(value) || alternative.filter(found::equals).isPresent());
  }

  /** Acknowledged writes of the new version, and all writes that there may have been. */
  synchronized int audited() {
    return audited;
  }

  synchronized int writes() {
    return writes;
  }
}
