package dev.rubicon.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is sent together comes to what each statement alone comes to. */
class StatementBatchesTest {
  private static final List<String> STATEMENTS =
      List.of(
          "CREATE TYPE public.mood AS ENUM ('sad')",
          "ALTER TYPE public.mood ADD VALUE 'ok' -- a comment at the end",
          "CREATE TABLE public.t (a int, m public.mood DEFAULT 'ok')",
          "GRANT SELECT ON public.t TO nobody_of_that_name",
          "CREATE INDEX CONCURRENTLY t_a ON public.t (a)",
          "CREATE TEMP TABLE short (a int) ON COMMIT DROP",
          "CREATE TABLE public.u (a int)",
          "SET search_path = public",
          "CREATE TABLE w (a int)",
          "INSERT INTO public.u VALUES (1)",
          "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2;"
              + " END",
          "CREATE TABLE public.x (LIKE short)",
          "COMMENT ON TABLE public.u IS 'has a ; and a ?'",
          "create unique index on public.u (a)");

  @Test
  void aBatchComesToWhatEachStatementAloneComesTo() {
    Target batched = CatalogSamples.database("batched", "");
    Target alone = CatalogSamples.database("alone", "");
    var failed = new ArrayList<Integer>();
    var failedAlone = new ArrayList<Integer>();
    try (PgSession session = CatalogSamples.open(batched)) {
      StatementBatches.run(session, STATEMENTS, (index, _) -> failed.add(index));
      assertThat(session.value("SELECT count(*) FROM public.u")).isEqualTo("1");
    }
    try (PgSession session = CatalogSamples.open(alone)) {
      for (int i = 0; i < STATEMENTS.size(); i++) {
        int index = i;
        StatementBatches.run(session, List.of(STATEMENTS.get(i)), (_, _) -> failedAlone.add(index));
      }
    }
    assertThat(failed).containsExactlyElementsOf(failedAlone).containsExactly(3, 11);
    assertThat(CatalogSamples.snapshot(batched)).isEqualTo(CatalogSamples.snapshot(alone));
  }

  @Test
  void definitionsThatFollowEachOtherHaveOneTransaction() {
    try (PgSession session = CatalogSamples.open(CatalogSamples.database("commits", ""))) {
      var statements = new ArrayList<String>();
      for (int i = 0; i < 400; i++) {
        statements.add("CREATE TABLE public.t" + i + " (a int)");
      }
      StatementBatches.run(
          session,
          statements,
          (_, failure) -> {
            throw failure;
          });
      assertThat(
              session.value(
                  "SELECT count(DISTINCT xmin::text) FROM pg_class WHERE relname ~ '^t[0-9]+$'"))
          .isEqualTo("2");
    }
  }

  @Test
  void whatThrowsEndsTheRunAtItsStatement() {
    try (PgSession session = CatalogSamples.open(CatalogSamples.database("ends", ""))) {
      var statements = new ArrayList<String>(Collections.nCopies(3, "CREATE SCHEMA shop"));
      assertThatThrownBy(
              () ->
                  StatementBatches.run(
                      session,
                      statements,
                      (index, failure) -> {
                        throw new IllegalStateException("at " + index, failure);
                      }))
          .hasMessage("at 1");
    }
  }
}
