package dev.rubicon.catalog;

import dev.rubicon.backup.PgTools;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Databases and schemas that the tests of the catalog and of preflight share. */
public final class CatalogSamples {
  public static final SessionTag TAG = new SessionTag("test", Phase.PREFLIGHT);
  public static final List<String> SCHEMAS = List.of("public", "Shop");

  /** Something of nearly every kind, odd names included. */
  public static final String EVERYTHING =
      """
      CREATE SCHEMA "Shop";
      CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
      CREATE TYPE public.mood AS ENUM ('sad', 'ok', 'it''s fine');
      CREATE DOMAIN public.email AS text COLLATE "C" CHECK (VALUE ~ '@') NOT NULL;
      CREATE TYPE public.pair AS (a integer, "B c" text);
      CREATE TYPE public.floats AS RANGE (subtype = float8, subtype_diff = float8mi);
      CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
      CREATE FUNCTION public.twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE
        RETURN n * 2;
      CREATE PROCEDURE public.nothing() LANGUAGE sql AS 'SELECT 1';
      CREATE TABLE public.users (
        id bigserial PRIMARY KEY,
        email text NOT NULL UNIQUE,
        born timestamptz DEFAULT '2020-01-01 00:00:00+00',
        span interval DEFAULT '1 day 02:00:00',
        mood public.mood DEFAULT 'ok',
        tags text[] NOT NULL DEFAULT '{}',
        updated_at timestamptz,
        CONSTRAINT email_lower CHECK (email = lower(email)));
      CREATE TABLE public.checks (
        id bigint GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2) PRIMARY KEY,
        user_id bigint REFERENCES public.users ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        claim_text text,
        amount numeric(10,2) DEFAULT 0,
        doubled numeric GENERATED ALWAYS AS (amount * 2) STORED,
        aggregation jsonb,
        EXCLUDE USING btree (claim_text WITH =));
      COMMENT ON TABLE public.checks IS 'checks';
      COMMENT ON COLUMN public.checks.claim_text IS 'the claim';
      COMMENT ON CONSTRAINT email_lower ON public.users IS 'lower';
      ALTER TABLE public.users ADD CONSTRAINT tagged CHECK (cardinality(tags) < 100) NOT VALID;
      CREATE INDEX ix_claim ON public.checks (lower(claim_text)) WHERE amount > 0;
      CREATE INDEX ix_trgm ON public.checks USING gin (claim_text public.gin_trgm_ops);
      CREATE UNIQUE INDEX ix_incl ON public.users (email, id) INCLUDE (born);
      CREATE TRIGGER touch BEFORE UPDATE ON public.users
        FOR EACH ROW EXECUTE FUNCTION public.touch();
      CREATE VIEW public.rich WITH (security_barrier) AS SELECT * FROM public.checks WHERE amount > 9;
      CREATE MATERIALIZED VIEW public.totals AS SELECT user_id, sum(amount) FROM public.checks GROUP BY 1;
      CREATE UNIQUE INDEX ON public.totals (user_id);
      CREATE RULE no_delete AS ON DELETE TO public.users DO INSTEAD NOTHING;
      ALTER TABLE public.checks ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON public.checks FOR SELECT TO PUBLIC USING (user_id = 1);
      CREATE SEQUENCE public.counter START 10 CACHE 5 CYCLE MAXVALUE 100;
      CREATE STATISTICS public.dep (dependencies) ON user_id, amount FROM public.checks;
      CREATE TABLE "Shop"."Order Lines" (
        "Id" integer DEFAULT nextval('public.counter'), "when" timestamptz NOT NULL,
        PRIMARY KEY ("Id", "when")) PARTITION BY RANGE ("when");
      CREATE TABLE "Shop"."Lines 2026" PARTITION OF "Shop"."Order Lines"
        FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
      CREATE INDEX ON "Shop"."Order Lines" ("when");
      CREATE UNLOGGED TABLE public.cache (k text PRIMARY KEY, v bytea DEFAULT '\\x00ff')
        WITH (fillfactor = 70, toast.autovacuum_enabled = false);
      ALTER TABLE public.cache REPLICA IDENTITY FULL;
      ALTER TABLE public.cache ALTER v SET STORAGE EXTERNAL, ALTER v SET STATISTICS 500;
      CREATE PUBLICATION few FOR TABLE public.users;
      GRANT SELECT ON public.users TO PUBLIC;
      GRANT UPDATE (claim_text) ON public.checks TO PUBLIC;
      REVOKE EXECUTE ON FUNCTION public.twice(integer) FROM PUBLIC;
      ALTER DEFAULT PRIVILEGES IN SCHEMA "Shop" GRANT SELECT ON TABLES TO PUBLIC;
      """;

  private CatalogSamples() {}

  public static Target target(String database) {
    var server = SharedPostgres.server();
    return new Target(
        "test",
        server.jdbcUrl(database),
        server.superuser(),
        new Secret(server.password()),
        Map.of());
  }

  public static PgSession open(Target target) {
    return PgSession.open(target, TAG, SessionLimits.OWN_DATABASE);
  }

  /** A fresh database on which the SQL was run. */
  public static Target database(String prefix, String sql) {
    Target target = target(SharedPostgres.freshDatabase(prefix));
    run(target, sql);
    return target;
  }

  public static void run(Target target, String sql) {
    try (PgSession session = open(target)) {
      session.execute("SET search_path = public");
      session.execute(sql);
    }
  }

  public static CatalogSnapshot snapshot(Target target) {
    try (PgSession session = open(target)) {
      return CatalogReader.read(session, SCHEMAS);
    }
  }

  /** The database taken through pg_dump and psql. */
  public static Target dumpedCopy(Target source) {
    Target copy = target(SharedPostgres.freshDatabase("copy"));
    var server = SharedPostgres.server();
    String bin = PgTools.forServer(Optional.empty(), major(source)).folder() + "/";
    String connection =
        " -h " + server.host() + " -p " + server.port() + " -U " + server.superuser() + " ";
    shell(
        bin
            + "pg_dump"
            + connection
            + source.database()
            + " | "
            + bin
            + "psql -q -v ON_ERROR_STOP=1"
            + connection
            + "-d "
            + copy.database()
            + " >/dev/null");
    return copy;
  }

  /** What {@code pg_dump -s} writes of it. */
  public static String schemaOnly(Target target) {
    var server = SharedPostgres.server();
    return shell(
            PgTools.forServer(Optional.empty(), major(target)).folder()
                + "/pg_dump -s -h "
                + server.host()
                + " -p "
                + server.port()
                + " -U "
                + server.superuser()
                + " "
                + target.database())
        .replaceAll("(?m)^\\\\(un)?restrict .*\n", "");
  }

  private static int major(Target target) {
    try (PgSession session = open(target)) {
      return Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
    }
  }

  private static String shell(String command) {
    try {
      var builder =
          new ProcessBuilder("bash", "-o", "pipefail", "-c", command).redirectErrorStream(true);
      builder.environment().put("PGPASSWORD", SharedPostgres.server().password());
      var process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
