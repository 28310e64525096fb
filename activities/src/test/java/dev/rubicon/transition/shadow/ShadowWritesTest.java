package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What each kind of statement leaves on both sides; after each test both sides must agree. */
@Turn
@Tag("slow")
class ShadowWritesTest {
  private Bench bench;

  @BeforeEach
  void install() {
    bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, name text, amount numeric, secret text DEFAULT"
                    + " 'precious', at date NOT NULL DEFAULT '2026-01-10')",
                "CREATE TABLE child (id int, t_id int REFERENCES t (id) ON DELETE CASCADE)",
                "CREATE TABLE log (what text)",
                "INSERT INTO t (id, name, amount) SELECT g, 'Ann ' || g, g FROM"
                    + " generate_series(1, 10) g")
            .migration(
                "V1__t_new.sql",
                """
                CREATE TABLE t_new (id bigint, first text, amount numeric, at date NOT NULL,
                  PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
                CREATE TABLE t_jan PARTITION OF t_new FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
                CREATE TABLE t_feb PARTITION OF t_new FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
                """)
            .migration("U1__t_new.sql", "DROP TABLE t_new;")
            .shadow(
                "public.t",
                new Shadow("public.t_new", Optional.empty(), LegacyName.KEEP, List.of()),
                map("first", "", "split_part(name, ' ', 1)", Map.of("name", "first || ' ?'")),
                map("at", "", "at", Map.of("at", "at")))
            .allowChangesMeanwhile();
    bench.run("ALTER TABLE child DROP CONSTRAINT child_t_id_fkey");
    bench.toVerified();
  }

  @AfterEach
  void bothSidesAgree() {
    assertThat(bench.verify().mismatches()).isZero();
  }

  private String legacy(int id) {
    return bench.one("SELECT name, amount, secret, at FROM t WHERE id = " + id);
  }

  private String canonical(int id) {
    return bench.one("SELECT first, amount, at, tableoid::regclass FROM t_new WHERE id = " + id);
  }

  @Test
  void aMoveBetweenPartitionsKeepsTheLegacyRowAndWhatOnlyLegacyKnows() {
    bench.run("UPDATE t SET secret = 'mine' WHERE id = 1");
    bench.run("UPDATE t_new SET at = '2026-02-05' WHERE id = 1");
    assertThat(legacy(1)).isEqualTo("Ann 1|1|mine|2026-02-05");
    bench.run("UPDATE t SET at = '2026-01-05' WHERE id = 1");
    assertThat(canonical(1)).isEqualTo("Ann|1|2026-01-05|t_jan");
  }

  @Test
  void aLegacyUpdateOfAnotherColumnLeavesWhatCanonicalWrote() {
    bench.run(
        "UPDATE t_new SET first = 'Zed' WHERE id = 2", "UPDATE t SET amount = 7 WHERE id = 2");
    assertThat(canonical(2)).isEqualTo("Zed|7|2026-01-10|t_jan");
    assertThat(legacy(2)).isEqualTo("Zed ?|7|precious|2026-01-10");
    bench.run("UPDATE t SET name = 'Back Again' WHERE id = 2");
    assertThat(canonical(2)).isEqualTo("Back|7|2026-01-10|t_jan");
  }

  @Test
  void aCanonicalUpdateOfAnotherColumnDoesNotLoseWhatDownForgets() {
    bench.run("UPDATE t_new SET amount = 99 WHERE id = 3");
    assertThat(legacy(3)).isEqualTo("Ann 3|99|precious|2026-01-10");
  }

  @Test
  void keysAreChangedFromBothSides() {
    bench.run("UPDATE t SET id = 104 WHERE id = 4", "UPDATE t_new SET id = 105 WHERE id = 5");
    assertThat(bench.rows("SELECT id FROM t_new WHERE id IN (4, 5, 104, 105) ORDER BY 1"))
        .containsExactly("104", "105");
    assertThat(legacy(105)).isEqualTo("Ann 5|5|precious|2026-01-10");
    bench.run("UPDATE t_new SET id = 106, at = '2026-02-02' WHERE id = 105");
    assertThat(legacy(106)).isEqualTo("Ann 5|5|precious|2026-02-02");
  }

  @Test
  void multiRowUpsertAndCopyAndDeleteAllBehave() throws Exception {
    bench.run(
        "INSERT INTO t (id, name) VALUES (20, 'A B'), (21, 'C D'), (1, 'E F') ON CONFLICT (id) DO"
            + " UPDATE SET name = EXCLUDED.name",
        "INSERT INTO t_new (id, first, at) VALUES (22, 'G', '2026-02-03'), (2, 'H', '2026-01-10')"
            + " ON CONFLICT (id, at) DO UPDATE SET first = EXCLUDED.first");
    try (var connection = bench.connect("copy")) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY t (id, name) FROM STDIN", new StringReader("30\tBulk One\n31\t\\N\n"));
    }
    assertThat(
            bench.rows("SELECT id, first FROM t_new WHERE id IN (1, 2, 20, 21, 30, 31) ORDER BY 1"))
        .containsExactly("1|E", "2|H", "20|A", "21|C", "30|Bulk", "31|~");
    assertThat(legacy(2)).startsWith("H ?|");
    bench.run("DELETE FROM t WHERE id IN (20, 30)", "DELETE FROM t_feb WHERE id = 22");
    assertThat(bench.rows("SELECT id FROM t_new WHERE id IN (20, 22, 30)")).isEmpty();
    assertThat(bench.rows("SELECT id FROM t WHERE id IN (20, 22, 30)")).isEmpty();
  }

  @Test
  void aDuplicateOfAnotherPartitionIsRefusedToItsClient() {
    assertThatThrownBy(
            () -> bench.run("INSERT INTO t_new (id, first, at) VALUES (6, 'Twin', '2026-02-01')"))
        .hasMessageContaining("t_pkey");
    assertThat(legacy(6)).isEqualTo("Ann 6|6|precious|2026-01-10");
  }

  @Test
  void truncateReachesTheOtherSideFromBoth() {
    bench.run("TRUNCATE t");
    assertThat(bench.one("SELECT count(*) FROM t_new")).isEqualTo("0");
    bench.run("INSERT INTO t (id, name) VALUES (1, 'x y')", "TRUNCATE t_new");
    assertThat(bench.one("SELECT count(*) FROM t")).isEqualTo("0");
  }

  @Test
  void savepointsAndExceptionsTakeTheGuardBackToo() {
    bench.run(
        """
        DO $$
        BEGIN
          BEGIN
            UPDATE t SET name = 'Lost 1' WHERE id = 1;
            RAISE EXCEPTION 'no';
          EXCEPTION WHEN raise_exception THEN NULL;
          END;
          UPDATE t_new SET first = 'Kept' WHERE id = 1;
          UPDATE t SET amount = 42 WHERE id = 1;
        END $$
        """,
        "BEGIN; UPDATE t_new SET first = 'No' WHERE id = 2; SAVEPOINT s; UPDATE t SET name = 'No"
            + " No' WHERE id = 2; ROLLBACK TO s; UPDATE t SET name = 'Yes Yes' WHERE id = 2;"
            + " COMMIT");
    assertThat(canonical(1)).startsWith("Kept|42|");
    assertThat(canonical(2)).startsWith("Yes|");
  }

  @Test
  void nestedWritesOfUsersTriggersToTheSameRowAreNotOverwritten() {
    bench.run(
        """
        CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF pg_trigger_depth() < 3 THEN
            UPDATE t SET amount = NEW.amount + 1000, name = NEW.name || '!' WHERE id = NEW.id;
            UPDATE t SET name = 'Other Row' WHERE id = 10 AND NEW.id = 9;
          END IF;
          RETURN NULL;
        END $$
        """,
        "CREATE TRIGGER zz_again AFTER UPDATE ON t FOR EACH ROW WHEN (NEW.id IN (8, 9)) EXECUTE"
            + " FUNCTION again()",
        "UPDATE t SET name = 'Nested One', amount = 1 WHERE id IN (8, 9, 10)");
    assertThat(canonical(10)).startsWith("Other|");
    assertThat(canonical(8)).startsWith("Nested|" + bench.one("SELECT amount FROM t WHERE id = 8"));
  }

  @Test
  void aTriggerThatDeletesWhatWasJustWrittenLeavesNothingBehind() {
    bench.run(
        """
        CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN DELETE FROM t WHERE id = NEW.id; RETURN NULL; END $$
        """,
        "CREATE TRIGGER a_gone AFTER INSERT OR UPDATE ON t FOR EACH ROW WHEN (NEW.name = 'die')"
            + " EXECUTE FUNCTION gone()",
        "INSERT INTO t (id, name) VALUES (50, 'die')",
        "UPDATE t SET name = 'die', id = 51 WHERE id = 1");
    assertThat(bench.rows("SELECT id FROM t_new WHERE id IN (1, 50, 51)")).isEmpty();
  }

  @Test
  void whatCanonicalsOwnTriggerMakesOfARowComesBack() {
    bench.run(
        """
        CREATE FUNCTION norm() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.amount := round(NEW.amount); RETURN NEW; END $$
        """);
    var own =
        new Bench(
                "CREATE TABLE a (id int PRIMARY KEY, amount numeric, touched timestamptz)",
                "INSERT INTO a SELECT g, g, '2020-01-01' FROM generate_series(1, 3) g",
                "CREATE TABLE audit (n int)")
            .migration(
                "V1__b.sql",
                """
                CREATE TABLE b (id int PRIMARY KEY, amount numeric, touched timestamptz);
                CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN NEW.touched := '2030-01-01'; INSERT INTO audit VALUES (1); RETURN NEW; END $$;
                CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON b FOR EACH ROW EXECUTE FUNCTION touch();
                """)
            .migration("U1__b.sql", "DROP TABLE b; DROP FUNCTION touch();")
            .shadow(
                "public.a", new Shadow("public.b", Optional.empty(), LegacyName.KEEP, List.of()));
    own.toVerified();
    assertThat(own.one("SELECT count(*) FROM audit")).as("a copied row is no event").isEqualTo("0");
    own.run("UPDATE a SET amount = 5 WHERE id = 1", "INSERT INTO a VALUES (9, 9, '2021-01-01')");
    assertThat(own.rows("SELECT id, amount, touched::date FROM a WHERE id IN (1, 9) ORDER BY 1"))
        .containsExactly("1|5|2030-01-01", "9|9|2030-01-01");
    assertThat(own.one("SELECT count(*) FROM audit")).isEqualTo("2");
    assertThat(own.verify().mismatches()).isZero();
  }

  @Test
  void noSearchPathOfAClientChangesWhatTheExpressionsMean() {
    bench.run(
        "CREATE SCHEMA evil",
        "CREATE FUNCTION evil.split_part(text, text, int) RETURNS text LANGUAGE sql AS $$ SELECT"
            + " 'evil' $$",
        "SET search_path = evil, pg_catalog; UPDATE public.t SET name = 'Fine Day' WHERE id = 1");
    assertThat(canonical(1)).startsWith("Fine|");
  }

  /** The functions run with the rights of their owner: an operator of a client's must not. */
  @Test
  void noOperatorOrTypeOfAClientRunsInsideTheFunctions() {
    bench.run(
        "CREATE SCHEMA evil",
        """
        DO $$
        DECLARE t text; o text;
        BEGIN
          FOREACH t IN ARRAY ARRAY['text', 'bigint', 'int', 'oid', '"char"', 'name', 'record'] LOOP
            EXECUTE format('CREATE FUNCTION evil.yes(%1$s, %1$s) RETURNS boolean LANGUAGE plpgsql AS '
              '$f$ BEGIN RAISE EXCEPTION ''evil runs as %%'', current_user; END $f$',
              CASE t WHEN 'record' THEN 'pg_catalog.date' ELSE t END);
            FOREACH o IN ARRAY ARRAY['=', '<>', '*<>'] LOOP
              EXECUTE format('CREATE OPERATOR evil.%s (leftarg = %2$s, rightarg = %2$s, function = evil.yes)',
                o, CASE t WHEN 'record' THEN 'pg_catalog.date' ELSE t END);
            END LOOP;
          END LOOP;
          CREATE FUNCTION evil.cat(text, text) RETURNS text LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''evil runs as %'', current_user; END';
          CREATE OPERATOR evil.|| (leftarg = text, rightarg = text, function = evil.cat);
        END $$
        """,
        "CREATE DOMAIN evil.date AS pg_catalog.date CHECK (false)",
        "CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false)",
        "SET search_path = evil, pg_catalog; INSERT INTO public.t (id, name, at) VALUES (70, 'In"
            + " Sert', '2026-01-03'); UPDATE public.t SET name = 'Up Date', at = '2026-02-03' WHERE"
            + " id OPERATOR(pg_catalog.=) 1; UPDATE public.t SET id = 71 WHERE id"
            + " OPERATOR(pg_catalog.=) 2; UPDATE public.t_new SET first = 'Own', at = '2026-02-04'"
            + " WHERE id OPERATOR(pg_catalog.=) 3; DELETE FROM public.t WHERE id"
            + " OPERATOR(pg_catalog.=) 4; DELETE FROM public.t_new WHERE id OPERATOR(pg_catalog.=)"
            + " 5");
    assertThat(canonical(1)).startsWith("Up|");
    assertThat(bench.rows("SELECT id FROM t_new WHERE id IN (2, 4, 5)")).isEmpty();
    bench.run("SET search_path = evil, pg_catalog; TRUNCATE public.t");
    assertThat(bench.one("SELECT count(*) FROM t_new")).isEqualTo("0");
  }

  @Test
  void aUsersTriggerStillFindsItsUnqualifiedNames() {
    bench.run(
        """
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO log VALUES (TG_OP || ' ' || TG_TABLE_NAME); RETURN NULL; END $$
        """,
        "CREATE TRIGGER tell AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION tell()",
        "UPDATE t_new SET first = 'Q' WHERE id = 1");
    assertThat(bench.rows("SELECT what FROM log")).containsExactly("UPDATE t");
  }

  @Test
  void aSessionInReplicaRoleIsFollowedToo() {
    bench.run("SET session_replication_role = replica; UPDATE t SET name = 'R S' WHERE id = 1");
    assertThat(canonical(1)).startsWith("R|");
  }

  @Test
  void jsonNumericScaleAndNullsAreSeenAsChanges() {
    bench.run(
        "UPDATE t SET amount = 1.00 WHERE id = 1", "UPDATE t_new SET amount = NULL WHERE id = 2");
    assertThat(bench.one("SELECT amount FROM t_new WHERE id = 1")).isEqualTo("1.00");
    assertThat(bench.one("SELECT amount FROM t WHERE id = 2")).isEqualTo("~");
  }
}
