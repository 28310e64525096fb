package dev.rubicon.cli.terminal;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that the user named to be written. */
public final class OutputFile {
  private OutputFile() {}

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
