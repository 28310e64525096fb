package dev.rubicon.up;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;

/**
 * The servers of {@code up}: a folder beside the product's, {@code embedded}, which an installation
 * may leave out.
 */
public final class EmbeddedParts {
  private EmbeddedParts() {}

  /**
   * @throws RubiconException PART_MISSING
   */
  public static void require() {
    if (EmbeddedParts.class.getResource("/dev/rubicon/stack/PostgresServer.class") == null) {
      throw new RubiconException(
          ErrorCode.PART_MISSING,
          "this installation is without the PostgreSQL, S3 and Temporal that 'up' runs",
          "put the build's worker/target/rubicon/embedded beside the folder lib, or write a"
              + " rubicon.yaml for servers of your own (docs/runbook.md) and run: rubicon worker");
    }
  }
}
