package dev.rubicon.bundle;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A runbook folder, content-addressed.
 *
 * @param digest SHA-256 over paths and contents, hex
 * @param files path relative to the folder, {@code /}-separated, to content
 */
public record Bundle(String digest, Runbook runbook, SortedMap<String, byte[]> files) {
  public Bundle {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** The text of a file that the runbook names. */
  public String text(String path) {
    byte[] content = files.get(path);
    if (content == null) {
      throw new RubiconException(
          ErrorCode.RUNBOOK_INVALID, "the bundle has no file " + path, "rubicon validate");
    }
    return new String(content, StandardCharsets.UTF_8);
  }

  /** The files below a folder, in order of their paths; keys are relative to the folder. */
  public SortedMap<String, byte[]> folder(String path) {
    String prefix = path.endsWith("/") ? path : path + "/";
    var inside = new TreeMap<String, byte[]>();
    for (Map.Entry<String, byte[]> file : files.tailMap(prefix).entrySet()) {
      if (!file.getKey().startsWith(prefix)) {
        break;
      }
      inside.put(file.getKey().substring(prefix.length()), file.getValue());
    }
    return inside;
  }
}
