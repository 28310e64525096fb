package dev.rubicon.transition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Touch.Kind;
import dev.rubicon.transition.Touch.Way;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Canonical becomes the authority only if the engine's triggers stood untouched from the
 * verification to the crossing: whatever was written meanwhile past them would be lost.
 */
@Turn
@Timeout(300)
@Tag("slow")
class TouchedTriggersTest {
  private static final String PAST = "UPDATE t SET old = 'past the trigger' WHERE id = 1";
  private static final String MEND = "UPDATE t SET old = 'mended' WHERE id = 1";

  private static Stream<Arguments> everything() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(Way.values()).map(way -> Arguments.of(kind, way)));
  }

  static void fails(ThrowingCallable work, ErrorCode code) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  /** A reader holds the cutover up; its lock is free only when somebody has been there. */
  @ParameterizedTest
  @MethodSource("everything")
  void touchedWhileTheCutoverWaitsForItsLock(Kind kind, Way way) throws Exception {
    Bench bench = kind.bench();
    bench.toVerified();
    RubiconException e =
        way == Way.DROPPED ? betweenLookAndLock(bench, kind, way) : underAReader(bench, kind, way);
    assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.TRIGGERS_TOUCHED);
    assertThat(e.code().retryable()).isFalse();
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("VERIFIED");

    fails(bench::verify, ErrorCode.VERIFY_MISMATCH);
    fails(bench::cutover, ErrorCode.GATE_NOT_OPEN);
    bench.run(MEND);
    bench.verify();
    bench.cutover();
    assertThat(bench.one("SELECT " + kind.column + " FROM t WHERE id = 1")).isEqualTo("mended");
  }

  private static RubiconException underAReader(Bench bench, Kind kind, Way way) throws Exception {
    CompletableFuture<RubiconException> refusal;
    try (var reader = bench.connect("pg_dump");
        var statement = reader.createStatement()) {
      statement.execute("BEGIN; SELECT count(*) FROM t");
      refusal = CompletableFuture.supplyAsync(() -> refusal(bench));
      Bench.until(
          () -> refusal.isDone() || bench.notes.stream().anyMatch(n -> n.contains("pg_dump")));
      way.ofLegacy(bench, kind, PAST);
      statement.execute("COMMIT");
    }
    return refusal.get();
  }

  /** DROP TRIGGER itself would wait for the reader. */
  private static RubiconException betweenLookAndLock(Bench bench, Kind kind, Way way) {
    bench.atNextUpdate("crossing", () -> way.ofLegacy(bench, kind, PAST));
    return refusal(bench);
  }

  private static RubiconException refusal(Bench bench) {
    try {
      bench.cutover();
      throw new AssertionError("it has crossed");
    } catch (RubiconException e) {
      return e;
    }
  }

  /** Named in the message: which trigger, of which relation. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void aTriggerThatIsOffFailsTheVerification(Kind kind) {
    Bench bench = kind.bench();
    bench.toVerified();
    for (String off : new String[] {"DISABLE", "ENABLE", "ENABLE REPLICA"}) {
      bench.run("ALTER TABLE " + kind.legacy + " " + off + " TRIGGER " + kind.trigger);
      assertThatThrownBy(bench::verify)
          .hasMessageContaining("public." + kind.legacy)
          .hasMessageContaining(kind.trigger.replace("\"", ""))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.TRIGGERS_TOUCHED);
                assertThat(e.next()).contains("rubicon resume");
              });
      fails(bench::cutover, ErrorCode.GATE_NOT_OPEN);
    }
    bench.run("ALTER TABLE " + kind.legacy + " ENABLE ALWAYS TRIGGER " + kind.trigger);
    bench.verify();
    bench.cutover();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aTriggerThatIsGoneOrAFunctionThatIsAnotherFailsTheVerification(Kind kind) {
    Bench bench = kind.bench();
    bench.toVerified();
    String function =
        bench.one(
            "SELECT tgfoid::regprocedure FROM pg_trigger WHERE tgrelid = '%s'::regclass AND quote_ident(tgname) = '%s'"
                .formatted(kind.legacy, kind.trigger));
    String definition = bench.one("SELECT pg_get_functiondef('" + function + "'::regprocedure)");
    bench.run(
        "CREATE OR REPLACE FUNCTION "
            + function
            + " RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    fails(bench::verify, ErrorCode.TRIGGERS_TOUCHED);
    bench.run(definition);
    bench.verify();

    bench.run("DROP TRIGGER " + kind.trigger + " ON t");
    fails(bench::verify, ErrorCode.TRIGGERS_TOUCHED);
    fails(bench::cutover, ErrorCode.GATE_NOT_OPEN);
  }

  /**
   * What the engine needs besides: a rule would take the write elsewhere, row security hides rows.
   */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatElseKeepsWritesFromTheOtherSide(Kind kind) {
    for (String sql :
        new String[] {
          "CREATE RULE gone AS ON UPDATE TO t DO INSTEAD NOTHING",
          "ALTER TABLE t FORCE ROW LEVEL SECURITY",
          "CREATE POLICY p ON t USING (false)"
        }) {
      Bench bench = kind.bench();
      bench.toVerified();
      bench.run(sql);
      fails(bench::cutover, ErrorCode.TRIGGERS_TOUCHED);
    }
  }

  /** A name that is another for a while is enough for whoever writes by it. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsTheEnginesOwnIsRenamedAndBroughtBack(Kind kind) {
    Bench bench = kind.bench();
    bench.toVerified();
    String function =
        bench.one(
            "SELECT quote_ident(p.proname) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE tgrelid = '%s'::regclass AND quote_ident(tgname) = '%s'"
                .formatted(kind.legacy, kind.trigger));
    String trigger = "ALTER TRIGGER " + kind.trigger + " ON t RENAME TO other";
    String back = "ALTER TRIGGER other ON t RENAME TO " + kind.trigger;
    for (String[] statements :
        new String[][] {
          {
            "ALTER FUNCTION rubicon." + function + "() SET SCHEMA public",
            "ALTER FUNCTION public." + function + "() SET SCHEMA rubicon"
          },
          {"ALTER FUNCTION rubicon." + function + "() SET search_path = public", null},
          {trigger, back},
        }) {
      bench.run(statements[0]);
      if (statements[1] == null) {
        fails(bench::verify, ErrorCode.TRIGGERS_TOUCHED);
        bench.run("ALTER FUNCTION rubicon." + function + "() RESET search_path");
      } else {
        bench.run(statements[1]);
        fails(bench::cutover, ErrorCode.TRIGGERS_TOUCHED);
      }
      bench.verify();
    }
    bench.cutover();
  }

  /**
   * Where the owner has BEFORE triggers, one of the engine's notes for the next one what a
   * statement gives. With that one switched off the note stays behind: the row is not filled, by
   * whatever bits.
   */
  @ParameterizedTest
  @EnumSource(Way.class)
  void aNoteThatNobodyReadIsNotAFilledRow(Way way) {
    Bench bench =
        new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, old text)",
            "INSERT INTO t VALUES (1, 'a')",
            "CREATE FUNCTION owners() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN NEW.old := trim(NEW.old); RETURN NEW; END'",
            "CREATE TRIGGER owners BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION"
                + " owners()");
    bench.transition(
        "public.t",
        Bench.with(
            Bench.map("new", "text", "old || '!'", Map.of("old", "rtrim(new, '!')")),
            "'none'",
            false,
            null));
    bench.toVerified();
    way.ofLegacy(bench, Kind.IN_PLACE, "INSERT INTO t (id, old) VALUES (2, ' b ')");
    assertThatThrownBy(bench::verify).hasMessageContaining("1 are not filled");
    bench.run("UPDATE t SET old = 'c' WHERE id = 2");
    assertThat(bench.verify().mismatches()).isZero();
    assertThat(bench.rows("SELECT old, new FROM t ORDER BY id")).containsExactly("a|a!", "c|c!");
    bench.cutover();
  }

  /** Of canonical's side, too. */
  @ParameterizedTest
  @MethodSource("everything")
  void canonicalsTriggers(Kind kind, Way way) {
    Bench bench = kind.bench();
    bench.toVerified();
    way.touch(bench, kind, kind.canonical, "SELECT 1");
    fails(bench::cutover, ErrorCode.TRIGGERS_TOUCHED);
    bench.verify();
    bench.cutover();
  }
}
