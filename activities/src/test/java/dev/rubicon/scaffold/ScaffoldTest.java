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
    assertThat(bundle.text("expand/V1__missing.sql"))
        .contains("QUESTION: public.checks.must is NOT NULL in canonical and has no default")
        .containsSubsequence("CREATE TYPE", "CREATE TABLE \"public\".\"b_parent\"")
        .containsSubsequence("\"b_parent\"", "CREATE TABLE \"public\".\"a_child\"")
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
