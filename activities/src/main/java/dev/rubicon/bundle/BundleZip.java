package dev.rubicon.bundle;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Files as a zip whose bytes depend on nothing but paths and contents. */
public final class BundleZip {
  /** The first moment that a zip can name, without a time zone: the same bytes everywhere. */
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  /** Above what a folder may hold, so that a forged archive cannot fill the memory. */
  private static final int MAX_BYTES = 64 * 1024 * 1024;

  private BundleZip() {}

  public static byte[] pack(SortedMap<String, byte[]> files) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
        var entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(EPOCH);
        zip.putNextEntry(entry);
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static SortedMap<String, byte[]> unpack(byte[] archive) throws IOException {
    var files = new TreeMap<String, byte[]>();
    int left = MAX_BYTES;
    try (var zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] content = zip.readNBytes(left + 1);
        left -= content.length;
        if (left < 0) {
          throw new IOException("larger than any bundle");
        }
        files.put(entry.getName(), content);
      }
    }
    return files;
  }
}
