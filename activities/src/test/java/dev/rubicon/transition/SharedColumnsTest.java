package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns that both shapes have: looked at by expressions, written by everybody. */
class SharedColumnsTest {

  @Test
  void aChangeOfASharedColumnFollowsWhoWroteLastAndIsNoLegacyWrite() {
    var bench =
        new Bench(
                "CREATE TABLE s (id int PRIMARY KEY, old text, tag text, a text, b text)",
                "INSERT INTO s VALUES (1, 'o', 't', 'x', 'y'), (2, 'o', 't', 'x', 'y')")
            .transition(
                "public.s",
                map("new", "text", "tag || ':' || old", Map.of("old", "split_part(new, ':', 2)")),
                map("full_name", "text", "a || ' ' || b", Map.of()));
    bench.toVerified();
    bench.run("UPDATE s SET new = 'q:canon' WHERE id = 2", "UPDATE s SET tag = 'z'");
    assertThat(bench.rows("SELECT old, new FROM s ORDER BY id"))
        .containsExactly("o|z:o", "canon|q:canon");
    bench.verify();
    bench.cutover();
    bench.run(
        "INSERT INTO s (id, new, tag, a, b, full_name) VALUES (3, 't:n', 't', 'p', 'q', 'p q')",
        "UPDATE s SET a = 'changed', full_name = 'changed ' || b, tag = 'k'");
    assertThat(bench.rows("SELECT * FROM rubicon.legacy_write")).isEmpty();
    assertThat(bench.one("SELECT old, full_name FROM s WHERE id = 3")).isEqualTo("n|changed q");
    bench.verify();
    bench.run("UPDATE s SET old = 'late' WHERE id = 3");
    assertThat(bench.one("SELECT count(*) FROM rubicon.legacy_write")).isEqualTo("1");
  }

  /** After contract nobody derives any more what such a client leaves to the trigger. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO s (id, email) VALUES (2, 'B@X')",
        "INSERT INTO s SELECT 2, 'B@X'",
        "UPDATE s SET email = 'B@X'",
        "UPDATE s SET email = 'B@X', email_key = DEFAULT, other = 'o' WHERE false;"
            + "UPDATE s SET email = 'B@X', other = 'o'",
      })
  void whoWritesOnlyWhatCanonicalIsDerivedFromIsNoted(String write) {
    var bench = derivedOnly();
    bench.quietPeriod = "1h";
    bench.toVerified();
    bench.cutover();
    bench.run(
        "INSERT INTO s (id, email, email_key) VALUES (3, 'C@X', 'c@x')",
        "UPDATE s SET email = 'D@X', email_key = 'd@x'",
        "UPDATE s SET email = 'd@X', email_key = 'd@x'",
        "UPDATE s SET email_key = 'e@x'",
        "UPDATE s SET email = 'E@x'",
        "UPDATE s SET other = 'o'",
        "UPDATE s SET email = email");
    assertThat(bench.rows("SELECT * FROM rubicon.legacy_write")).isEmpty();
    bench.run(write);
    assertThat(bench.one("SELECT application_name FROM rubicon.legacy_write")).isEqualTo("client");
    assertThatThrownBy(bench::contract)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LEGACY_STILL_WRITTEN));
  }

  private static Bench derivedOnly() {
    return new Bench(
            "CREATE TABLE s (id int PRIMARY KEY, email text NOT NULL, other text)",
            "INSERT INTO s VALUES (1, 'A@X')")
        .transition(
            "public.s",
            Bench.with(map("email_key", "text", "lower(email)", Map.of()), null, false, null));
  }

  @Test
  void rowSecurityHidesNoRowFromUs() {
    var bench =
        new Bench(
                "CREATE TABLE s (id int PRIMARY KEY, old text)",
                "INSERT INTO s VALUES (1, 'o')",
                "ALTER TABLE s ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE s FORCE ROW LEVEL SECURITY")
            .transition("public.s", map("new", "text", "old", Map.of("old", "new")));
    bench.toVerified();
    assertThat(bench.one("SELECT new FROM s")).isEqualTo("o");
  }
}
