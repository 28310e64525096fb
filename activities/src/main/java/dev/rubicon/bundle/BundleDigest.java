package dev.rubicon.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * SHA-256 over the sorted paths and the contents, each with its length before it, so that no two
 * different folders give the same bytes. Times and permissions of files are not part of it.
 */
final class BundleDigest {
  private BundleDigest() {}

  static String of(SortedMap<String, byte[]> files) {
    MessageDigest sha = sha256();
    sha.update("rubicon bundle 1\n".getBytes(StandardCharsets.US_ASCII));
    new TreeMap<>(files)
        .forEach(
            (path, content) -> {
              add(sha, path.getBytes(StandardCharsets.UTF_8));
              add(sha, content);
            });
    return HexFormat.of().formatHex(sha.digest());
  }

  private static void add(MessageDigest sha, byte[] bytes) {
    sha.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).array());
    sha.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
