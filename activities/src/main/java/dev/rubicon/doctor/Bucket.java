package dev.rubicon.doctor;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Whether the bucket can be used: a probe object is written, read and deleted. */
public final class Bucket {
  private Bucket() {}

  /**
   * @throws RubiconException BUCKET_NOT_WRITABLE, or OBJECT_STORE_UNREACHABLE
   */
  public static void requireUsable(ObjectStore store) {
    store.checkWritable();
    String key = "doctor/" + UUID.randomUUID();
    byte[] probe = key.getBytes(StandardCharsets.UTF_8);
    try {
      store.put(key, probe, "text/plain");
      boolean same = Arrays.equals(probe, store.read(key));
      store.delete(key);
      if (!same) {
        throw new RubiconException(
            ErrorCode.BUCKET_NOT_WRITABLE,
            "the bucket gives back other bytes than were written",
            "check what stands between Rubicon and the object store, then: rubicon doctor");
      }
    } catch (RubiconException e) {
      if (e.code() == ErrorCode.OBJECT_STORE_UNREACHABLE
          || e.code() == ErrorCode.BUCKET_NOT_WRITABLE) {
        throw e;
      }
      throw new RubiconException(
          ErrorCode.BUCKET_NOT_WRITABLE,
          "a probe object could not be read back: " + e.getMessage(),
          "grant PutObject, GetObject and DeleteObject on the bucket, then: rubicon doctor",
          e);
    }
  }
}
