package dev.rubicon.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.notify.Notifier;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.Touch.Kind;
import dev.rubicon.transition.Touch.Way;
import dev.rubicon.watch.Watch;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Going back loses nothing unasked, also where somebody touched the triggers since the crossing.
 */
@Turn
@Timeout(300)
@Tag("slow")
class TouchedReturnTest {
  private static final EvidenceName<SidesCompared> SIDES = SidesCompared.EVIDENCE;

  private static Stream<Arguments> everything() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(Way.values()).map(way -> Arguments.of(kind, way)));
  }

  private static Bench crossed(Kind kind) {
    Bench bench = kind.bench();
    bench.toVerified();
    bench.cutover();
    return bench;
  }

  private static String write(Kind kind, String value) {
    return "UPDATE %s SET %s = '%s' WHERE id = 1".formatted(kind.crossed, kind.column, value);
  }

  private static String legacyOf(Bench bench) {
    return bench.one("SELECT old FROM t WHERE id = 1");
  }

  private static String stage(Bench bench) {
    return bench.one("SELECT stage FROM rubicon.state");
  }

  private static List<String> alerts(Bench bench) {
    var watch = new Watch(bench.target(), new Notifier(Optional.empty()));
    return watch.run(bench.context(Phase.WATCH), Instant.now(), Optional.empty()).alerts();
  }

  private static RubiconException refused(ThrowingCallable work, ErrorCode code) {
    var refusal = new RubiconException[1];
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
              refusal[0] = e;
            });
    return refusal[0];
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void nothingIsReadWhereNobodyTouchedThem(Kind kind) {
    Bench bench = crossed(kind);
    bench.run(write(kind, "by canonical"));
    assertThat(alerts(bench)).isEmpty();
    bench.rollback();
    assertThat(bench.evidence.has(Phase.ROLLBACK, SIDES)).isFalse();
    assertThat(legacyOf(bench)).isEqualTo("by canonical");
    bench.verify();
    bench.cutover();
    assertThat(alerts(bench)).isEmpty();
    bench.rollback();
    assertThat(bench.evidence.has(Phase.ROLLBACK, SIDES)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("everything")
  void bothSidesAgreeAllTheSame(Kind kind, Way way) {
    Bench bench = crossed(kind);
    way.ofCanonical(bench, kind, "SELECT 1");
    assertThat(alerts(bench)).containsExactly("triggers-untouched");
    bench.run(write(kind, "by canonical"));
    bench.rollback();
    assertThat(bench.evidence.has(Phase.ROLLBACK, SIDES)).isTrue();
    assertThat(legacyOf(bench)).isEqualTo("by canonical");
    assertThat(bench.verify().mismatches()).isZero();
    bench.cutover();
  }

  /** The triggers of the table that was crossed still stand, on a table that nobody uses. */
  @Test
  void anotherTableInItsPlaceIsCompared() {
    Bench bench = crossed(Kind.IN_PLACE);
    bench.run(
        "BEGIN;"
            + " CREATE TABLE other (LIKE t INCLUDING ALL EXCLUDING DEFAULTS);"
            + " INSERT INTO other SELECT * FROM t;"
            + " ALTER TABLE t RENAME TO before;"
            + " ALTER TABLE other RENAME TO t;"
            + " COMMIT",
        write(Kind.IN_PLACE, "past the trigger"));
    RubiconException e = refused(bench::rollback, ErrorCode.ROLLBACK_WOULD_LOSE);
    assertThat(e.getMessage()).contains("1 rows of public.t ");
    assertThat(stage(bench)).isEqualTo("CUT_OVER");
  }

  @ParameterizedTest
  @MethodSource("everything")
  void aRowWouldBeLost(Kind kind, Way way) {
    Bench bench = crossed(kind);
    way.ofCanonical(bench, kind, write(kind, "past the trigger"));
    RubiconException e = refused(bench::rollback, ErrorCode.ROLLBACK_WOULD_LOSE);
    assertThat(e.getMessage()).contains("1 rows of public.t ");
    assertThat(e.next())
        .contains("rubicon resume")
        .contains("rubicon rollback --lose public.t")
        .doesNotContain("abort");
    assertThat(stage(bench)).isEqualTo("CUT_OVER");
    refused(bench::rollback, ErrorCode.ROLLBACK_WOULD_LOSE);
    // Mended as anybody would: canonical's row is written once more, and followed.
    bench.run(write(kind, "mended"));
    bench.rollback();
    assertThat(legacyOf(bench)).isEqualTo("mended");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theOperatorNamesWhatMayBeLost(Kind kind) {
    Bench bench = crossed(kind);
    Way.DISABLED.ofCanonical(bench, kind, write(kind, "past the trigger"));
    refused(
        () -> bench.rollback(new ReturnTerms(List.of("public.other"))),
        ErrorCode.ROLLBACK_WOULD_LOSE);
    bench.rollback(new ReturnTerms(List.of("public.t")));
    assertThat(stage(bench)).isEqualTo("ROLLED_BACK");
    assertThat(legacyOf(bench)).isEqualTo("v1");
    assertThat(bench.evidence.get(Phase.ROLLBACK, SIDES).toString())
        .contains("givenUp=[Loss[relation=public.t");
    RubiconException e = refused(bench::verify, ErrorCode.VERIFY_MISMATCH);
    assertThat(e.next()).as("canonical has the only copy").doesNotContain("abort");
  }

  /** What is off is put back before both sides are compared, so that no more is lost. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void aTriggerThatIsOffOrGoneIsPutBack(Kind kind) {
    for (String off :
        List.of(
            "ALTER TABLE " + kind.crossedLeaf() + " DISABLE TRIGGER " + kind.trigger,
            "DROP TRIGGER " + kind.trigger + " ON " + kind.crossed)) {
      Bench bench = crossed(kind);
      bench.run(off);
      assertThat(alerts(bench)).containsExactly("triggers-untouched");
      bench.run(write(kind, "past the trigger"));
      refused(bench::rollback, ErrorCode.ROLLBACK_WOULD_LOSE);
      bench.run(write(kind, "followed again"));
      bench.rollback();
      assertThat(legacyOf(bench)).isEqualTo("followed again");
      assertThat(bench.verify().mismatches()).isZero();
      bench.cutover();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatCannotBePutBackIsSaid(Kind kind) {
    Bench bench = crossed(kind);
    String function =
        bench.one(
            "SELECT tgfoid::regprocedure FROM pg_trigger WHERE tgrelid = '%s'::regclass AND quote_ident(tgname) = '%s'"
                .formatted(kind.crossedLeaf(), kind.trigger));
    bench.run(
        "CREATE OR REPLACE FUNCTION "
            + function
            + " RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    RubiconException e = refused(bench::rollback, ErrorCode.TRIGGERS_TOUCHED);
    assertThat(e.getMessage()).contains(function.replaceAll(".*\\.|\"|\\(\\)", ""));
    assertThat(e.next()).contains("rubicon resume").contains("--lose public.t");
    assertThat(stage(bench)).isEqualTo("CUT_OVER");
    bench.rollback(new ReturnTerms(List.of("public.t")));
    assertThat(stage(bench)).isEqualTo("ROLLED_BACK");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aBudgetThatIsSpentIsNotTheEnd(Kind kind) throws Exception {
    Bench bench = crossed(kind);
    bench.run(write(kind, "by canonical"));
    bench.cutover = "lock-timeout: 50ms, budget: 300ms";
    try (var reader = bench.connect("pg_dump");
        var statement = reader.createStatement()) {
      statement.execute("BEGIN; SELECT count(*) FROM " + kind.crossed);
      for (int i = 0; i < 2; i++) {
        refused(bench::rollback, ErrorCode.CUTOVER_BUDGET_SPENT);
        assertThat(stage(bench)).isEqualTo("CUT_OVER");
      }
    }
    var facts = bench.rollback();
    assertThat(bench.rollback()).isEqualTo(facts);
    assertThat(legacyOf(bench)).isEqualTo("by canonical");
  }
}
