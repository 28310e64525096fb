package dev.rubicon.clients;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What prepared statements of each driver meet when columns are added, and when the name changes
 * hands: the table of docs/clients.md. A driver that is not to be had here is skipped by name.
 */
@Turn
@Timeout(300)
class PreparedStatementsTest {
  private static Bench users() {
    return new Bench(
        "CREATE TABLE users (id int PRIMARY KEY, name text)",
        "INSERT INTO users SELECT g, 'v' || g FROM generate_series(1, 10) g");
  }

  private static Bench lockedAtCutover(String type) {
    return users()
        .migration("V1__n.sql", "CREATE TABLE n (id " + type + " PRIMARY KEY, name text);")
        .migration("U1__n.sql", "DROP TABLE n;")
        .shadow(
            "public.users",
            new Shadow("public.users", Optional.of("public.n"), LegacyName.HIDE, List.of()));
  }

  private static void needs(DriverClient driver) {
    assumeTrue(driver.command().isPresent(), driver + " is not installed: not run");
  }

  @ParameterizedTest
  @EnumSource
  void columnsAreAdded(DriverClient driver) {
    needs(driver);
    Bench bench =
        users().transition("public.users", map("label", "text", "name", Map.of("name", "label")));
    bench.expand();
    assertThat(driver.across(bench, bench::dualWrite)).isEqualTo(cached(driver, "star"));
    bench.backfill();
    bench.verify();
    assertThat(driver.across(bench, bench::cutover)).isEmpty();
    assertThat(driver.across(bench, bench::rollback)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theNameChangesHandsAndNoTypeDoes(DriverClient driver) {
    needs(driver);
    Bench bench = lockedAtCutover("int");
    bench.toVerified();
    assertThat(driver.across(bench, bench::cutover)).isEmpty();
    assertThat(driver.across(bench, bench::rollback)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theNameChangesHandsAndTheKeysTypeToo(DriverClient driver) {
    needs(driver);
    Bench bench = lockedAtCutover("bigint");
    bench.toVerified();
    assertThat(driver.across(bench, bench::cutover)).isEqualTo(cached(driver, "star", "columns"));
    assertThat(driver.across(bench, bench::rollback)).isEqualTo(cached(driver, "star", "columns"));
  }

  /** {@code cached plan must not change result type}, and what each driver makes of it. */
  private static Map<String, String> cached(DriverClient driver, String... statements) {
    var failed = new java.util.TreeMap<String, String>();
    for (String statement : statements) {
      failed.put(statement + "-transaction", "0A000");
      if (driver != DriverClient.PGJDBC) {
        failed.put(statement, "0A000");
        failed.put(statement + "-again", "0A000");
      }
      if (driver == DriverClient.NODE_POSTGRES) {
        failed.put(statement + "-transaction-again", "0A000");
      }
    }
    return failed;
  }
}
