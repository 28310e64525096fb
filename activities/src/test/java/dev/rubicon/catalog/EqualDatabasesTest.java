package dev.rubicon.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Something of each kind that few have, through pg_dump: nothing differs, and no secret is read.
 */
class EqualDatabasesTest {
  private static final String RARE =
      """
      CREATE SCHEMA "Shop";
      CREATE EXTENSION pg_trgm SCHEMA public;
      CREATE TABLE public.t (id int PRIMARY KEY, a text NOT NULL, b int);
      CREATE TABLE public.u (t_id int CONSTRAINT t_there NOT NULL REFERENCES public.t);
      CREATE INDEX t_lower ON public.t (lower(a));
      ALTER INDEX public.t_lower ALTER COLUMN 1 SET STATISTICS 500;
      ALTER INDEX public.t_lower DEPENDS ON EXTENSION pg_trgm;
      CREATE FUNCTION public.f(int) RETURNS int LANGUAGE sql RETURN $1;
      ALTER FUNCTION public.f(int) DEPENDS ON EXTENSION pg_trgm;
      CREATE PUBLICATION few FOR TABLE public.t WITH (publish = 'insert, update');
      CREATE PUBLICATION nothing_yet;
      CREATE SUBSCRIPTION sub CONNECTION 'dbname=x password=hunter2' PUBLICATION p
        WITH (connect = false, slot_name = NONE);
      ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO rare_app WITH GRANT OPTION;
      ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
      CREATE FUNCTION public.plx() RETURNS language_handler LANGUAGE c
        AS '$libdir/plpgsql', 'plpgsql_call_handler';
      CREATE TRUSTED LANGUAGE plx HANDLER public.plx;
      GRANT USAGE ON LANGUAGE plx TO rare_app;
      REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
      CREATE TYPE public.pair AS (a int, b int);
      CREATE TRANSFORM FOR public.pair LANGUAGE sql
        (FROM SQL WITH FUNCTION prsd_lextype(internal));
      CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;
      CREATE FOREIGN DATA WRAPPER w OPTIONS (mode 'x');
      CREATE SERVER sv TYPE 't' VERSION '1' FOREIGN DATA WRAPPER w
        OPTIONS (host 'there', secret 'hunter2');
      GRANT USAGE ON FOREIGN SERVER sv TO rare_app;
      CREATE USER MAPPING FOR rare_app SERVER sv OPTIONS (password 'hunter2');
      CREATE FOREIGN TABLE public.ft (a int OPTIONS (x 'y') NOT NULL DEFAULT 1, b text)
        SERVER sv OPTIONS (password 'hunter2', place 'p');
      CREATE AGGREGATE public.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
      CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq,
        COMMUTATOR = OPERATOR(public.===), HASHES);
      CREATE OPERATOR CLASS public.oc FOR TYPE int USING btree AS
        OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int);
      CREATE COLLATION public.german (LOCALE = 'C');
      CREATE CONVERSION public.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
      CREATE TEXT SEARCH DICTIONARY public.d (TEMPLATE = simple, STOPWORDS = english);
      CREATE TEXT SEARCH CONFIGURATION public.ts (COPY = simple);
      ALTER TEXT SEARCH CONFIGURATION public.ts ALTER MAPPING FOR word WITH public.d, simple;
      CREATE CAST (public.pair AS text) WITH INOUT;
      """;

  private final List<Target> made = new ArrayList<>();

  @AfterEach
  void noSubscriptionKeepsItsDatabase() {
    for (Target target : made) {
      CatalogSamples.run(target, "ALTER SUBSCRIPTION sub SET (slot_name = NONE)");
      CatalogSamples.run(target, "DROP SUBSCRIPTION sub");
    }
  }

  @Test
  void twoOfTheSameSqlDifferInNothing() {
    assertEqual(rare(), rare());
  }

  @Test
  void whatPgDumpMakesOfOneDiffersInNothing() {
    Target original = rare();
    Target copy = CatalogSamples.dumpedCopy(original);
    made.add(copy);
    assertEqual(original, copy);
  }

  private Target rare() {
    try (PgSession session = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      session.execute(
          """
          DO $$ BEGIN CREATE ROLE rare_app;
          EXCEPTION WHEN duplicate_object THEN NULL; END $$
          """);
    }
    Target target = CatalogSamples.database("rare", RARE);
    made.add(target);
    return target;
  }

  private static void assertEqual(Target one, Target other) {
    CatalogSnapshot here = CatalogSamples.snapshot(one);
    CatalogSnapshot there = CatalogSamples.snapshot(other);
    assertThat(CatalogDiff.between(here, there)).isEmpty();
    assertThat(here.fingerprint()).isEqualTo(there.fingerprint());
    assertThat(here.entries()).noneMatch(entry -> entry.toString().contains("hunter2"));
    assertThat(here.of(ObjectKind.UNSUPPORTED)).hasSizeGreaterThanOrEqualTo(18);
  }
}
