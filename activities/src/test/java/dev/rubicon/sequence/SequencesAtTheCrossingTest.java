package dev.rubicon.sequence;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Drift of a sequence is seen when the rollout crosses, and set where the runbook says so. */
@Tag("slow")
class SequencesAtTheCrossingTest {
  private static final String[] LEGACY = {
    "CREATE TABLE t (id serial PRIMARY KEY, old text)",
    "INSERT INTO t (old) SELECT 'x' FROM generate_series(1, 5)",
    "CREATE TABLE other (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
    "INSERT INTO other OVERRIDING SYSTEM VALUE VALUES (1), (70)"
  };
  private static final String DRIFT = "INSERT INTO t (id, old) VALUES (6, 'hand'), (900, 'hand')";
  private static final String SET_T = "public.t_id_seq set behind what public.t.id holds";
  private static final String SET_OTHER =
      "public.other_id_seq set behind what public.other.id holds";

  private static Bench bench() {
    return new Bench(LEGACY)
        .transition("public.t", map("new", "text", "old", Map.of("old", "new")));
  }

  @Test
  void driftAfterExpandIsToldWhereNobodySetsIt() {
    Bench bench = bench();
    bench.toVerified();
    bench.run(DRIFT);

    Facts.Cutover facts = bench.cutover();

    assertThat(facts.behind()).containsExactly("public.other_id_seq", "public.t_id_seq");
    assertThat(facts.line()).contains("sequences that collide [public.other_id_seq, ");
    assertThat(bench.evidence.get(Phase.CUTOVER, SequenceState.EVIDENCE))
        .filteredOn(SequenceState::behind)
        .extracting(SequenceState::free)
        .containsExactly(Optional.of(71L), Optional.of(901L));
    assertThat(bench.one("SELECT last_value FROM t_id_seq")).isEqualTo("5");
  }

  /** What expand set, and what drifts before the crossing, and at the last moment under it. */
  @Test
  void fixSetsItInExpandAndUnderTheCrossing() {
    Bench bench = bench();
    bench.more = "fix: sequences";
    assertThat(bench.expand().sequences()).containsExactly(SET_OTHER);
    bench.toVerified();
    bench.run(DRIFT);
    // Behind the look before the attempt, before the lock.
    bench.atNextUpdate("crossing", () -> bench.run("INSERT INTO t (id, old) VALUES (901, 'late')"));

    Facts.Cutover facts = bench.cutover();

    assertThat(facts.behind()).isEmpty();
    assertThat(facts.sequences()).containsExactly(SET_OTHER, SET_T, SET_T);
    assertThat(bench.evidence.get(Phase.CUTOVER, SequenceRepair.Repaired.EVIDENCE))
        .extracting(r -> r.phase() + " " + r.next() + " -> " + r.setTo())
        .containsExactly("expand 1 -> 71", "cutover 6 -> 901", "cutover 901 -> 902");
    assertThat(bench.one("INSERT INTO t (new) VALUES ('client') RETURNING id")).isEqualTo("902");
    assertThat(bench.one("INSERT INTO other DEFAULT VALUES RETURNING id")).isEqualTo("71");
    // Ran again, it reports the same.
    assertThat(bench.cutover().sequences()).isEqualTo(facts.sequences());
    bench.rollback();
    assertThat(bench.one("INSERT INTO t (old) VALUES ('client') RETURNING id")).isEqualTo("903");
  }

  @ParameterizedTest
  @EnumSource(LegacyName.class)
  void whatAShadowTakesAlongDoesNotCollide(LegacyName name) {
    Bench bench =
        new Bench(LEGACY)
            .migration("V1__n.sql", "CREATE TABLE t_new (id bigserial PRIMARY KEY, old text);")
            .migration("U1__n.sql", "DROP TABLE t_new;")
            .shadow(
                "public.t",
                new Shadow(
                    name == LegacyName.HIDE ? "public.t" : "public.t_new",
                    Optional.of("public.t_new").filter(_ -> name == LegacyName.HIDE),
                    name,
                    List.of()));
    bench.more = "fix: sequences";
    bench.toVerified();
    bench.run(DRIFT);

    Facts.Cutover facts = bench.cutover();

    assertThat(facts.behind()).isEmpty();
    String canonical = name == LegacyName.HIDE ? "t" : "t_new";
    assertThat(bench.one("INSERT INTO " + canonical + " (old) VALUES ('client') RETURNING id"))
        .isEqualTo("901");
    // Whichever side draws, the other side's numbers are no alarm.
    bench.run("INSERT INTO " + canonical + " (old) SELECT 'c' FROM generate_series(1, 9)");
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.WATCH).tag(), SessionLimits.SHORT)) {
      assertThat(SequenceReader.read(session, List.of("public")))
          .filteredOn(SequenceState::behind)
          .isEmpty();
    }
  }
}
