package dev.rubicon.clients;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.cutover.Crossed;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** The lines of docs/clients.md that do not depend on the driver. */
@Turn
@Timeout(300)
@Tag("slow")
class WhatClientsNoticeTest {
  private static final Executor THREADS = Thread::startVirtualThread;

  private static Bench inPlace() {
    return new Bench(
            "CREATE TABLE users (id int PRIMARY KEY, name text)",
            "INSERT INTO users SELECT g, 'v' || g FROM generate_series(1, 10) g",
            "CREATE TABLE archive (id int, name text)",
            "CREATE TABLE incoming (id int, name text)",
            "INSERT INTO incoming VALUES (100, 'in')",
            "CREATE FUNCTION them() RETURNS SETOF users LANGUAGE sql AS 'SELECT id, name FROM"
                + " users'",
            "CREATE FUNCTION stars() RETURNS SETOF users LANGUAGE sql AS 'SELECT * FROM users'")
        .transition("public.users", map("label", "text", "name", Map.of("name", "label")));
  }

  /** The name stays, or a view takes it. */
  private static Bench shadow(LegacyName legacy) {
    boolean view = legacy == LegacyName.VIEW;
    return new Bench(
            "CREATE TABLE users (id int PRIMARY KEY, name text)",
            "INSERT INTO users SELECT g, 'v' || g FROM generate_series(1, 10) g")
        .migration("V1__n.sql", "CREATE TABLE n (id bigint PRIMARY KEY, name text);")
        .migration("U1__n.sql", "DROP TABLE n;")
        .shadow(
            "public.users",
            new Shadow(
                view ? "public.app_users" : "public.users",
                Optional.of("public.n"),
                legacy,
                List.of()));
  }

  private static String state(Bench bench, String... sql) {
    try (Connection connection = bench.connect("client")) {
      for (String statement : sql) {
        execute(connection, statement);
      }
      return "ok";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String copyIn(Bench bench, String sql) throws IOException {
    try (Connection connection = bench.connect("client")) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(sql, new StringReader("200\tcopied\n"));
      return "ok";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @Test
  void statementsThatCountOnTheColumnList() throws Exception {
    Bench bench = inPlace();
    bench.install();
    assertThat(copyIn(bench, "COPY users FROM STDIN")).isEqualTo("22P04");
    assertThat(copyIn(bench, "COPY users (id, name) FROM STDIN")).isEqualTo("ok");
    assertThat(state(bench, "INSERT INTO archive SELECT * FROM users")).isEqualTo("42601");
    assertThat(state(bench, "INSERT INTO archive SELECT id, name FROM users")).isEqualTo("ok");
    assertThat(state(bench, "INSERT INTO users SELECT * FROM incoming")).isEqualTo("ok");
    assertThat(state(bench, "INSERT INTO users VALUES (101, 'positional')")).isEqualTo("ok");
    assertThat(state(bench, "SELECT * FROM them()")).isEqualTo("42P13");
    assertThat(state(bench, "SELECT * FROM stars()")).isEqualTo("ok");
    try (Connection connection = bench.connect("client");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT * FROM users")) {
      assertThat(rows.getMetaData().getColumnCount()).isEqualTo(4);
      assertThat(rows.getMetaData().getColumnName(3)).isEqualTo("label");
      assertThat(rows.getMetaData().getColumnName(4)).isEqualTo("_rubicon");
    }
    bench.backfill();
    bench.verify();
    bench.abort();
    assertThat(copyIn(bench, "COPY archive FROM STDIN")).isEqualTo("ok");
    assertThat(state(bench, "SELECT * FROM them()")).isEqualTo("ok");
  }

  @Test
  void canonicalIsNotOpenYet() {
    Bench bench = shadow(LegacyName.HIDE);
    bench.install();
    for (String sql :
        List.of(
            "INSERT INTO n VALUES (100, 'x')",
            "TRUNCATE n",
            "UPDATE n SET name = 'y' WHERE id = 1",
            "DELETE FROM n WHERE id = 1",
            "INSERT INTO n SELECT 101, 'x' ON CONFLICT (id) DO UPDATE SET name = 'y'")) {
      assertThat(state(bench, sql)).as(sql).isEqualTo("55000");
    }
    assertThat(state(bench, "SELECT * FROM n")).isEqualTo("ok");
    bench.backfill();
    bench.verify();
    assertThat(state(bench, "INSERT INTO n VALUES (100, 'x')")).isEqualTo("ok");
  }

  @Test
  void whatAViewDoesNotTake() throws Exception {
    Bench bench = shadow(LegacyName.VIEW);
    bench.toVerified();
    bench.cutover();
    assertThat(copyIn(bench, "COPY users FROM STDIN")).isEqualTo("42809");
    assertThat(state(bench, "TRUNCATE users")).isEqualTo("42809");
    assertThat(state(bench, "SELECT ctid FROM users")).isEqualTo("42703");
    assertThat(state(bench, "CREATE TABLE c (u int REFERENCES users (id))")).isEqualTo("42809");
    for (String sql :
        List.of(
            "SELECT * FROM users WHERE id = 1 FOR UPDATE",
            "BEGIN; LOCK TABLE users; ROLLBACK",
            "COPY (SELECT * FROM users) TO '/dev/null'",
            "INSERT INTO users VALUES (100, 'x') ON CONFLICT (id) DO UPDATE SET name = 'y'",
            "UPDATE users SET name = 'z' WHERE id = 100 RETURNING id",
            "DELETE FROM users WHERE id = 100")) {
      assertThat(state(bench, sql)).as(sql).isEqualTo("ok");
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** DDL dwells in the cutover's transaction until the client stands behind it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "in-place;UPDATE users SET name = 'late' WHERE id = 1",
        "in-place;INSERT INTO users (id, name) VALUES (50, 'late')",
        "in-place;SELECT id FROM users WHERE id = 1 FOR UPDATE",
        "HIDE;UPDATE users SET name = 'late' WHERE id = 1",
        "HIDE;INSERT INTO users (id, name) VALUES (50, 'late')",
        "HIDE;DELETE FROM users WHERE id = 1",
        "VIEW;UPDATE users SET name = 'late' WHERE id = 1",
        "VIEW;INSERT INTO users (id, name) VALUES (50, 'late')"
      })
  void aStatementThatComesDuringTheCutoverWaitsAndIsDoneAfterIt(String kind, String sql)
      throws Exception {
    Bench bench = kind.equals("in-place") ? inPlace() : shadow(LegacyName.valueOf(kind));
    bench.toVerified();
    dwell(bench);
    for (Runnable crossing : List.<Runnable>of(bench::cutover, bench::rollback)) {
      bench.run("DELETE FROM users WHERE id = 50");
      var crossed = CompletableFuture.runAsync(crossing, THREADS);
      until(() -> locked(bench));
      assertThat(state(bench, "SET lock_timeout = '5ms'", sql)).as("asked for").isEqualTo("55P03");
      var client = CompletableFuture.supplyAsync(() -> state(bench, sql), THREADS);
      assertThat(client.join()).isEqualTo("ok");
      crossed.join();
      assertThat(bench.verify().mismatches()).isZero();
      if (sql.contains("late")) {
        assertThat(bench.one("SELECT count(*) FROM users WHERE name = 'late'")).isEqualTo("1");
      }
    }
  }

  private static void dwell(Bench bench) {
    bench.run(
        "CREATE FUNCTION dwell() RETURNS event_trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM pg_sleep(0.4); END $$",
        "CREATE EVENT TRIGGER dwell ON ddl_command_end WHEN TAG IN ('ALTER TABLE', 'CREATE"
            + " FUNCTION') EXECUTE FUNCTION dwell()");
  }

  private static boolean locked(Bench bench) {
    return !bench
        .one(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.granted"
                + " AND l.mode = 'AccessExclusiveLock' AND l.locktype = 'relation' AND"
                + " a.datname = current_database() AND a.application_name LIKE 'rubicon/%' AND"
                + " a.wait_event = 'PgSleep'")
        .equals("0");
  }

  /** It would read a table with holes, and update what is not there: the cutover waits for it. */
  @ParameterizedTest
  @ValueSource(strings = {"REPEATABLE READ", "SERIALIZABLE"})
  void aTransactionOlderThanTheCopyNeverMeetsCanonicalUnderItsName(String level) throws Exception {
    Bench bench = shadow(LegacyName.HIDE);
    bench.install();
    try (Connection old = bench.connect("nightly-report");
        var statement = old.createStatement()) {
      statement.execute("BEGIN ISOLATION LEVEL " + level);
      statement.execute("SELECT 'the snapshot is taken'");
      bench.backfill();
      bench.verify();
      var cutover = CompletableFuture.runAsync(bench::cutover, THREADS);
      until(() -> cutover.isDone() || bench.notes.stream().anyMatch(n -> n.contains("nightly")));
      try (var rows = statement.executeQuery("SELECT count(*) FROM users")) {
        rows.next();
        assertThat(rows.getInt(1)).isEqualTo(10);
      }
      statement.execute("COMMIT");
      cutover.join();
    }
    assertThat(bench.evidence.get(Phase.CUTOVER, Crossed.EVIDENCE).toString())
        .contains("nightly-report");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void aTransactionOlderThanTheBackfillReadsCanonicalColumnsAsTheyWereThen() throws Exception {
    Bench bench = inPlace();
    bench.install();
    try (Connection old = bench.connect("nightly-report");
        var statement = old.createStatement()) {
      statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
      bench.backfill();
      try (var rows = statement.executeQuery("SELECT label, name FROM users WHERE id = 1")) {
        rows.next();
        assertThat(rows.getString(1)).isNull();
        assertThat(rows.getString(2)).isEqualTo("v1");
      }
    }
    assertThat(bench.one("SELECT label FROM users WHERE id = 1")).isEqualTo("v1");
  }

  /** A transaction that is younger, or has no snapshot of its own, is not waited for. */
  @Test
  void otherOpenTransactionsDoNotDelayTheCutover() throws Exception {
    Bench bench = shadow(LegacyName.HIDE);
    bench.install();
    try (Connection idle = bench.connect("read-committed");
        Connection young = bench.connect("young")) {
      execute(idle, "BEGIN; SELECT 1");
      bench.backfill();
      bench.verify();
      bench.run("UPDATE rubicon.backfill_batch SET at = at - interval '1 minute'");
      execute(young, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
      bench.cutover();
      execute(idle, "UPDATE users SET name = 'idle' WHERE id = 1; COMMIT");
      execute(young, "UPDATE users SET name = 'young' WHERE id = 2; COMMIT");
    }
    assertThat(bench.rows("SELECT name FROM users WHERE id < 3 ORDER BY id"))
        .containsExactly("idle", "young");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** The session's user is the client; the current one is whoever the trigger's function is. */
  @Test
  void usersTriggersBehindOursSeeRubiconsRole() {
    Bench bench = shadow(LegacyName.HIDE);
    bench.run(
        "DROP ROLE IF EXISTS notice_app",
        "CREATE ROLE notice_app LOGIN",
        "GRANT SELECT, INSERT, UPDATE ON users TO notice_app",
        "CREATE TABLE seen (who text, session text)",
        "GRANT ALL ON seen TO notice_app");
    bench.toVerified();
    bench.run(
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES"
            + " (current_user, session_user); RETURN NEW; END $$",
        "CREATE TRIGGER see BEFORE UPDATE ON n FOR EACH ROW EXECUTE FUNCTION see()",
        "SET SESSION AUTHORIZATION notice_app; UPDATE users SET name = 'x' WHERE id = 1; RESET"
            + " SESSION AUTHORIZATION");
    assertThat(bench.rows("SELECT who, session FROM seen")).containsExactly("postgres|notice_app");
  }

  @Test
  void aValueThatUpCannotConvertIsRefusedToItsClient() {
    Bench bench =
        new Bench("CREATE TABLE p (id int PRIMARY KEY, cents text)")
            .transition(
                "public.p", map("amount", "int", "cents::int", Map.of("cents", "amount::text")));
    bench.install();
    assertThat(state(bench, "INSERT INTO p (id, cents) VALUES (1, 'many')")).isEqualTo("22P02");
    assertThat(state(bench, "INSERT INTO p (id, cents) VALUES (1, '7')")).isEqualTo("ok");
  }
}
