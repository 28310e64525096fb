package dev.rubicon.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FixtureTest {
  private static final Path RUNBOOKS = Path.of("../runbooks");

  @Test
  void aRunbookWithoutADemoIsRefusedWithTheNamesOfThoseThatHaveOne() {
    assertThatThrownBy(() -> Fixture.of("nope", RUNBOOKS.resolve("nope")))
        .hasMessageContaining("nope")
        .hasMessageContaining(
            "[checks-canonical, grow-cycle, owner-canonical, plant-schema, prisma-baseline]");
  }

  @Test
  void everyDemoHasItsRunbook() {
    for (String name : Fixture.RUNBOOKS) {
      try (Fixture fixture = Fixture.of(name, RUNBOOKS.resolve(name))) {
        assertThat(fixture.runbook()).isEqualTo(name);
        assertThat(Files.isRegularFile(RUNBOOKS.resolve(name).resolve("runbook.yaml"))).isTrue();
        assertThat(Files.isRegularFile(RUNBOOKS.resolve(name).resolve("legacy/data.sql"))).isTrue();
      }
    }
  }
}
