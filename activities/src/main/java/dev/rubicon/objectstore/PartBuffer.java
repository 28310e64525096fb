package dev.rubicon.objectstore;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * One part, kept until the store has confirmed it, so that it can be sent again. In memory up to a
 * bound that does not depend on the stream's length; the few hundred MiB of a later part lie in a
 * temporary file.
 */
final class PartBuffer implements AutoCloseable {
  static final int IN_MEMORY = 64 << 20;

  private byte[] memory = new byte[1 << 20];
  private long size;
  private Path file;
  private OutputStream toFile;
  private MessageDigest md5 = Digests.md5();

  long size() {
    return size;
  }

  /** Bytes of heap that it holds. */
  int held() {
    return memory.length;
  }

  void write(byte[] from, int offset, int count) {
    md5.update(from, offset, count);
    if (toFile == null && size + count <= IN_MEMORY) {
      if (size + count > memory.length) {
        memory =
            Arrays.copyOf(
                memory, (int) Math.min(IN_MEMORY, Math.max(memory.length * 2L, size + count)));
      }
      System.arraycopy(from, offset, memory, (int) size, count);
    } else {
      spill(from, offset, count);
    }
    size += count;
  }

  private void spill(byte[] from, int offset, int count) {
    try {
      if (toFile == null) {
        file = Files.createTempFile("rubicon-part", "");
        toFile = Files.newOutputStream(file);
        toFile.write(memory, 0, (int) size);
      }
      toFile.write(from, offset, count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Content-MD5 of the part; call once it is complete. */
  String md5() {
    return Base64.getEncoder().encodeToString(md5.digest());
  }

  RequestBody body() {
    try {
      if (toFile != null) {
        toFile.flush();
        return RequestBody.fromFile(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return RequestBody.fromContentProvider(
        () -> new java.io.ByteArrayInputStream(memory, 0, (int) size),
        size,
        "application/octet-stream");
  }

  /** Empties it for the next part; the memory is used again. */
  void clear() {
    close();
    size = 0;
    md5 = Digests.md5();
  }

  @Override
  public void close() {
    try {
      if (toFile != null) {
        toFile.close();
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      toFile = null;
      file = null;
    }
  }
}
