package dev.rubicon.backup;

import dev.rubicon.postgres.Target;
import java.sql.SQLException;

/** A legacy database with most of what trips tools up. */
public final class OddDatabase {
  private OddDatabase() {}

  public static void create(Target target, int rows) throws SQLException {
    TestRollout.sql(
        target,
        """
        CREATE SCHEMA "Odd ""Schema";
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        ALTER TYPE mood ADD VALUE 'happy' BEFORE 'ok';
        CREATE TYPE pair AS (a int, b text);
        CREATE DOMAIN short AS text CHECK (length(value) < 1000);
        CREATE TABLE public.checks (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          gone int,
          claim_text text NOT NULL,
          diagnostics jsonb,
          raw json,
          feeling mood,
          feelings mood[],
          both_ pair,
          short short,
          amount numeric(12,4),
          price money,
          at timestamptz DEFAULT now(),
          span tstzrange,
          doubled numeric GENERATED ALWAYS AS (amount * 2) STORED,
          kind regclass
        );
        ALTER TABLE public.checks DROP COLUMN gone;
        CREATE TABLE public.empty (id uuid PRIMARY KEY, note text);
        CREATE TABLE public.no_columns ();
        CREATE TABLE "Odd ""Schema"."Mixed ""Case'" ("Id" serial, "select" text, "Größe" float8);
        CREATE TABLE public.usage_ledger (id int, day date, n int) PARTITION BY RANGE (day);
        CREATE TABLE public.usage_2026 PARTITION OF public.usage_ledger
          FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE public.usage_rest PARTITION OF public.usage_ledger DEFAULT;
        CREATE TABLE public.parent (a int);
        CREATE TABLE public.child (b text) INHERITS (public.parent);
        CREATE SEQUENCE public.falling INCREMENT -3 MINVALUE -1000 MAXVALUE 10 START 10;
        CREATE VIEW public.latest AS SELECT id, claim_text FROM public.checks WHERE id > 10;
        CREATE UNLOGGED TABLE public.volatile (n int);
        """,
        """
        INSERT INTO public.checks
          (claim_text, diagnostics, raw, feeling, feelings, both_, short, amount, price, span, kind)
        SELECT 'claim ' || i, jsonb_build_object('n', i, 'pad', repeat(md5(i::text), 4)), '{"b": 1,  "a": 2}',
          (ARRAY['sad','happy','ok',NULL]::mood[])[1 + i %% 4], ARRAY['ok','sad']::mood[], ROW(i, 'x')::pair,
          CASE WHEN i %% 3 = 0 THEN NULL ELSE 'ü' || i END, i / 7.0, 12.34,
          tstzrange(now(), now() + interval '1 hour'), 'public.empty'::regclass
        FROM generate_series(1, %d) i;
        """
            .formatted(rows),
        """
        INSERT INTO "Odd ""Schema"."Mixed ""Case'" ("select", "Größe")
          VALUES ('a', 'NaN'), ('a', 'NaN'), (NULL, '-0'), (E'tab\\tnew\\nline', 1e308);
        INSERT INTO public.usage_ledger
          SELECT i, date '2025-12-01' + i, i FROM generate_series(1, 100) i;
        INSERT INTO public.parent VALUES (1);
        INSERT INTO public.child VALUES (2, 'c');
        INSERT INTO public.no_columns DEFAULT VALUES;
        INSERT INTO public.volatile VALUES (1);
        SELECT nextval('public.falling'), nextval('public.falling');
        SELECT lo_from_bytea(4711, 'large object');
        """);
  }
}
