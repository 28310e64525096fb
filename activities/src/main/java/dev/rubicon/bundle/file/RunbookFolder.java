package dev.rubicon.bundle.file;

import dev.rubicon.yaml.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The bytes of a runbook's folder.
 *
 * @param files path to content; see {@link IgnoredFiles} for what is left out
 * @param refused what cannot be bundled, with the reason
 */
public record RunbookFolder(SortedMap<String, byte[]> files, List<Refused> refused) {
  /** A runbook is text that people review; more than this is a slip, such as a dump left there. */
  private static final long MAX_BYTES = 32L * 1024 * 1024;

  /** A file that cannot be bundled. */
  public record Refused(String path, String why) {}

  public RunbookFolder {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    refused = List.copyOf(refused);
  }

  public static RunbookFolder read(Path folder) {
    var files = new TreeMap<String, byte[]>();
    var refused = new ArrayList<Refused>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            private long bytes;

            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              boolean hidden = !dir.equals(folder) && IgnoredFiles.ignores(name(folder, dir));
              return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              String name = name(folder, file);
              if (IgnoredFiles.ignores(name)) {
                return FileVisitResult.CONTINUE;
              }
              if (!attributes.isRegularFile()) {
                refused.add(new Refused(name, "is no plain file; links are not bundled"));
                return FileVisitResult.CONTINUE;
              }
              bytes += attributes.size();
              if (bytes > MAX_BYTES) {
                refused.add(new Refused(name, "makes the runbook larger than 32 MiB"));
                return FileVisitResult.TERMINATE;
              }
              files.put(name, Files.readAllBytes(file));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RunbookFolder(files, refused);
  }

  public void report(Reading reading) {
    refused.forEach(each -> reading.problemIn(each.path(), 1, each.why()));
  }

  private static String name(Path folder, Path file) {
    var segments = new ArrayList<String>();
    folder.relativize(file).forEach(segment -> segments.add(segment.toString()));
    return String.join("/", segments);
  }
}
