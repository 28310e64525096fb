package dev.rubicon.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pg_restore complains of decides whether it is retried. */
class DumpRestoreFailureTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "could not extend file base/1/2: No space left on device | DISK_FULL",
        // A block of 8 kB that found room for half of itself.
        "could not extend file base/1/2: wrote only 4096 of 8192 bytes at block 69 | DISK_FULL",
        "server closed the connection unexpectedly | CONNECTION_LOST",
        "the database system is in recovery mode | CONNECTION_LOST",
        "relation x does not exist | RESTORE_FAILED"
      })
  void isToldByItsCode(String complaint, ErrorCode code) {
    assertThat(DumpRestore.failed(1, "pg_restore: error: " + complaint).code()).isEqualTo(code);
  }
}
