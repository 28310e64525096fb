package dev.rubicon.verify;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code rubicon verify} says about a rollout that leads to another relation. */
@Timeout(120)
class ComparisonTest {

  @Test
  void aShadowIsComparedFromDualWriteOn() {
    var bench =
        new Bench(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'user ' || g FROM generate_series(1, 100) g")
            .migration("V1__p.sql", "CREATE TABLE people (id bigint PRIMARY KEY, label text);")
            .migration("U1__p.sql", "DROP TABLE people;")
            .shadow(
                "public.users",
                new Shadow("public.people", Optional.empty(), LegacyName.KEEP, List.of()),
                map("label", "", "name", Map.of("name", "label")));
    bench.install();
    assertThat(compare(bench).shadows().getFirst().missing()).isEqualTo(100);
    bench.backfill();
    bench.verify();
    Comparison same = compare(bench);
    assertThat(same.agrees()).isTrue();
    assertThat(same.relations()).isEmpty();
    assertThat(same.shadows().getFirst().rows()).isEqualTo(100);

    bench.run(
        "ALTER TABLE people DISABLE TRIGGER USER",
        "UPDATE people SET label = 'user ' || (15 - id) WHERE id IN (7, 8)",
        "DELETE FROM people WHERE id > 95",
        "INSERT INTO people VALUES (1000, 'more')");
    Comparison found = compare(bench);
    assertThat(found.agrees()).isFalse();
    assertThat(found.shadows().getFirst())
        .satisfies(
            shadow -> {
              assertThat(shadow.missing()).isEqualTo(5);
              assertThat(shadow.extra()).isEqualTo(1);
              assertThat(shadow.mismatches()).isEqualTo(Map.of("label", 2L));
            });
  }

  private static Comparison compare(Bench bench) {
    return Comparison.of(
        bench.target(),
        bench.context(Phase.VERIFY).tag(),
        digest -> bench.runbook(),
        bench.context(Phase.VERIFY).progress());
  }
}
