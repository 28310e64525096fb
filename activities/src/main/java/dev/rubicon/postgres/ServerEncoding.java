package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.util.Set;

/**
 * Whether the server can say in UTF-8 what a database holds. For two encodings it converts nothing,
 * and hands out bytes of which nobody knows the meaning.
 *
 * @see <a href="https://www.postgresql.org/docs/current/multibyte.html">PostgreSQL documentation,
 *     24.3 Character Set Support</a>
 */
public final class ServerEncoding {
  private static final Set<String> UNCONVERTED = Set.of("SQL_ASCII", "MULE_INTERNAL");

  private ServerEncoding() {}

  /**
   * @throws RubiconException ENCODING_UNSUPPORTED
   */
  public static void require(PgSession session) {
    String encoding = session.value("SHOW server_encoding");
    if (UNCONVERTED.contains(encoding)) {
      String database = session.value("SELECT pg_catalog.current_database()");
      throw unsupported(
          "database '"
              + database
              + "' has the encoding "
              + encoding
              + ": the server does not convert what it holds, so names and values cannot be read"
              + " without guessing");
    }
  }

  static RubiconException unsupported(String what) {
    return new RubiconException(
        ErrorCode.ENCODING_UNSUPPORTED,
        what,
        "take it over into a database that has an encoding: pg_dump it, say in the dump's SET"
            + " client_encoding what its bytes are (LATIN1, say), and load that into one made by"
            + " CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'");
  }
}
