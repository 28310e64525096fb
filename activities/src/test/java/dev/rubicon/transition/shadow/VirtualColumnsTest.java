package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Generated columns that are not stored, which PostgreSQL has from 18 on: triggers do not see them.
 */
class VirtualColumnsTest {

  @BeforeEach
  void needsPostgres18() {
    int major = Integer.parseInt(new Bench().one("SHOW server_version_num")) / 10_000;
    assumeThat(major)
        .as("virtual generated columns are there from PostgreSQL 18 on")
        .isGreaterThanOrEqualTo(18);
  }

  @Test
  void inPlaceNothingMayReadOne() {
    var bench =
        new Bench(
                "CREATE TABLE r (id int PRIMARY KEY, old text, loud text GENERATED ALWAYS AS"
                    + " (upper(old)))")
            .transition("public.r", map("new", "text", "loud", Map.of("old", "new")));
    refused(bench, "reads the generated column loud");
  }

  @Test
  void inPlaceOneStaysWhatItIs() {
    var bench =
        new Bench(
                "CREATE TABLE r (id int PRIMARY KEY, old text, loud text GENERATED ALWAYS AS"
                    + " (upper(old)))",
                "INSERT INTO r SELECT g, 'a' || g FROM generate_series(1, 100) g")
            .transition(
                "public.r", map("new", "text", "old || '!'", Map.of("old", "rtrim(new, '!')")));
    String before = bench.fingerprint();
    bench.toVerified();
    bench.run(
        "UPDATE r SET old = 'b' WHERE id = 1",
        "UPDATE r SET new = 'c!' WHERE id = 2",
        "INSERT INTO r (id, old) VALUES (101, 'd')");
    bench.cutover();
    bench.run("INSERT INTO r (id, new) VALUES (102, 'e!')", "UPDATE r SET new = 'f!' WHERE id = 3");
    assertThat(bench.rows("SELECT id, old, new, loud FROM r WHERE id < 5 OR id > 100 ORDER BY id"))
        .containsExactly(
            "1|b|b!|B", "2|c|c!|C", "3|f|f!|F", "4|a4|a4!|A4", "101|d|d!|D", "102|e|e!|E");
    assertThat(bench.verify().mismatches()).isZero();
    bench.rollback();
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  private static Bench shadow(String legacy, String canonical, ColumnMapping... columns) {
    return new Bench(
            "CREATE TABLE users (" + legacy + ")",
            "INSERT INTO users (id, name) SELECT g, 'n' || g FROM generate_series(1, 100) g")
        .migration("V1__app_users.sql", "CREATE TABLE app_users (" + canonical + ");")
        .migration("U1__app_users.sql", "DROP TABLE app_users;")
        .shadow(
            "public.users",
            new Shadow("public.app_users", Optional.empty(), LegacyName.VIEW, List.of()),
            columns);
  }

  private static final String LEGACY =
      "id int PRIMARY KEY, name text, loud text GENERATED ALWAYS AS (upper(name))";

  @Test
  void aShadowsUpMayNotReadOne() {
    refused(
        shadow(
            LEGACY,
            "id int PRIMARY KEY, name text, shout text",
            map("shout", "", "loud || '!'", Map.of())),
        "public.app_users.shout up reads the virtual generated column loud");
  }

  @Test
  void aColumnOfTheSameNameIsNotFilledFromOne() {
    refused(
        shadow(LEGACY, "id int PRIMARY KEY, name text, loud text"),
        "public.app_users.loud up reads the virtual generated column loud");
  }

  @Test
  void aShadowsDownMayNotReadOne() {
    refused(
        shadow(
            "id int PRIMARY KEY, name text",
            "id int PRIMARY KEY, label text, quiet text GENERATED ALWAYS AS (lower(label))",
            map("label", "", "name", Map.of("name", "quiet"))),
        "public.users.name down reads the virtual generated column quiet");
  }

  @Test
  void bothSidesOfAShadowMayHaveTheirOwn() {
    Bench bench =
        shadow(
            LEGACY,
            "id int PRIMARY KEY, label text, shout text GENERATED ALWAYS AS (upper(label) || '!')",
            map("label", "", "name", Map.of("name", "label")));
    bench.toVerified();
    bench.run(
        "UPDATE users SET name = 'b' WHERE id = 1",
        "UPDATE app_users SET label = 'c' WHERE id = 2",
        "INSERT INTO users (id, name) VALUES (101, 'd')",
        "DELETE FROM users WHERE id = 3");
    assertThat(bench.verify().mismatches()).isZero();
    bench.cutover();
    bench.run(
        "INSERT INTO app_users (id, label) VALUES (102, 'e')",
        "UPDATE users SET name = 'f' WHERE id = 4");
    String canonical =
        "SELECT id, label, shout FROM app_users WHERE id < 6 OR id > 100 ORDER BY id";
    assertThat(bench.rows(canonical))
        .containsExactly("1|b|B!", "2|c|C!", "4|f|F!", "5|n5|N5!", "101|d|D!", "102|e|E!");
    String legacy = "SELECT id, name, loud FROM users WHERE id < 6 OR id > 100 ORDER BY id";
    List<String> right = List.of("1|b|B", "2|c|C", "4|f|F", "5|n5|N5", "101|d|D", "102|e|E");
    assertThat(bench.rows(legacy)).as("through the view").isEqualTo(right);
    bench.rollback();
    assertThat(bench.rows(legacy)).isEqualTo(right);
    assertThat(bench.verify().mismatches()).isZero();
    bench.cutover();
    bench.contract();
    assertThat(bench.one("SELECT shout FROM app_users WHERE id = 102")).isEqualTo("E!");
  }

  private static void refused(Bench bench, String message) {
    assertThatThrownBy(bench::expand)
        .hasMessageContaining(message)
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
    // Behind the migrations, where there are any: what they made is taken back.
    bench.abort();
    assertThat(bench.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'rubicon'")).isEmpty();
    assertThat(bench.rows("SELECT 1 FROM pg_class WHERE relname = 'app_users'")).isEmpty();
  }
}
