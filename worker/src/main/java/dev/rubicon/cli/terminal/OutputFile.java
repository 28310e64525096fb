package dev.rubicon.cli.terminal;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A file that the user named to be written. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * Several files below a folder, which is made.
   *
   * @throws RubiconException USAGE where nothing can be written there
   */
  public static void writeAll(Path folder, Map<String, byte[]> files) {
    try {
      for (var file : files.entrySet()) {
        Path to = folder.resolve(file.getKey());
        Files.createDirectories(to.getParent());
        Files.write(to, file.getValue());
      }
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.USAGE,
          folder + " cannot be written into: " + e.getClass().getSimpleName(),
          "name a folder that can",
          e);
    }
  }

  /**
   * @throws RubiconException USAGE where nothing can be written there
   */
  public static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.USAGE,
          file + " cannot be written: " + e.getClass().getSimpleName(),
          "name a file in a folder that is there",
          e);
    }
  }
}
