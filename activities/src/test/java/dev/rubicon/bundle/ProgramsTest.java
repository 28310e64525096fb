package dev.rubicon.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.Runbook;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs run only where rubicon.yaml allows them. */
class ProgramsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rehearse: {checks: [{name: c1, command: [sh, -c, 'id > proof']}]}",
        "smoke: [{name: c1, command: [id]}]",
        "watch: {checks: [{name: c1, command: [id]}]}",
        "smoke: [{name: c1, duckdb: {export: {a: SELECT 1}, query: SELECT 1}}]"
      })
  void areRefusedByNameUnlessTheyAreAllowed(String parts) {
    Runbook runbook = RunbookText.read(parts + "\n", Map.of());

    RubiconException refused =
        catchThrowableOfType(RubiconException.class, () -> Programs.require(runbook, false));

    assertThat(refused.code()).isEqualTo(ErrorCode.COMMAND_NOT_ALLOWED);
    assertThat(refused.getMessage()).contains("'c1'");
    assertThat(refused.next()).contains("commands: allow");
    assertThatCode(() -> Programs.require(runbook, true)).doesNotThrowAnyException();
  }

  @Test
  void checksThatNeedDuckDbAreRefusedByNameWhereItIsNotInstalled() {
    Runbook runbook =
        RunbookText.read(
            """
            smoke:
              - {name: sums, duckdb: {export: {a: SELECT 1}, query: SELECT 1}}
              - {name: plain, sql: SELECT 1}
            """,
            Map.of());

    RubiconException refused =
        catchThrowableOfType(RubiconException.class, () -> Programs.require(runbook, true, false));

    assertThat(refused.code()).isEqualTo(ErrorCode.PART_MISSING);
    assertThat(refused.getMessage()).contains("smoke 'sums'").doesNotContain("plain");
    assertThat(refused.next()).contains("worker/target/rubicon/duckdb");
    assertThatCode(() -> Programs.require(runbook, true, true)).doesNotThrowAnyException();
  }

  @Test
  void aRunbookWithoutProgramsNeedsNoPermission() {
    Runbook runbook = RunbookText.read("smoke: [{name: a, sql: SELECT 1}]\n", Map.of());

    assertThatCode(() -> Programs.require(runbook, false)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:secret@host/x",
        "https://token@host/x",
        "https://host/x?api_key=abc",
        "https://host/x?a=1&token=abc"
      })
  void aCredentialInAUrlIsRefused(String url) {
    assertThat(
            catchThrowableOfType(
                AssertionError.class,
                () ->
                    RunbookText.readThoughRefused(
                        "smoke: [{name: a, http: {url: '" + url + "'}}]\n", Map.of())))
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://${user}:${password}@host/x",
        "https://host/x?api_key=${key}",
        "${app}/health?a=b@c"
      })
  void aVariableInAUrlIsNone(String url) {
    assertThat(
            RunbookText.read("smoke: [{name: a, http: {url: '" + url + "'}}]\n", Map.of()).smoke())
        .hasSize(1);
  }
}
