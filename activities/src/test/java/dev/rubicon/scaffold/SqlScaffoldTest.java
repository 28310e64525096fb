package dev.rubicon.scaffold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Target;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one would have typed, or a migration tool wrote, becomes the shortest runbook. */
@Turn
@Tag("slow")
class SqlScaffoldTest {
  private static final String LIVE =
      """
      CREATE TYPE public.mood AS ENUM ('low', 'high');
      CREATE TABLE public.orders (
        id serial PRIMARY KEY, customer bigint NOT NULL, note text, total numeric(10, 2), mood text);
      CREATE TABLE public.line (
        order_id integer REFERENCES public.orders, no integer, PRIMARY KEY (order_id, no));
      CREATE TABLE public."Odd ""Name" (id integer PRIMARY KEY, "A b" text);
      CREATE TABLE public.gone (id integer PRIMARY KEY, extra text);
      CREATE INDEX gone_extra ON public.gone (extra);
      CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY);
      """;
  private static Target live;

  @TempDir Path temp;

  @BeforeAll
  static void target() {
    live = CatalogSamples.database("init_sql", LIVE);
  }

  @Test
  void anIndexIsOneFileWithoutAQuestion() throws Exception {
    SqlScaffold.Draft draft = draft("CREATE INDEX ON orders (customer)");

    assertThat(draft.files()).containsExactly("runbook.yaml");
    assertThat(draft.questions()).isEmpty();
    assertThat(text("runbook.yaml"))
        .isEqualTo(
            """
            rubicon: 1
            name: drafted
            title: "CREATE INDEX ON orders (customer)"
            expand:
              concurrently:
                - {name: public.orders_customer_idx, sql: 'CREATE INDEX CONCURRENTLY "orders_customer_idx" ON public.orders USING btree (customer)'}
            """);
    assertThat(bundle().runbook().expand().concurrently()).hasSize(1);
  }

  /** What each statement becomes, to the line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "ALTER TABLE orders ALTER id TYPE bigint | {relation: public.orders, change: {id: {type:"
            + " bigint}}}",
        "ALTER TABLE ONLY public.orders ALTER COLUMN \"id\" SET DATA TYPE bigint USING"
            + " \"id\"::bigint | {relation: public.orders, change: {id: {type: bigint}}}",
        "ALTER TABLE orders RENAME note TO remark | {relation: public.orders, change: {note:"
            + " {rename: remark}}}",
        "ALTER TABLE orders RENAME TO purchases | {relation: public.orders, rename: purchases}",
        "ALTER TABLE orders RENAME TO p; ALTER TABLE p RENAME note TO nb; ALTER TABLE p ALTER nb"
            + " SET NOT NULL | {relation: public.orders, rename: p, change: {note: {rename: nb,"
            + " nullable: false}}}",
        "ALTER TABLE IF EXISTS orders ALTER note SET NOT NULL, ALTER note SET DEFAULT 'a,b' |"
            + " {relation: public.orders, change: {note: {nullable: false, default: \"'a,b'\"}}}",
        "ALTER TABLE orders ALTER customer DROP DEFAULT | {relation: public.orders, change:"
            + " {customer: {default: \"NULL\"}}}",
        "ALTER TABLE \"Odd \"\"Name\" RENAME \"A b\" TO plain | {relation: 'public.\"Odd"
            + " \"\"Name\"', change: {'\"A b\"': {rename: plain}}}",
      })
  void whatChangesIsSaidInOneLine(String sql, String line) throws Exception {
    SqlScaffold.Draft draft = draft(sql);

    assertThat(draft.questions()).isEmpty();
    assertThat(draft.files()).containsExactly("runbook.yaml");
    assertThat(text("runbook.yaml")).contains("transitions:\n  - " + line + "\n");
    assertThat(bundle().runbook().transitions()).hasSize(1);
  }

  @Test
  void whatACastDoesNotLeadBackFromIsAsked() throws Exception {
    SqlScaffold.Draft draft =
        draft("ALTER TABLE orders ALTER mood TYPE mood USING lower(mood)::mood");

    assertThat(draft.questions()).singleElement().asString().contains("public.orders", "down");
    assertThat(text("runbook.yaml"))
        .contains("change: {mood: {type: mood, up: \"lower(mood)::mood\", down: \"mood::text\"}}")
        .contains("# QUESTION: public.orders");
    assertThat(bundle().runbook().transitions()).hasSize(1);
  }

  @Test
  void nullThatOldClientsDoNotKnowIsAsked() throws Exception {
    draft("ALTER TABLE orders ALTER customer DROP NOT NULL");

    assertThat(text("runbook.yaml"))
        .contains("{customer: {nullable: true, up: \"customer\", down: \"coalesce(customer, 0)\"}}")
        .contains("# QUESTION: public.orders");
  }

  /** Columns, checks and keys come the way on which no lock lasts. */
  @Test
  void whatIsAddedComesTheSafeWay() throws Exception {
    SqlScaffold.Draft draft =
        draft(
            """
            BEGIN;
            -- Add field to orders
            ALTER TABLE "orders" ADD COLUMN "state" varchar(20) DEFAULT 'new' NOT NULL,
              ADD CONSTRAINT total_positive CHECK (total >= 0);
            ALTER TABLE orders ADD UNIQUE (customer, note);
            ALTER TABLE gone ADD COLUMN order_id integer REFERENCES orders;
            COMMIT;
            """);

    assertThat(draft.questions()).isEmpty();
    Bundle bundle = bundle();
    String all =
        draft.files().stream()
            .filter(file -> file.startsWith("expand/V"))
            .map(bundle::text)
            .reduce("", String::concat);
    assertThat(all)
        .contains("ADD COLUMN \"state\" character varying(20)")
        .containsSubsequence(
            "CHECK ((total >= (0)::numeric)) NOT VALID", "VALIDATE CONSTRAINT \"total_positive\"")
        .containsSubsequence("CREATE UNIQUE INDEX CONCURRENTLY", "UNIQUE USING INDEX")
        .containsSubsequence(
            "REFERENCES public.orders(id) NOT VALID", "VALIDATE CONSTRAINT \"gone_order_id_fkey\"");
    String before = CatalogSamples.snapshot(live).fingerprint();
    var files = draft.files().stream().filter(f -> f.startsWith("expand/")).toList();
    files.stream().filter(f -> f.startsWith("expand/V")).forEach(f -> run(bundle, f));
    assertThat(CatalogSamples.snapshot(live).fingerprint()).isNotEqualTo(before);
    files.reversed().stream().filter(f -> f.startsWith("expand/U")).forEach(f -> run(bundle, f));
    assertThat(CatalogSamples.snapshot(live).fingerprint()).isEqualTo(before);
  }

  private static void run(Bundle bundle, String file) {
    for (String statement : bundle.text(file).split(";\n")) {
      CatalogSamples.run(live, statement);
    }
  }

  @Test
  void whatGoesGoesInContract() throws Exception {
    SqlScaffold.Draft draft =
        draft(
            "DROP INDEX CONCURRENTLY gone_extra; ALTER TABLE orders DROP COLUMN note; DROP TABLE"
                + " gone");

    Runbook.Contract contract = bundle().runbook().contract();
    assertThat(draft.questions()).isEmpty();
    assertThat(contract.sql()).containsExactly("contract/drop.sql");
    assertThat(text("contract/drop.sql"))
        .isEqualTo("DROP INDEX gone_extra;\nALTER TABLE orders DROP COLUMN note;\n");
    assertThat(contract.legacyRelations())
        .extracting(LegacyRelation::relation)
        .containsExactly("public.gone");
  }

  @Test
  void alembicsVersionIsAStamp() throws Exception {
    draft(
        """
        BEGIN;
        -- Running upgrade 1 -> 2
        CREATE INDEX ix_customer ON orders (customer);
        UPDATE alembic_version SET version_num='2' WHERE alembic_version.version_num = '1';
        COMMIT;
        """);

    assertThat(bundle().runbook().cutover().stamps())
        .singleElement()
        .satisfies(stamp -> assertThat(stamp.version()).isEqualTo("2"));
  }

  @Test
  void whatItCannotPlaceIsAQuestionInTheFile() throws Exception {
    SqlScaffold.Draft draft =
        draft(
            """
            UPDATE orders SET note = '' WHERE note IS NULL; -- all of them
            DO $$ BEGIN EXECUTE 'ALTER TABLE orders ADD hidden int'; END $$;
            ALTER TABLE orders OWNER TO CURRENT_USER;
            CREATE INDEX ix_customer ON orders (customer);
            """);

    assertThat(draft.questions()).hasSize(3);
    assertThat(text("runbook.yaml"))
        .contains("# QUESTION: it is about rows")
        .contains("# UPDATE orders SET note = '' WHERE note IS NULL")
        .contains("# DO $$ BEGIN EXECUTE 'ALTER TABLE orders ADD hidden int'; END $$")
        .contains("# ALTER TABLE orders OWNER TO CURRENT_USER");
    assertThat(bundle().runbook().expand().concurrently()).hasSize(1);
  }

  @Test
  void whatIsNoSqlIsSaidWithPostgresqlsWords() {
    assertThat(draft("ALTER TABL orders ADD y int").questions())
        .singleElement()
        .asString()
        .contains("--sql:1: PostgreSQL refuses it", "syntax error at or near \"TABL\"");
  }

  /** A table that is built anew is as it was: what is added to the old one now would be lost. */
  @Test
  void whatIsForATableThatIsBuiltAnewComesBehindIt() throws Exception {
    SqlScaffold.Draft draft =
        draft(
            """
            ALTER TABLE orders ALTER id TYPE bigint;
            ALTER TABLE line ADD CONSTRAINT positive CHECK (no > 0);
            CREATE INDEX ON orders (note);
            CREATE INDEX ON gone (id, extra);
            """);

    assertThat(draft.questions()).hasSize(2).allMatch(q -> q.contains("a rollout of its own"));
    assertThat(text("runbook.yaml"))
        .contains("# CREATE INDEX ON orders (note)")
        .contains("# ALTER TABLE line ADD CONSTRAINT positive CHECK (no > 0)");
    assertThat(bundle().runbook().expand().concurrently())
        .extracting(Runbook.ConcurrentIndex::name)
        .containsExactly("public.gone_id_extra_idx");
  }

  @Test
  void whatIsThereAlreadyIsNothingToDo() {
    assertThat(draft("CREATE INDEX IF NOT EXISTS gone_extra ON gone (extra)").files()).isEmpty();
    assertThat(temp.resolve("draft")).doesNotExist();
  }

  /** Refused with place and cause, and nothing is written. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "CREATE INDEX ON orders (custmer) | SQL_REFUSED | custmer",
        "CREATE INDEX ON ordres (customer) | SQL_REFUSED | ordres",
        "ALTER TABLE orders ADD COLUMN x int; ALTER TABLE orders ADD y z int | SQL_REFUSED | syntax"
            + " error",
        "ALTER TABLE orders ALTER nothing SET NOT NULL | SQL_REFUSED | nothing",
        "\\d orders | RUNBOOK_INVALID | a command of psql",
        "CREATE ROLE boss SUPERUSER | USAGE | reaches beyond the database",
        "ALTER SYSTEM SET fsync = off | USAGE | reaches beyond the database",
        "-- nothing | USAGE | holds no SQL",
        "; ; | USAGE | holds no SQL",
      })
  void badInputIsRefused(String sql, ErrorCode code, String cause) {
    assertThatThrownBy(() -> draft(sql))
        .isInstanceOfSatisfying(RubiconException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(cause);
    assertThat(temp.resolve("draft")).doesNotExist();
  }

  /** 1 MB of it, in one file. */
  @Test
  void takesAMegabyte() {
    var sql = new StringBuilder();
    while (sql.length() < 1_000_000) {
      sql.append("COMMENT ON TABLE orders IS '").append("x".repeat(5_000)).append("';\n");
    }
    sql.append("CREATE INDEX ON orders (customer);");

    assertThat(draft(sql.toString()).files()).contains("runbook.yaml");
    assertThat(bundle().runbook().expand().concurrently()).hasSize(1);
  }

  @Test
  void aFolderThatHasARunbookIsLeftAlone() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("draft"));
    Files.writeString(folder.resolve("runbook.yaml"), "mine");

    assertThatThrownBy(() -> draft("CREATE INDEX ON orders (customer)"))
        .hasMessageContaining("already holds a runbook.yaml");
    assertThat(folder.resolve("runbook.yaml")).hasContent("mine");
  }

  private SqlScaffold.Draft draft(String sql) {
    return new SqlScaffold(
            CatalogSamples.target("postgres"), CatalogSamples.TAG, Optional.empty(), Progress.NONE)
        .write(
            temp.resolve("draft"),
            "drafted",
            live,
            new SqlScaffold.Typed("--sql", sql),
            List.of("public"));
  }

  private Bundle bundle() {
    return RunbookReader.read(temp.resolve("draft"));
  }

  private String text(String file) throws Exception {
    return Files.readString(temp.resolve("draft").resolve(file));
  }
}
