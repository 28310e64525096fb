package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.engine.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Traps of in-place transitions that cost data or clients; docs/proofs.md lists them all. */
class KnownTrapsTest {
  private static Bench bench(int rows) {
    return new Bench(
            "CREATE TABLE p (id int PRIMARY KEY, name text, note text)",
            "CREATE TABLE other (id int)",
            "INSERT INTO p SELECT g, 'n' || g FROM generate_series(1, " + rows + ") g")
        .transition(
            "public.p", map("label", "text", "upper(name)", Map.of("name", "label || '?'")));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String row(Bench bench, int id) {
    return bench.one("SELECT name, label FROM p WHERE id = " + id);
  }

  /** Its number is older than the triggers, and so is its snapshot in the other levels. */
  @Test
  void aTransactionOlderThanTheTriggersWritesInASubtransaction() throws Exception {
    Bench bench = bench(10);
    bench.expand();
    try (Connection old = bench.connect("old")) {
      execute(old, "BEGIN; INSERT INTO other VALUES (1)");
      bench.dualWrite();
      execute(old, "SAVEPOINT s; UPDATE p SET label = 'mine' WHERE id = 1; RELEASE s");
      execute(old, "SAVEPOINT s; UPDATE p SET label = 'gone' WHERE id = 2; ROLLBACK TO s");
      execute(old, "SAVEPOINT s; UPDATE p SET name = 'theirs' WHERE id = 3; RELEASE s");
      execute(old, "COMMIT");
    }
    bench.backfill();
    assertThat(row(bench, 1)).isEqualTo("mine?|mine");
    assertThat(row(bench, 2)).isEqualTo("n2|N2");
    assertThat(row(bench, 3)).isEqualTo("theirs|THEIRS");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** Whether a row is filled must not be read from its transaction number. */
  @Test
  void frozenRowsKeepWhatWasWritten() {
    Bench bench = bench(10);
    bench.install();
    bench.run("UPDATE p SET label = 'mine' WHERE id < 3", "VACUUM (FREEZE) p");
    bench.backfill();
    bench.run("VACUUM (FREEZE) p");
    assertThat(row(bench, 1)).isEqualTo("mine?|mine");
    assertThat(row(bench, 3)).isEqualTo("n3|N3");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void anUpThatYieldsNullIsFilledOnce() {
    Bench bench =
        new Bench(
                "CREATE TABLE p (id int PRIMARY KEY, name text)",
                "INSERT INTO p SELECT g FROM generate_series(1, 100) g")
            .transition("public.p", map("label", "text", "upper(name)", Map.of()));
    bench.install();
    bench.backfill();
    bench.backfill();
    assertThat(bench.one("SELECT sum(rows) FROM rubicon.backfill_batch")).isEqualTo("100");
  }

  @Test
  void namesInAnExpressionAreBoundOnceNotInTheClientsPath() {
    Bench bench =
        new Bench(
                "CREATE TABLE p (id int PRIMARY KEY, name text)",
                "CREATE FUNCTION norm(text) RETURNS text LANGUAGE sql IMMUTABLE AS"
                    + " $$ SELECT upper($1) $$",
                "CREATE SCHEMA evil",
                "CREATE FUNCTION evil.norm(text) RETURNS text LANGUAGE sql IMMUTABLE AS"
                    + " $$ SELECT 'evil' $$",
                "INSERT INTO p VALUES (1, 'a'), (2, 'b')")
            .transition("public.p", map("label", "text", "norm(name)", Map.of()));
    bench.install();
    bench.run("SET search_path = ''", "INSERT INTO public.p VALUES (3, 'c')");
    bench.run("SET search_path = evil, public", "UPDATE public.p SET name = 'd' WHERE id = 1");
    bench.backfill();
    assertThat(bench.rows("SELECT label FROM p ORDER BY id")).containsExactly("D", "B", "C");
  }

  /** What docs/in-place.md says of AFTER triggers of the owner. */
  @Test
  void anOwnersTriggerSeesADerivedChangeByWhenAndNotByItsColumnList() {
    Bench bench = bench(1);
    bench.run(
        "CREATE TABLE seen (how text)",
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO seen VALUES (TG_ARGV[0]); RETURN NULL; END $$",
        "CREATE TRIGGER by_list AFTER UPDATE OF name ON p FOR EACH ROW EXECUTE FUNCTION"
            + " see('list')",
        "CREATE TRIGGER by_when AFTER UPDATE ON p FOR EACH ROW WHEN (old.name IS DISTINCT FROM"
            + " new.name) EXECUTE FUNCTION see('when')");
    bench.toVerified();
    bench.run("UPDATE p SET label = 'mine' WHERE id = 1");
    assertThat(bench.rows("SELECT how FROM seen")).containsExactly("when");
  }

  /** The batch goes up the key, the writer down: the batch skips, nobody waits in a circle. */
  @Test
  void aWriterOfSeveralRowsInDescendingOrderIsNotDeadlockedByTheBackfill() throws Exception {
    Bench bench = bench(2_000);
    bench.install();
    try (Connection writer = bench.connect("descending")) {
      execute(writer, "BEGIN; UPDATE p SET name = 'x' WHERE id = 2000");
      var backfill = CompletableFuture.runAsync(bench::backfill);
      until(() -> bench.notes.stream().anyMatch(n -> n.startsWith("1 rows are locked")));
      for (int id = 1999; id > 1900; id--) {
        execute(writer, "UPDATE p SET name = 'x' WHERE id = " + id);
      }
      execute(writer, "COMMIT");
      backfill.join();
    }
    assertThat(bench.verify().mismatches()).isZero();
    assertThat(bench.one("SELECT count(*) FROM p WHERE label = 'X'")).isEqualTo("100");
  }

  @Test
  void truncateInTheMiddleOfABackfillLeavesNothingToFill() {
    Bench bench = bench(3_000);
    bench.install();
    bench.control = new Progress.Control(false, 500);
    var backfill = CompletableFuture.runAsync(bench::backfill);
    until(() -> !bench.one("SELECT count(*) FROM rubicon.backfill_batch").equals("0"));
    bench.run("TRUNCATE p", "INSERT INTO p (id, label) VALUES (2999, 'mine')");
    assertThat(backfill).isNotDone();
    bench.control = Progress.Control.NONE;
    backfill.join();
    assertThat(bench.rows("SELECT id, name, label FROM p")).containsExactly("2999|mine?|mine");
    assertThat(bench.verify().mismatches()).isZero();
  }
}
