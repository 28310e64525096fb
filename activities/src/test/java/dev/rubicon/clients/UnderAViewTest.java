package dev.rubicon.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What an old build meets where the legacy name has become a view, and a new one after the way
 * back.
 */
class UnderAViewTest {
  private static Bench bench() {
    return new Bench(
            "CREATE TABLE users (id int PRIMARY KEY, name text)",
            "INSERT INTO users SELECT g, 'u' || g FROM generate_series(1, 9) g",
            "CREATE TABLE seen (relation text)",
            "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS"
                + " $$ BEGIN INSERT INTO seen VALUES (TG_TABLE_NAME); RETURN NEW; END $$",
            "CREATE TRIGGER see BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION see()")
        .migration("V1__next.sql", "CREATE TABLE people_next (id int PRIMARY KEY, label text)")
        .migration("U1__next.sql", "DROP TABLE people_next")
        .shadow(
            "public.users",
            new Shadow(
                "public.people", Optional.of("public.people_next"), LegacyName.VIEW, List.of()),
            Bench.map("label", "", "name", Map.of("name", "label")));
  }

  @Test
  void statementsThatAViewDoesNotTake() {
    Bench bench = bench();
    bench.toVerified();
    bench.cutover();
    var refused =
        Map.of(
            "INSERT INTO users VALUES (1, 'x') ON CONFLICT ON CONSTRAINT users_pkey DO NOTHING",
            "42704",
            "BEGIN; DECLARE c CURSOR FOR SELECT * FROM users FOR UPDATE; FETCH c;"
                + " UPDATE users SET name = 'q' WHERE CURRENT OF c",
            "0A000",
            "SELECT * FROM users TABLESAMPLE system (100)",
            "0A000",
            "COPY users TO STDOUT",
            "42809");
    refused.forEach((sql, state) -> assertThat(state(bench, sql)).as(sql).isEqualTo(state));
    int version = Integer.parseInt(bench.one("SHOW server_version_num"));
    if (version >= 150_000) {
      String merge =
          "MERGE INTO users u USING (SELECT 1 AS id) s ON u.id = s.id"
              + " WHEN MATCHED THEN UPDATE SET name = 'z'";
      assertThat(state(bench, merge)).isEqualTo(version < 170_000 ? "0A000" : "ok");
    }
    assertThat(state(bench, "COPY (SELECT * FROM users) TO STDOUT")).isEqualTo("ok");
  }

  @Test
  void aTriggerOfLegacysSeesTheNameBehindTheView() {
    Bench bench = bench();
    bench.toVerified();
    bench.cutover();
    bench.run("TRUNCATE seen", "UPDATE users SET name = 'x' WHERE id = 1");
    assertThat(bench.one("SELECT string_agg(relation, ',') FROM seen")).endsWith("_hidden");
  }

  @Test
  void aNameThatCanonicalHasOnlyFromTheCutoverOnIsGoneAfterARollback() {
    Bench bench = bench();
    bench.toVerified();
    assertThat(state(bench, "SELECT FROM people")).isEqualTo("42P01");
    bench.cutover();
    assertThat(state(bench, "SELECT FROM people")).isEqualTo("ok");
    bench.rollback();
    assertThat(state(bench, "SELECT FROM people")).isEqualTo("42P01");
    assertThatThrownBy(() -> bench.run("INSERT INTO people VALUES (99, 'late')"))
        .rootCause()
        .hasMessageContaining("people");
    assertThat(state(bench, "INSERT INTO people_next VALUES (99, 'late')")).isEqualTo("ok");
    assertThat(bench.one("SELECT name FROM users WHERE id = 99")).isEqualTo("late");
  }

  private static String state(Bench bench, String sql) {
    try (var connection = bench.connect("client");
        var statement = connection.createStatement()) {
      if (sql.startsWith("COPY")) {
        connection
            .unwrap(org.postgresql.PGConnection.class)
            .getCopyAPI()
            .copyOut(sql, java.io.OutputStream.nullOutputStream());
      } else {
        statement.execute(sql);
      }
      return "ok";
    } catch (SQLException e) {
      return e.getSQLState();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
