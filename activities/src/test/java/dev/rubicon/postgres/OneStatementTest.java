package dev.rubicon.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A URL whose driver would send several statements in one message gets no statement at all. */
class OneStatementTest {
  private static PgSession open(String mode) {
    var server = SharedPostgres.server();
    return PgSession.open(
        new Target(
            "prod",
            server.jdbcUrl("postgres") + "?preferQueryMode=" + mode,
            server.superuser(),
            new Secret(server.password()),
            Map.of()),
        new SessionTag("test", Phase.PREFLIGHT),
        SessionLimits.SHORT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extendedForPrepared"})
  void aModeThatTakesSeveralIsRefused(String mode) {
    var refusal =
        catchThrowableOfType(
            RubiconException.class,
            () -> {
              try (PgSession session = open(mode)) {
                session.value("SELECT 1");
              }
            });
    assertThat(refusal.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
    assertThat(refusal).hasMessageContaining("preferQueryMode is " + mode);
    assertThat(refusal.next()).contains("take preferQueryMode out of the url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "extendedCacheEverything"})
  void aModeThatTakesOneIsNone(String mode) {
    try (PgSession session = open(mode)) {
      assertThat(session.value("SELECT 1")).isEqualTo("1");
    }
  }
}
