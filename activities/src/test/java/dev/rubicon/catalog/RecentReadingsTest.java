package dev.rubicon.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.catalog.query.VersionQuery;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.stack.suite.Turn;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was read once is not read again while nothing has changed, and only then. */
@Turn
class RecentReadingsTest {
  private static final List<String> PUBLIC = List.of("public");

  /** Values and states, not definitions: no reading prints them. */
  private static final List<String> VALUES =
      List.of(
          "pg_largeobject",
          "pg_largeobject_metadata",
          "pg_statistic",
          "pg_statistic_ext_data",
          "pg_subscription_rel");

  /** Nobody but a superuser may look at its rows; the version looks at the view of them. */
  private static final List<String> THROUGH_A_VIEW = List.of("pg_user_mapping");

  @Test
  void everyCatalogOfADatabaseCounts() {
    Target target = CatalogSamples.target("postgres");
    try (PgSession session = CatalogSamples.open(target)) {
      var expected = new ArrayList<>(VersionQuery.catalogs(CatalogReader.serverMajor(session)));
      expected.addAll(VALUES);
      expected.addAll(THROUGH_A_VIEW);
      assertThat(
              session.query(
                  """
                  SELECT relname FROM pg_class
                  WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'
                    AND NOT relisshared
                  """,
                  row -> row.getString(1)))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void nothingChanged() {
    Target target = CatalogSamples.database("recent", CatalogSamples.EVERYTHING);
    CatalogSnapshot first = CatalogSamples.snapshot(target);
    assertThat(CatalogSamples.snapshot(target)).isSameAs(first);
    CatalogSamples.run(
        target,
        """
        INSERT INTO public.users (email) VALUES ('a@b');
        SELECT nextval('public.counter');
        """);
    CatalogSamples.run(target, "VACUUM (ANALYZE) public.users");
    assertThat(CatalogSamples.snapshot(target)).isSameAs(first);
    try (PgSession session = CatalogSamples.open(target)) {
      CatalogStructure structure = CatalogStructure.read(session, PUBLIC);
      assertThat(CatalogStructure.read(session, PUBLIC)).isSameAs(structure);
    }
  }

  @Test
  void aCopyOfItsFiles() {
    Target target = CatalogSamples.database("recent", CatalogSamples.EVERYTHING);
    CatalogSnapshot first = CatalogSamples.snapshot(target);
    Target copy = copyOf(target);
    assertThat(CatalogSamples.snapshot(copy)).isSameAs(first);
    CatalogSamples.run(copy, "ALTER TABLE public.users ADD a int");
    CatalogSamples.run(target, "ALTER TABLE public.users ADD b int");
    assertThat(CatalogSamples.snapshot(copy).find(ObjectKind.COLUMN, "public", "users", "a"))
        .isPresent();
    assertThat(CatalogSamples.snapshot(target).find(ObjectKind.COLUMN, "public", "users", "a"))
        .isEmpty();
  }

  private static Target copyOf(Target target) {
    String name = SharedPostgres.freshName("recent_copy");
    SharedPostgres.create(name, target.database());
    return CatalogSamples.target(name);
  }

  /** Each changes what a reading says. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE public.users ALTER born SET NOT NULL",
        "ALTER TABLE public.checks DISABLE TRIGGER ALL",
        "ALTER INDEX public.ix_claim RENAME TO ix_claims",
        "ALTER SEQUENCE public.counter CACHE 6",
        "COMMENT ON COLUMN public.checks.claim_text IS NULL",
        "ALTER TABLE public.users VALIDATE CONSTRAINT tagged",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.ix_incl'::regclass",
        "ALTER TABLE \"Shop\".\"Order Lines\" DETACH PARTITION \"Shop\".\"Lines 2026\"",
        "ALTER FUNCTION public.twice(integer) STABLE",
        "ALTER VIEW public.rich RESET (security_barrier)",
        "ALTER TYPE public.mood ADD VALUE 'new'",
        "ALTER DOMAIN public.email DROP NOT NULL",
        "ALTER STATISTICS public.dep RENAME TO deps",
        "ALTER PUBLICATION few ADD TABLE public.checks",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA \"Shop\" REVOKE SELECT ON TABLES FROM PUBLIC",
        "ALTER ROLE recent_app RENAME TO recent_apps",
        "CREATE USER MAPPING FOR recent_app SERVER recent",
        "ALTER SERVER recent OPTIONS (ADD host 'there')",
        "ALTER POLICY own ON public.checks USING (user_id = 2)"
      })
  void whatChangedIsRead(String change) {
    Target target = CatalogSamples.database("recent", CatalogSamples.EVERYTHING);
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("DROP ROLE IF EXISTS recent_apps; DROP ROLE IF EXISTS recent_app");
      session.execute(
          """
          CREATE ROLE recent_app;
          GRANT SELECT ON public.users TO recent_app;
          CREATE FOREIGN DATA WRAPPER recent;
          CREATE SERVER recent FOREIGN DATA WRAPPER recent;
          """);
      try {
        CatalogSnapshot before = CatalogReader.read(session, CatalogSamples.SCHEMAS);
        session.execute("BEGIN");
        session.execute(change);
        CatalogSnapshot uncommitted = CatalogReader.read(session, CatalogSamples.SCHEMAS);
        assertThat(uncommitted).isNotEqualTo(before);
        assertThat(CatalogSamples.snapshot(target)).isEqualTo(before);
        session.execute("ROLLBACK");
        assertThat(CatalogReader.read(session, CatalogSamples.SCHEMAS)).isEqualTo(before);
        session.execute(change);
        assertThat(CatalogReader.read(session, CatalogSamples.SCHEMAS)).isEqualTo(uncommitted);
      } finally {
        session.execute("DROP SERVER recent CASCADE; DROP FOREIGN DATA WRAPPER recent");
        for (String role : List.of("recent_app", "recent_apps")) {
          session.execute(
              """
              DO $$ BEGIN EXECUTE 'DROP OWNED BY %1$s'; EXECUTE 'DROP ROLE %1$s';
                EXCEPTION WHEN undefined_object THEN NULL; END $$
              """
                  .formatted(role));
        }
      }
    }
  }

  /** Printing quotes by it. */
  @Test
  void anotherSettingIsAnotherReading() {
    Target target =
        CatalogSamples.database(
            "recent", "CREATE TABLE public.t (a text DEFAULT E'back\\\\slash')");
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("SET standard_conforming_strings = on");
      CatalogSnapshot usual = CatalogReader.read(session, PUBLIC);
      session.execute("SET standard_conforming_strings = off");
      assertThat(CatalogReader.read(session, PUBLIC)).isNotEqualTo(usual);
    }
  }

  /** Numbers of transactions that a crash has lost are given out again; the postmaster lives on. */
  @Test
  @LocalServer("it crashes a server of its own")
  void aCrashMakesAnotherVersion(@TempDir Path folder) {
    try (LocalPostgres server = LocalPostgres.start(folder, Map.of())) {
      var target =
          new Target(
              "test",
              server.jdbcUrl("postgres"),
              server.superuser(),
              new Secret(server.password()),
              Map.of());
      String before = version(target);
      assertThat(version(target)).isEqualTo(before);
      try (PgSession session = CatalogSamples.open(target)) {
        long backend = Long.parseLong(session.value("SELECT pg_backend_pid()"));
        ProcessHandle.of(backend).orElseThrow().destroyForcibly();
      }
      assertThat(versionOnceItIsUp(target)).isNotEqualTo(before);
    }
  }

  private static String versionOnceItIsUp(Target target) {
    Instant patience = Instant.now().plusSeconds(60);
    while (true) {
      try {
        return version(target);
      } catch (RubiconException e) {
        if (Instant.now().isAfter(patience)) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }

  private static String version(Target target) {
    try (PgSession session = CatalogSamples.open(target)) {
      return session.value(VersionQuery.of(CatalogReader.serverMajor(session)));
    }
  }

  @Test
  void theLongestUnusedGoFirst() {
    var readings = new RecentReadings(10);
    var keys = List.of(key("a"), key("b"), key("c"), key("d"));
    readings.keep(keys.get(0), "a", 4);
    readings.keep(keys.get(1), "b", 4);
    assertThat(readings.find(keys.get(0))).contains("a");
    readings.keep(keys.get(2), "c", 4);
    assertThat(readings.find(keys.get(1))).isEmpty();
    assertThat(readings.find(keys.get(0))).contains("a");
    readings.keep(keys.get(3), "too large", 11);
    assertThat(readings.find(keys.get(3))).isEmpty();
    readings.keep(keys.get(0), "a", 2);
    assertThat(readings.held()).isEqualTo(6);
  }

  private static RecentReadings.Key key(String version) {
    return new RecentReadings.Key(String.class, PUBLIC, version);
  }
}
