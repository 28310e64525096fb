package dev.rubicon.http;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A runbook folder that came over the network: unpacked within bounds, then read as any other. */
final class ZippedRunbook {
  private static final long MOST_BYTES = 64L << 20;
  private static final int MOST_FILES = 2000;

  private ZippedRunbook() {}

  static Bundle read(byte[] zip) {
    try {
      Path folder = Files.createTempDirectory("rubicon-upload");
      try {
        unpack(zip, folder);
        return RunbookReader.read(folder);
      } catch (RubiconException e) {
        // Where it was unpacked is nobody's business.
        throw new RubiconException(
            e.code(),
            e.getMessage().replace(folder + "/", "").replace(folder.toString(), "the runbook"),
            e.next().replace(folder.toString(), "DIR"),
            e);
      } finally {
        delete(folder);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw malformed("the body is not a zip of a runbook folder");
    }
  }

  private static RubiconException malformed(String cause) {
    return new RubiconException(
        ErrorCode.USAGE, cause, "send the folder that holds runbook.yaml: zip -r runbook.zip .");
  }

  private static void unpack(byte[] zip, Path folder) throws IOException {
    long left = MOST_BYTES;
    int files = 0;
    try (var in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path file = folder.resolve(entry.getName()).normalize();
        if (!file.startsWith(folder)) {
          throw malformed("a file of the zip leaves its folder");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
          continue;
        }
        Files.createDirectories(file.getParent());
        byte[] content = in.readNBytes((int) Math.min(left + 1, Integer.MAX_VALUE));
        left -= content.length;
        if (left < 0 || ++files > MOST_FILES) {
          throw malformed("the runbook folder is too large");
        }
        Files.write(file, content);
      }
    }
    if (files == 0) {
      throw malformed("the body is not a zip of a runbook folder");
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
