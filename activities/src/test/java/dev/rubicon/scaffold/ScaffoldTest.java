package dev.rubicon.scaffold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class ScaffoldTest {
  private static final String LIVE =
      """
      CREATE TABLE public.checks (
        id bigint PRIMARY KEY, claim_text text NOT NULL, aggregation jsonb, diagnostics jsonb);
      CREATE TABLE public."Odd Name" (a int);
      CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY);
      """;
  private static final String CANONICAL =
      """
      CREATE TYPE public.mood AS ENUM ('a', 'b');
      CREATE TABLE public.b_parent (id serial PRIMARY KEY, mood public.mood NOT NULL);
      COMMENT ON TABLE public.b_parent IS 'it''s new';
      CREATE TABLE public.a_child (id int PRIMARY KEY, parent int REFERENCES public.b_parent);
      CREATE TABLE public.checks (
        id bigint PRIMARY KEY, claim text NOT NULL, config_json jsonb, counts jsonb,
        env varchar(16) NOT NULL DEFAULT 'prod', must int NOT NULL,
        CONSTRAINT env_known CHECK (env IN ('dev', 'prod')));
      CREATE INDEX ix_env ON public.checks (env);
      CREATE TABLE public."Odd Name" (a int, "B c" text);
      CREATE INDEX "Ix Odd" ON public."Odd Name" ("B c");
      CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY);
      CREATE VIEW public.envs AS SELECT DISTINCT env FROM public.checks;
      """;

  @TempDir Path temp;

  @Test
  void draftsARunbookThatValidatesFromASqlFile() throws Exception {
    Target live = CatalogSamples.database("init_live", LIVE);
    Path sql = Files.writeString(temp.resolve("canonical.sql"), CANONICAL);
    Path folder = temp.resolve("draft");

    Scaffold.Draft draft =
        scaffold()
            .write(folder, "draft", live, new Scaffold.Canonical.SqlFile(sql), List.of("public"));

    Bundle bundle = RunbookReader.read(folder);
    assertThat(draft.questions()).isPositive();
    assertThat(bundle.runbook().transitions())
        .flatExtracting(Runbook.Transition::columns)
        .extracting(ColumnMapping::name)
        .containsExactly("claim");
    assertThat(bundle.runbook().expand().concurrently())
        .extracting(Runbook.ConcurrentIndex::name)
        .containsExactly("public.\"Ix Odd\"", "public.ix_env");
    assertThat(bundle.text("runbook.yaml"))
        .contains("QUESTION: which version of Alembic does canonical have?")
        .contains("#   stamps: [{tool: alembic, table: \"public.alembic_version\", version: …}]");
    assertThat(bundle.text("expand/V1__missing.sql"))
        .contains("QUESTION: public.checks.must is NOT NULL in canonical and has no default")
        .containsSubsequence("CREATE TYPE", "CREATE TABLE \"public\".\"b_parent\"")
        .containsSubsequence("CREATE TABLE \"public\".\"b_parent\"", "FOREIGN KEY (parent)")
        .contains("COMMENT ON TABLE \"public\".\"b_parent\" IS 'it''s new'");
    assertThat(bundle.text("expand/V2__validate.sql")).contains("env_known");
  }

  @Test
  void draftsTheSameFromADatabaseAndItsMigrationsRunForthAndBack() {
    Target live = CatalogSamples.database("init_live", LIVE);
    Target canonical = CatalogSamples.database("init_canonical", CANONICAL);
    Path folder = temp.resolve("draft");

    scaffold()
        .write(
            folder, "draft", live, new Scaffold.Canonical.Database(canonical), List.of("public"));

    Bundle bundle = RunbookReader.read(folder);
    String before = CatalogSamples.snapshot(live).fingerprint();
    CatalogSamples.run(live, bundle.text("expand/V1__missing.sql"));
    CatalogSamples.run(live, bundle.text("expand/V2__validate.sql"));
    assertThat(CatalogSamples.snapshot(live).fingerprint()).isNotEqualTo(before);
    CatalogSamples.run(live, bundle.text("expand/U2__validate.sql"));
    CatalogSamples.run(live, bundle.text("expand/U1__missing.sql"));
    assertThat(CatalogSamples.snapshot(live).fingerprint()).isEqualTo(before);
  }

  /** Each kind of change in its file, and nothing is left of the differences, nor of the files. */
  @Test
  void whatIsDraftedBringsEveryKindAndItsUndoTakesItBack() throws Exception {
    Target live =
        CatalogSamples.database(
            "init_kinds",
            """
            CREATE TABLE reading (day date NOT NULL, val int) PARTITION BY RANGE (day);
            CREATE TABLE reading_a PARTITION OF reading
              FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
            CREATE TYPE state AS ENUM ('on', 'off');
            CREATE FUNCTION price(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
            CREATE TABLE meter (
              id bigint PRIMARY KEY, place text, kind text DEFAULT 'x', code int NOT NULL,
              name varchar(10), total int, state state);
            CREATE VIEW names AS SELECT name FROM meter;
            INSERT INTO meter VALUES (1, 'here', 'x', 7, 'n', 1, 'on');
            """);
    Path sql =
        Files.writeString(
            temp.resolve("kinds.sql"),
            """
            CREATE DOMAIN pct AS int CHECK (VALUE BETWEEN 0 AND 100);
            CREATE TABLE reading (day date NOT NULL, val int, unit text) PARTITION BY RANGE (day);
            CREATE TABLE reading_a PARTITION OF reading
              FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
            ALTER TABLE reading ADD PRIMARY KEY (day);
            CREATE INDEX reading_val ON reading (val);
            CREATE TYPE state AS ENUM ('on', 'off', 'lost');
            CREATE FUNCTION price(int) RETURNS bigint LANGUAGE sql AS 'SELECT $1::bigint';
            CREATE TABLE meter (
              id bigint PRIMARY KEY, place text NOT NULL, kind text DEFAULT 'y',
              code int NOT NULL UNIQUE, name varchar(20), total bigint,
              state state DEFAULT 'lost', load pct,
              seq int GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 5),
              CONSTRAINT k CHECK (kind <> ''));
            CREATE INDEX meter_name ON meter (name);
            CREATE VIEW names AS SELECT name FROM meter;
            CREATE TABLE owner (id bigint PRIMARY KEY, meter bigint REFERENCES meter (id));
            GRANT SELECT ON owner TO PUBLIC;
            CREATE POLICY own ON owner USING (id > 0);
            """);
    Path folder = temp.resolve("draft");
    CatalogSnapshot before = CatalogSamples.snapshot(live);

    scaffold().write(folder, "draft", live, new Scaffold.Canonical.SqlFile(sql), List.of("public"));

    Bundle bundle = RunbookReader.read(folder);
    assertThat(bundle.text("runbook.yaml"))
        .contains("QUESTION: changed:column:public.meter.total: every row would be checked");
    List<String> up = files(folder, "V");
    assertThat(up)
        .containsExactly("expand/V1__missing.sql", "expand/V2__build.sql", "expand/V3__finish.sql");
    try (PgSession session = CatalogSamples.open(live)) {
      session.execute("SET search_path = public");
      ScratchDatabase.apply(session, bundle, up);
      Target canonical = CatalogSamples.database("init_kinds", Files.readString(sql));
      bundle.runbook().expand().concurrently().forEach(index -> session.execute(index.sql()));
      assertThat(
              CatalogDiff.between(
                  CatalogSamples.snapshot(live), CatalogSamples.snapshot(canonical)))
          .extracting(Finding::id)
          .containsExactly("changed:column:public.meter.total");
      bundle.runbook().expand().concurrently().stream()
          .forEach(index -> session.execute("DROP INDEX " + index.name()));
      ScratchDatabase.apply(session, bundle, files(folder, "U").reversed());
    }
    assertThat(CatalogDiff.between(CatalogSamples.snapshot(live), before)).isEmpty();
  }

  private static List<String> files(Path folder, String kind) throws Exception {
    try (var list = Files.list(folder.resolve("expand"))) {
      return list.map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(kind))
          .sorted()
          .map(name -> "expand/" + name)
          .toList();
    }
  }

  @Test
  void nothingToDoIsAValidRunbookToo() throws Exception {
    Target live = CatalogSamples.database("init_same", LIVE);
    Path sql = Files.writeString(temp.resolve("canonical.sql"), LIVE);
    Path folder = temp.resolve("draft");

    Scaffold.Draft draft =
        scaffold()
            .write(folder, "draft", live, new Scaffold.Canonical.SqlFile(sql), List.of("public"));

    assertThat(draft.differences()).isEmpty();
    assertThat(RunbookReader.problems(folder)).isEmpty();
  }

  @Test
  void refusesAFolderThatHoldsARunbook() throws Exception {
    Files.writeString(temp.resolve("runbook.yaml"), "rubicon: 1\n");
    var canonical = new Scaffold.Canonical.SqlFile(temp.resolve("canonical.sql"));
    Target live = CatalogSamples.target("postgres");

    assertThatThrownBy(() -> scaffold().write(temp, "draft", live, canonical, List.of("public")))
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
    assertThat(Files.readString(temp.resolve("runbook.yaml"))).isEqualTo("rubicon: 1\n");
  }

  private static Scaffold scaffold() {
    return new Scaffold(
        CatalogSamples.target("postgres"), CatalogSamples.TAG, Optional.empty(), Progress.NONE);
  }
}
