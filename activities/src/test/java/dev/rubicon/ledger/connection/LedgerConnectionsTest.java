package dev.rubicon.ledger.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.SharedPostgres;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerConnectionsTest {
  /** What keeps one worker that stands still, or waits, from keeping all others. */
  @ParameterizedTest
  @CsvSource({
    "idle_in_transaction_session_timeout, 10s",
    "lock_timeout, 20s",
    "statement_timeout, 21s",
    "search_path, pg_catalog"
  })
  void everyConnectionIsBounded(String setting, String value) {
    var server = SharedPostgres.server();
    var ledger =
        new Target(
            "ledger",
            server.jdbcUrl("postgres"),
            server.superuser(),
            new Secret(server.password()),
            Map.of());
    try (var connections = new LedgerConnections(ledger)) {
      String set =
          connections.transact(context -> String.valueOf(context.fetchValue("SHOW " + setting)));
      assertThat(set).isEqualTo(value);
    }
  }
}
