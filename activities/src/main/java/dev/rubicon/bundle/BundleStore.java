package dev.rubicon.bundle;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.ObjectStore;
import java.util.SortedMap;

/** Bundles in the object store, under their digests: every worker runs the same bytes. */
public final class BundleStore {
  private final ObjectStore store;

  public BundleStore(ObjectStore store) {
    this.store = store;
  }

  /** Stores the bundle unless it is there already; what is there is never replaced. */
  public void put(Bundle bundle) {
    store.putIfAbsent(key(bundle.digest()), BundleZip.pack(bundle.files()), "application/zip");
  }

  /**
   * The bundle of that digest, checked.
   *
   * @throws RubiconException BUNDLE_MISSING, or BUNDLE_CORRUPT when its content has another digest
   */
  public Bundle get(String digest) {
    if (!digest.matches("[0-9a-f]{64}")) {
      throw new RubiconException(
          ErrorCode.BUNDLE_MISSING,
          "'" + digest + "' is no bundle's digest",
          "launch the runbook: rubicon launch");
    }
    if (!store.exists(key(digest))) {
      throw new RubiconException(
          ErrorCode.BUNDLE_MISSING,
          "the object store has no " + key(digest),
          "launch the runbook again: rubicon launch stores it; bundles/ must not be cleaned up");
    }
    SortedMap<String, byte[]> files;
    try {
      files = BundleZip.unpack(store.read(key(digest)));
    } catch (java.io.IOException e) {
      throw corrupt(digest, "cannot be unpacked", e);
    }
    String found = BundleDigest.of(files);
    if (!found.equals(digest)) {
      throw corrupt(digest, "has the digest " + found, null);
    }
    return RunbookReader.read(files, "bundle " + digest.substring(0, 12) + "/");
  }

  private static RubiconException corrupt(String digest, String why, Throwable origin) {
    return new RubiconException(
        ErrorCode.BUNDLE_CORRUPT,
        key(digest) + " " + why,
        "delete that object, then launch the runbook again: rubicon launch",
        origin);
  }

  private static String key(String digest) {
    return "bundles/" + digest + ".zip";
  }
}
