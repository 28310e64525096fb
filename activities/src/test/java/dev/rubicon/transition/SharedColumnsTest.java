package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

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
        "INSERT INTO s (id, new, tag, a, b) VALUES (3, 't:n', 't', 'p', 'q')",
        "UPDATE s SET a = 'changed', tag = 'k'");
    assertThat(bench.rows("SELECT * FROM rubicon.legacy_write")).isEmpty();
    assertThat(bench.one("SELECT old, full_name FROM s WHERE id = 3")).isEqualTo("n|changed q");
    bench.verify();
    bench.run("UPDATE s SET old = 'late' WHERE id = 3");
    assertThat(bench.one("SELECT count(*) FROM rubicon.legacy_write")).isEqualTo("1");
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
