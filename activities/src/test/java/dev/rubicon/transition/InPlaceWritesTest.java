package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.rows.OneTable;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Sections A to X of the prototype: what each kind of statement leaves in both sides. */
class InPlaceWritesTest {
  private static final int FILLED = 1;
  private static final int CANONICAL = 3;
  private static final int BOTH = 5;

  private Bench bench;

  @BeforeEach
  void install() {
    bench =
        new Bench(
                "CREATE TABLE p (id serial PRIMARY KEY, name text, status text DEFAULT 'new', note"
                    + " text, cents bigint)",
                "INSERT INTO p (name, note) VALUES ('Ann Lee','n1'),('Bob Ray','n2'),('Cy"
                    + " Doe','n3'),('Di Fox','n4'),('Ed Poe','n5')")
            .transition(
                "public.p",
                map("first", "text", "split_part(name, ' ', 1)", Map.of("name", "first || ' ?'")),
                map("state", "text", "upper(status)", Map.of("status", "lower(state)")));
    bench.install();
  }

  private String row(int id) {
    return bench.one("SELECT name, first, _rubicon & 7 FROM p WHERE id = " + id);
  }

  @Test
  void aLegacyUpdateOfAnotherColumnFillsAnUnfilledRow() {
    bench.run("UPDATE p SET note = 'x' WHERE id = 1");
    assertThat(row(1)).isEqualTo("Ann Lee|Ann|" + FILLED);
  }

  @Test
  void aCanonicalWriteOnAnUnfilledRowDerivesLegacyAndFillsTheOtherGroups() {
    bench.run("UPDATE p SET first = 'Zed' WHERE id = 2");
    assertThat(row(2)).isEqualTo("Zed ?|Zed|" + CANONICAL);
    assertThat(bench.one("SELECT status, state FROM p WHERE id = 2")).isEqualTo("new|NEW");
    bench.run("UPDATE p SET note = 'y' WHERE id = 2");
    assertThat(row(2)).isEqualTo("Zed ?|Zed|" + CANONICAL);
  }

  @Test
  void anExplicitNullOnAnUnfilledRowIsACanonicalWriteWhereTheClientSaysSo() {
    bench.run(
        "BEGIN; SET LOCAL rubicon.side = 'canonical'; UPDATE p SET first = NULL WHERE id = 3;"
            + " COMMIT");
    assertThat(row(3)).isEqualTo("~|~|" + CANONICAL);
  }

  @Test
  void aWriterThatMapsBothSidesAndChangesLegacyIsALegacyWriter() {
    bench.run("UPDATE p SET name = 'Dora Fox', note = 'n4', first = NULL WHERE id = 4");
    assertThat(row(4)).isEqualTo("Dora Fox|Dora|" + FILLED);
  }

  @Test
  void aFullRowWriteOfSameLegacyValuesFills() {
    bench.run("UPDATE p SET name = 'Ann Lee', status = 'new', note = 'z' WHERE id = 1");
    assertThat(row(1)).isEqualTo("Ann Lee|Ann|" + FILLED);
  }

  @Test
  void theBackfillLeavesWhatClientsWrote() {
    bench.run(
        "UPDATE p SET first = 'Zed' WHERE id = 2",
        "SET rubicon.side = 'canonical'",
        "UPDATE p SET first = NULL WHERE id = 3");
    assertThat(bench.backfill().rows()).containsEntry("public.p", 5L);
    assertThat(bench.rows("SELECT name, first, _rubicon & 7 FROM p ORDER BY id"))
        .containsExactly("Ann Lee|Ann|1", "Zed ?|Zed|3", "~|~|3", "Di Fox|Di|1", "Ed Poe|Ed|1");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void insertsAreToldApart() {
    assertThat(bench.one("INSERT INTO p (name) VALUES ('Gus Orr') RETURNING name, first, _rubicon"))
        .isEqualTo("Gus Orr|Gus|1");
    assertThat(
            bench.one(
                "INSERT INTO p (first) VALUES ('Hal') RETURNING name, first, _rubicon & 7, status,"
                    + " state"))
        .isEqualTo("Hal ?|Hal|3|new|NEW");
    assertThat(bench.one("INSERT INTO p (first) VALUES (NULL) RETURNING name, first, _rubicon & 7"))
        .isEqualTo("~|~|3");
    assertThat(
            bench.one(
                "INSERT INTO p (name, first) VALUES ('Ivy Key', NULL) RETURNING name, first,"
                    + " _rubicon & 7"))
        .isEqualTo("Ivy Key|~|" + BOTH);
    assertThat(
            bench.one(
                "INSERT INTO p (name, first) VALUES ('Ivy Key', DEFAULT) RETURNING name, first,"
                    + " _rubicon & 7"))
        .isEqualTo("Ivy Key|Ivy|1");
    assertThat(
            bench.rows(
                "INSERT INTO p (name, first) VALUES ('Jo A', DEFAULT), ('Ko B', NULL), ('Lo C',"
                    + " DEFAULT), ('Mo D', 'X') RETURNING first, _rubicon & 7"))
        .containsExactly("Jo|1", "~|5", "Lo|1", "X|5");
  }

  @Test
  void aLegacyDefaultYieldsToACanonicalValueAndServesWhereThereIsNone() {
    assertThat(bench.one("INSERT INTO p (state) VALUES ('DONE') RETURNING status, state"))
        .isEqualTo("done|DONE");
    assertThat(bench.one("INSERT INTO p (name) VALUES ('A B') RETURNING status, state"))
        .isEqualTo("new|NEW");
    assertThat(bench.one("INSERT INTO p (status) VALUES ('new') RETURNING status, state"))
        .isEqualTo("new|NEW");
    assertThat(
            bench.one(
                "INSERT INTO p (status, state) VALUES ('new', 'DONE') RETURNING status, state,"
                    + " _rubicon"))
        .isEqualTo("new|DONE|" + (1 | 4 << 2));
  }

  @Test
  void bulkInsertsDeriveRowByRow() {
    bench.run(
        "INSERT INTO p (name) SELECT 'Bulk ' || g FROM generate_series(1, 1000) g ORDER BY"
            + " md5(g::text)");
    assertThat(
            bench.one(
                "SELECT count(*), count(*) FILTER (WHERE first = 'Bulk'), count(DISTINCT _rubicon)"
                    + " FROM p WHERE name LIKE 'Bulk%'"))
        .isEqualTo("1000|1000|1");
  }

  @Test
  void copyTellsOmittedFromNull() throws Exception {
    try (var connection = bench.connect("client")) {
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      copy.copyIn("COPY p (name) FROM STDIN", new StringReader("Nan One\nOli Two\n"));
      copy.copyIn("COPY p (name, first) FROM STDIN", new StringReader("Pam One\t\\N\n"));
    }
    assertThat(bench.rows("SELECT name, first, _rubicon FROM p ORDER BY id DESC LIMIT 3"))
        .containsExactly("Pam One|~|5", "Oli Two|Oli|1", "Nan One|Nan|1");
  }

  @Test
  void positionalInsertsByOldClientsWork() {
    assertThat(bench.one("INSERT INTO p VALUES (901, 'Ray Ray') RETURNING first, _rubicon"))
        .isEqualTo("Ray|1");
  }

  @Test
  void onConflictFollowsWhoWrote() {
    assertThat(
            bench.one(
                "INSERT INTO p (id, name) VALUES (1, 'Anna Lee') ON CONFLICT (id) DO UPDATE SET"
                    + " name = excluded.name RETURNING name, first, _rubicon"))
        .isEqualTo("Anna Lee|Anna|1");
    assertThat(
            bench.one(
                "INSERT INTO p (id, first) VALUES (1, 'Annika') ON CONFLICT (id) DO UPDATE SET"
                    + " first = excluded.first RETURNING name, first, _rubicon"))
        .isEqualTo("Annika ?|Annika|3");
  }

  @Test
  void omittedFlagsDoNotLeakIntoLaterRows() throws Exception {
    try (var connection = bench.connect("client");
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO p (id, name) VALUES (1, 'Leaky') ON CONFLICT (id) DO NOTHING");
      statement.execute("INSERT INTO p (name, first) VALUES ('No Leak', NULL)");
      connection.commit();
    }
    assertThat(bench.one("SELECT first, _rubicon FROM p WHERE name = 'No Leak'")).isEqualTo("~|5");
  }

  @Test
  void theSideSettingDecidesForAWriterOfBoth() {
    bench.run(
        "SET rubicon.side = 'legacy'",
        "INSERT INTO p (id, name, first) VALUES (50, 'Sue Lim', 'X')",
        "SET rubicon.side = 'canonical'",
        "INSERT INTO p (id, name, first) VALUES (51, 'Sue Lim', 'X')",
        "UPDATE p SET name = 'q', first = 'Y' WHERE id = 50");
    assertThat(row(50)).isEqualTo("Y ?|Y|3");
    assertThat(row(51)).isEqualTo("X ?|X|3");
  }

  @Test
  void aSessionThatSpeaksCanonicalDoesNotEraseAnUnfilledRow() {
    bench.run("SET rubicon.side = 'canonical'", "UPDATE p SET note = 'z' WHERE id = 5");
    assertThat(row(5)).isEqualTo("Ed Poe|Ed|1");
  }

  @Test
  void aWriterInReplicaRoleIsKeptInStepToo() {
    bench.run(
        "SET session_replication_role = replica", "UPDATE p SET name = 'New Name' WHERE id = 1");
    assertThat(row(1)).isEqualTo("New Name|New|1");
  }

  @Test
  void everyWriteSoFarVerifies() {
    bench.run(
        "INSERT INTO p (name, first) VALUES ('Both Ways', 'Other')",
        "INSERT INTO p (first) VALUES ('Canon')",
        "UPDATE p SET name = 'L W' WHERE id = 1",
        "UPDATE p SET first = 'C' WHERE id = 2",
        "UPDATE p SET first = 'C2', name = 'L2 M' WHERE id = 1");
    bench.backfill();
    assertThat(bench.verify().rows()).isEqualTo(Map.of("public.p", 7L));
    bench.run("ALTER TABLE p DISABLE TRIGGER ALL", "UPDATE p SET first = 'corrupt' WHERE id = 4");
    org.assertj.core.api.Assertions.assertThatThrownBy(bench::verify)
        .hasMessageContaining("1 of 7 rows disagree in columns [first]");
    assertThat(bench.evidence.get(Phase.VERIFY, OneTable.EVIDENCE).toString())
        .doesNotContain("corrupt");
  }

  @Test
  void theAuthorityFlipsAtCutoverAndBackAtRollback() {
    bench.backfill();
    bench.verify();
    bench.cutover();
    bench.run("UPDATE p SET name = 'Lee Gacy', first = 'Canon' WHERE id = 1");
    assertThat(row(1)).isEqualTo("Canon ?|Canon|3");
    bench.run("UPDATE p SET name = 'Old Client' WHERE id = 1");
    assertThat(row(1)).isEqualTo("Old Client|Old|1");
    bench.run("INSERT INTO p (id, name, first) VALUES (70, 'Agree With', 'Agree')");
    assertThat(row(70)).isEqualTo("Agree With|Agree|1");
    bench.rollback();
    bench.run("UPDATE p SET name = 'Lee Gacy', first = 'Canon' WHERE id = 1");
    assertThat(row(1)).isEqualTo("Lee Gacy|Canon|5");
    assertThat(bench.verify().mismatches()).isZero();
    assertThat(List.of(bench.cutover(), bench.cutover()).stream().distinct()).hasSize(1);
  }
}
