package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.contract.Contract;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others made depend on ours in the middle is named before an end, and never dropped. */
@Turn
class OthersObjectsTest {
  private static Bench flags() {
    Bench bench =
        new Bench(
            "CREATE TABLE \"Flags\" (id int PRIMARY KEY, legacy text DEFAULT 'L', n int)",
            "INSERT INTO \"Flags\" SELECT g, 'v' || g, g FROM generate_series(1, 10) g");
    bench.transition(
        "public.\"Flags\"",
        with(map("c", "text", "legacy", Map.of("legacy", "c")), "'D'", true, null));
    return bench.legacy("public.\"Flags\"", "legacy", LegacyColumn.Action.DROP);
  }

  private static void refused(ThrowingCallable end, String... named) {
    refused(ErrorCode.TARGET_CHANGED, end, named);
  }

  private static void refused(ErrorCode code, ThrowingCallable end, String... named) {
    assertThatThrownBy(end)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).contains(named);
              assertThat(e.next()).contains("rubicon ");
            });
  }

  @Test
  void aTableMadeLikeOursKeepsItsDefaultsAtAnAbort() {
    Bench bench = flags();
    String before = bench.fingerprint();
    bench.install();
    bench.run("CREATE TABLE copy (LIKE \"Flags\" INCLUDING ALL)");
    refused(bench::abort, "column legacy of table public.copy", "column c of table public.copy");
    // Nothing has been removed: both sides are in step.
    bench.run(
        "INSERT INTO \"Flags\" (id, c) VALUES (11, 'new')", "INSERT INTO copy (id) VALUES (1)");
    assertThat(bench.one("SELECT legacy FROM \"Flags\" WHERE id = 11")).isEqualTo("new");
    bench.run("DROP TABLE copy");
    assertThat(bench.abort().fingerprint()).isEqualTo(before);
  }

  @Test
  void aTableMadeLikeOursKeepsItsDefaultsAtContract() {
    Bench bench = flags();
    bench.toVerified();
    bench.run("CREATE TABLE copy (LIKE \"Flags\" INCLUDING ALL)");
    bench.cutover();
    refused(bench::contract, "column legacy of table public.copy", "column c of table public.copy");
    assertThat(bench.one("SELECT count(*) FROM pg_attrdef WHERE adrelid = 'copy'::regclass"))
        .isEqualTo(
            bench.one("SELECT count(*) FROM pg_attrdef WHERE adrelid = '\"Flags\"'::regclass"));
    bench.run(
        "ALTER TABLE copy ALTER COLUMN legacy SET DEFAULT 'L', ALTER COLUMN c DROP DEFAULT,"
            + " ALTER COLUMN _rubicon DROP DEFAULT");
    bench.contract();
    bench.run("INSERT INTO copy (id, _rubicon) VALUES (1, 0)");
    assertThat(bench.one("SELECT legacy FROM copy")).isEqualTo("L");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "c; CREATE VIEW seen AS SELECT id, %s FROM \"Flags\"; view public.seen; DROP VIEW seen",
        "c; CREATE MATERIALIZED VIEW seen AS SELECT %s FROM \"Flags\"; materialized view"
            + " public.seen; DROP MATERIALIZED VIEW seen",
        "c; ALTER TABLE \"Flags\" ADD UNIQUE (%s)$ CREATE TABLE child (v text REFERENCES \"Flags\""
            + " (%<s)); constraint child_v_fkey on table public.child; DROP TABLE child",
        "c; CREATE POLICY p ON \"Flags\" USING (%s IS NOT NULL); policy p; DROP POLICY p ON"
            + " \"Flags\"",
        "c; CREATE FUNCTION f() RETURNS text BEGIN ATOMIC SELECT max(%s) FROM \"Flags\"$ END;"
            + " function public.f(); DROP FUNCTION f()"
      })
  void whatUsesAColumnThatGoes(String ignored, String create, String named, String drop) {
    String sql = create.replace('$', ';');
    Bench aborted = flags();
    String before = aborted.fingerprint();
    aborted.install();
    aborted.run(sql.formatted("c"));
    refused(aborted::abort, named);
    assertThat(aborted.one("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"))
        .isNotEqualTo("0");
    aborted.run(drop);
    assertThat(aborted.abort().fingerprint()).isEqualTo(before);

    Bench ended = flags();
    ended.toVerified();
    ended.cutover();
    ended.run(sql.formatted("legacy"));
    refused(ended::contract, named);
    ended.run(drop);
    ended.contract();
    assertThat(ended.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPartitionThatIsDetachedKeepsWhatItHasAndIsNamed(boolean crossed) {
    Bench bench = partitions();
    String before = bench.fingerprint();
    bench.toVerified();
    if (crossed) {
      bench.cutover();
    }
    bench.run("ALTER TABLE t DETACH PARTITION t_2");
    if (crossed) {
      refused(ErrorCode.TARGET_CHANGED, bench::contract, "column c of table public.t_2");
      bench.run("ALTER TABLE t_2 DROP COLUMN c, DROP COLUMN _rubicon");
    } else {
      // The refusal has the SQL, however often it is asked for.
      catchThrowableOfType(RubiconException.class, bench::abort);
      RubiconException refusal = catchThrowableOfType(RubiconException.class, bench::abort);
      assertThat(refusal.code()).isEqualTo(ErrorCode.FINGERPRINT_MISMATCH);
      assertThat(refusal).hasMessageContaining("column c of table public.t_2");
      String next = refusal.next();
      assertThat(next).contains("ALTER TABLE").contains("Then again: rubicon abort");
      bench.run(next.substring(next.indexOf("ALTER TABLE"), next.lastIndexOf(';')));
    }
    if (crossed) {
      refused(bench::contract, "column legacy of table public.t_2");
      bench.run("ALTER TABLE t_2 ALTER COLUMN legacy SET DEFAULT 'TWO'");
      bench.contract();
    } else {
      bench.run("ALTER TABLE t ATTACH PARTITION t_2 FOR VALUES IN (2)");
      assertThat(bench.abort().fingerprint()).isEqualTo(before);
    }
    assertThat(bench.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
    bench.run("INSERT INTO t_2 (id, p) VALUES (60, 2)");
    assertThat(bench.one("SELECT legacy FROM t_2 WHERE id = 60")).isEqualTo("TWO");
  }

  private static Bench partitions() {
    Bench bench =
        new Bench(
            "CREATE TABLE t (id int, p int, legacy text DEFAULT 'L', PRIMARY KEY (id, p))"
                + " PARTITION BY LIST (p)",
            "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)",
            "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2)",
            "ALTER TABLE t_2 ALTER COLUMN legacy SET DEFAULT 'TWO'",
            "INSERT INTO t SELECT g, 1 + g % 2 FROM generate_series(1, 10) g");
    bench.transition("public.t", map("c", "text", "legacy", Map.of("legacy", "c")));
    return bench.legacy("public.t", "legacy", LegacyColumn.Action.DROP);
  }

  @Test
  void partitionsThatComeAndGoAreOurs() {
    Bench bench = partitions();
    bench.install();
    bench.run("CREATE TABLE t_3 PARTITION OF t FOR VALUES IN (3)", "DROP TABLE t_1");
    bench.backfill();
    bench.verify();
    bench.verify();
    bench.cutover();
    bench.run("CREATE TABLE t_4 PARTITION OF t FOR VALUES IN (4)");
    bench.contract();
    bench.run("INSERT INTO t (id, p, c) VALUES (40, 4, 'x')");
    assertThat(bench.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
  }

  @ParameterizedTest
  @EnumSource(LegacyName.class)
  void whatUsesALegacyRelationThatGoes(LegacyName name) {
    Bench bench = users(name);
    bench.toVerified();
    bench.cutover();
    String legacy = name == LegacyName.HIDE ? "rubicon.\"%s\"".formatted(hidden(bench)) : "users";
    bench.run(
        "CREATE VIEW report AS SELECT note FROM " + legacy,
        "CREATE FUNCTION noted(u " + legacy + ") RETURNS text LANGUAGE sql AS 'SELECT u.note'");
    refused(() -> beforeTheGate(bench), "view public.report", "function public.noted(");
    refused(bench::contract, "view public.report", "function public.noted(");
    bench.run("DROP VIEW report");
    refused(bench::contract, "function public.noted(");
    bench.run("DROP FUNCTION noted");
    beforeTheGate(bench);
    bench.contract();
    assertThat(bench.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
  }

  /** It follows its relation into the archive. */
  @Test
  void whatUsesALegacyRelationThatIsArchivedStays() {
    Bench bench = users(LegacyName.HIDE);
    bench.legacy(new LegacyRelation("public.users", LegacyColumn.Action.ARCHIVE, Optional.empty()));
    bench.run("CREATE VIEW report AS SELECT note FROM users");
    bench.run(
        "CREATE TABLE numbered (id bigint DEFAULT nextval('users_id_seq'))",
        "CREATE TABLE posts (id int PRIMARY KEY, author bigint REFERENCES users)",
        "INSERT INTO posts VALUES (1, 1)");
    bench.toVerified();
    bench.cutover();
    bench.contract();
    assertThat(bench.one("SELECT count(*) FROM report")).isEqualTo("10");
    bench.run("INSERT INTO numbered DEFAULT VALUES");
    assertThat(
            bench.one(
                "SELECT confrelid::regclass FROM pg_constraint WHERE conrelid = 'posts'::regclass"
                    + " AND contype = 'f'"))
        .isEqualTo("app_users");
  }

  private static Bench users(LegacyName name) {
    return new Bench(
            "CREATE TABLE users (id bigserial PRIMARY KEY, note text)",
            "INSERT INTO users (note) SELECT 'n' || g FROM generate_series(1, 10) g")
        .migration("V1__next.sql", "CREATE TABLE app_users (id bigserial PRIMARY KEY, note text);")
        .migration("U1__next.sql", "DROP TABLE app_users;")
        .shadow("public.users", new Shadow("public.app_users", Optional.empty(), name, List.of()));
  }

  private static void beforeTheGate(Bench bench) {
    try (PgSession session = bench.context(Phase.CONTRACT).open(SessionLimits.SHORT)) {
      Contract.refuseOthers(session, bench.runbook());
    }
  }

  private static String hidden(Bench bench) {
    return bench.one(
        "SELECT relname FROM pg_class WHERE relname LIKE '%\\_hidden' AND relkind = 'r'");
  }
}
