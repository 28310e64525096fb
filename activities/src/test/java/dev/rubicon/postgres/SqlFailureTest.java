package dev.rubicon.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.server.Primary;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
        "DO $$ BEGIN RAISE read_only_sql_transaction; END $$ | TARGET_READ_ONLY",
        "BEGIN; SET TRANSACTION READ ONLY; CREATE TABLE public.t (); | TARGET_READ_ONLY",
        "BEGIN; VACUUM; | SQL_REFUSED",
        "SELECT (SELECT 1 UNION SELECT 2) | SQL_REFUSED",
        "SET ROLE no_such_role | SQL_REFUSED",
        "CREATE TABLE no_such_schema.t () | SQL_REFUSED",
        "DO $$ BEGIN COMMIT; BEGIN COMMIT; EXCEPTION WHEN division_by_zero THEN END; END $$ |"
            + " SQL_REFUSED",
        "DO $$ BEGIN RAISE with_check_option_violation; END $$ | SQL_REFUSED",
        "DO $$ BEGIN RAISE triggered_data_change_violation; END $$ | SQL_REFUSED",
        "DO $$ BEGIN RAISE unsafe_new_enum_value_usage; END $$ | SQL_REFUSED",
        "DO $$ BEGIN RAISE object_in_use; END $$ | SQL_FAILED",
        "DO $$ BEGIN RAISE 'tuple concurrently updated' USING ERRCODE = 'XX000'; END $$ |"
            + " LOCK_NOT_ACQUIRED",
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
      assertThat(SqlFailure.gaveWay(failure)).isEqualTo(expected == ErrorCode.LOCK_NOT_ACQUIRED);
      if (sql.contains("lock_not")) {
        assertThat(failure.next()).contains("pg_stat_activity");
      }
      if (sql.contains("query_canceled")) {
        assertThat(failure.next()).contains("statement-timeout");
      }
      assertThat(expected.retryable()).isEqualTo(expected != ErrorCode.SQL_REFUSED);
    }
  }

  /** The driver's own. */
  @Test
  void twoResultsWhereOneWasAskedForAndAZeroByte() {
    try (PgSession session = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      assertThat(
              catchThrowableOfType(
                  RubiconException.class, () -> session.value("SELECT 1; SELECT 2")))
          .returns(ErrorCode.SQL_REFUSED, RubiconException::code);
      assertThat(catchThrowableOfType(RubiconException.class, () -> session.value("SET x.y = 1")))
          .returns(ErrorCode.SQL_REFUSED, RubiconException::code);
      assertThat(catchThrowableOfType(RubiconException.class, () -> session.value("SELECT 'a\0b'")))
          .returns(ErrorCode.SQL_REFUSED, RubiconException::code);
      assertThat(
              catchThrowableOfType(
                  RubiconException.class, () -> session.value("SELECT ?::text", "a\0b")))
          .returns(ErrorCode.SQL_REFUSED, RubiconException::code);
    }
  }

  /** On a standby all transactions are; in one of ours that is, the statement is wrong. */
  @Test
  void whatWritesInATransactionThatOnlyReadsIsNotTriedAgain() {
    try (PgSession session = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      for (String begin :
          List.of("BEGIN READ ONLY", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")) {
        assertThat(
                catchThrowableOfType(
                    RubiconException.class,
                    () ->
                        session.inTransaction(
                            begin, () -> session.update("CREATE TABLE public.never ()"))))
            .returns(ErrorCode.SQL_REFUSED, RubiconException::code)
            .returns("25006", SqlFailure::state);
      }
    }
  }

  @Test
  void aLoginThatIsRefusedIsNotTriedAgain() {
    Target target = CatalogSamples.target("postgres");
    var wrong = new Target("prod", target.url(), "nobody", new Secret("wrong"), Map.of());
    assertThat(catchThrowableOfType(RubiconException.class, () -> CatalogSamples.open(wrong)))
        .returns(ErrorCode.LOGIN_REFUSED, RubiconException::code)
        .hasMessageContaining("28")
        .hasMessageNotContaining("wrong\"");
    assertThat(ErrorCode.LOGIN_REFUSED.retryable()).isFalse();
  }

  @Test
  void aRoleThatReadsOnlyIsFoundBeforeAnythingIsTouched() {
    Target target = CatalogSamples.database("read_only", "");
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("SET default_transaction_read_only = on");
      assertThatCode(() -> Primary.require(session, "prod")).doesNotThrowAnyException();
      session.execute("SET default_transaction_read_only = off");
      session.execute(
          "ALTER ROLE postgres IN DATABASE "
              + target.database()
              + " SET default_transaction_read_only = on");
    }
    try (PgSession session = CatalogSamples.open(target)) {
      assertThat(
              catchThrowableOfType(RubiconException.class, () -> Primary.require(session, "prod")))
          .returns(ErrorCode.PRIVILEGE_MISSING, RubiconException::code)
          .extracting(RubiconException::next)
          .asString()
          .contains("ALTER ROLE postgres IN DATABASE " + target.database());
    }
  }
}
