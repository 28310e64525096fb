package dev.rubicon.doctor;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;

/** Which servers Rubicon was proven on. */
public final class ServerVersion {
  public static final int OLDEST = 14;
  public static final int NEWEST = 18;

  private ServerVersion() {}

  /**
   * The server's major version.
   *
   * @throws RubiconException SERVER_VERSION_UNSUPPORTED
   */
  public static int require(PgSession session) {
    return require(Integer.parseInt(session.value("SHOW server_version_num")) / 10_000);
  }

  static int require(int major) {
    if (major < OLDEST || major > NEWEST) {
      throw new RubiconException(
          ErrorCode.SERVER_VERSION_UNSUPPORTED,
          "the server is PostgreSQL " + major + "; " + OLDEST + " to " + NEWEST + " are supported",
          major < OLDEST
              ? "upgrade the server to PostgreSQL " + OLDEST + " or newer"
              : "use a version of Rubicon that supports PostgreSQL " + major);
    }
    return major;
  }
}
