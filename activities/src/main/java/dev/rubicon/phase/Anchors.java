package dev.rubicon.phase;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.StoredAnchor;
import dev.rubicon.objectstore.ObjectStore;
import java.util.List;
import java.util.Optional;

/** Reads the trail's anchors from the object store, unchecked. */
public final class Anchors {
  private Anchors() {}

  /**
   * @param prefix of their keys
   * @throws RubiconException {@code OBJECT_STORE_UNREACHABLE}: nothing can be said then
   */
  public static List<StoredAnchor> stored(ObjectStore store, String prefix) {
    return store.keys(prefix).stream().map(key -> read(store, key)).toList();
  }

  /**
   * Stores what the rollout's gates lack: the store may have been away when one was opened. What is
   * there stays.
   */
  static void complete(Ledger ledger, ObjectStore store, String rollout) {
    for (AuditTrail.Anchor anchor : ledger.audit().anchors(rollout)) {
      store.putIfAbsent(anchor.key(), anchor.json(), "application/json");
    }
  }

  private static StoredAnchor read(ObjectStore store, String key) {
    try {
      return new StoredAnchor(key, Optional.of(store.read(key)));
    } catch (RubiconException e) {
      if (e.code() == ErrorCode.OBJECT_STORE_UNREACHABLE) {
        throw e;
      }
      return new StoredAnchor(key, Optional.empty());
    }
  }
}
