package dev.rubicon.postgres.server;

import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
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
      throw SqlFailure.ofEncoding(
          "database '"
              + database
              + "' has the encoding "
              + encoding
              + ": the server does not convert what it holds, so names and values cannot be read"
              + " without guessing");
    }
  }
}
