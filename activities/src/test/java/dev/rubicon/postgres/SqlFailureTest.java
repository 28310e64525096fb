package dev.rubicon.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is worth another try, and what is not. */
class SqlFailureTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1 / 0 | SQL_REFUSED",
        "SELECT 'secret value'::integer | SQL_REFUSED",
        "SELECT FROM no_such_relation | SQL_REFUSED",
        "DO $$ BEGIN RAISE unique_violation; END $$ | SQL_REFUSED",
        "DO $$ BEGIN RAISE program_limit_exceeded; END $$ | SQL_REFUSED",
        "DO $$ BEGIN RAISE statement_too_complex; END $$ | SQL_REFUSED",
        "DO $$ BEGIN RAISE too_many_columns; END $$ | SQL_REFUSED",
        "DO $$ BEGIN RAISE too_many_arguments; END $$ | SQL_REFUSED",
        "SELECT repeat('x', 1100000000) | SQL_REFUSED",
        "DO $$ BEGIN RAISE 'invalid memory alloc request size 1' USING ERRCODE = 'XX000'; END $$ |"
            + " SQL_REFUSED",
        "DO $$ BEGIN RAISE internal_error; END $$ | SQL_FAILED",
        "DO $$ BEGIN RAISE serialization_failure; END $$ | SQL_FAILED",
        "DO $$ BEGIN RAISE query_canceled; END $$ | SQL_FAILED",
        "DO $$ BEGIN RAISE disk_full; END $$ | DISK_FULL",
        "DO $$ BEGIN RAISE lock_not_available; END $$ | LOCK_NOT_ACQUIRED",
        "DO $$ BEGIN RAISE admin_shutdown; END $$ | CONNECTION_LOST",
      })
  void theCodeSaysWhetherTheSameStatementMayWorkNextTime(String sql, ErrorCode expected) {
    var server = SharedPostgres.server();
    var target =
        new Target(
            "prod",
            server.jdbcUrl("postgres"),
            server.superuser(),
            new Secret(server.password()),
            Map.of());
    try (PgSession session =
        PgSession.open(target, new SessionTag("test", Phase.VERIFY), SessionLimits.SHORT)) {
      var failure = catchThrowableOfType(RubiconException.class, () -> session.execute(sql));
      assertThat(failure.code()).isEqualTo(expected);
      assertThat(failure).hasMessageNotContaining("secret value");
      if (sql.contains("lock_not")) {
        assertThat(failure.next()).contains("pg_stat_activity");
      }
      if (sql.contains("query_canceled")) {
        assertThat(failure.next()).contains("statement-timeout");
      }
      assertThat(expected.retryable()).isEqualTo(expected != ErrorCode.SQL_REFUSED);
    }
  }
}
