package dev.rubicon.migrationtool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** What a tool remembers of a script, so that it notices when the script is changed. */
public enum Checksum {
  SHA256 {
    @Override
    public String of(byte[] script) {
      try {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(script));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  },
  /** CRC32 over the lines without their ends, as a signed number. */
  FLYWAY {
    @Override
    public String of(byte[] script) {
      String text = new String(script, UTF_8);
      var crc = new CRC32();
      (text.startsWith("\uFEFF") ? text.substring(1) : text)
          .lines()
          .forEach(line -> crc.update(line.getBytes(UTF_8)));
      return Integer.toString((int) crc.getValue());
    }
  };

  public abstract String of(byte[] script);
}
