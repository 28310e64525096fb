package dev.rubicon.preflight.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.preflight.scratch.HeldLock;
import dev.rubicon.preflight.scratch.SqlScript;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** A statement's effects are seen without the whole catalog, and none is lost by that. */
class WatchedCatalogTest {
  private static final List<String> SCHEMAS = List.of("public", "shop");

  private static final String TARGET =
      """
      CREATE SCHEMA shop;
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TYPE pair AS (a int, b int);
      CREATE TYPE span AS RANGE (subtype = float8);
      CREATE DOMAIN email AS text CONSTRAINT at CHECK (VALUE ~ '@');
      CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql RETURN n * 2;
      CREATE FUNCTION half(n int) RETURNS int LANGUAGE sql RETURN n / 2;
      CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TABLE t (id bigserial PRIMARY KEY, a varchar(20), b int, m mood, e email);
      CREATE TABLE u (id int PRIMARY KEY, t_id bigint REFERENCES t, n int NOT NULL);
      CREATE TABLE w (id int GENERATED ALWAYS AS IDENTITY, x text, y text, z int);
      CREATE TABLE parts (k int, v text) PARTITION BY RANGE (k);
      CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);
      CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
      CREATE TABLE shop.orders (id int PRIMARY KEY, n int);
      CREATE SEQUENCE counter;
      CREATE SEQUENCE other;
      CREATE INDEX t_a ON t (a);
      CREATE INDEX t_b ON t (b);
      CREATE INDEX parts_k ON parts (k);
      CREATE VIEW v AS SELECT id, a FROM t;
      CREATE VIEW vv AS SELECT id FROM v;
      CREATE MATERIALIZED VIEW mv AS SELECT z FROM w;
      CREATE INDEX mv_z ON mv (z);
      CREATE TRIGGER fires BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION fire();
      CREATE TRIGGER fires_too BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION fire();
      CREATE POLICY own ON t USING (b = 1);
      CREATE RULE r AS ON DELETE TO u DO INSTEAD NOTHING;
      ALTER TABLE t ADD CONSTRAINT b_small CHECK (b < 100) NOT VALID;
      ALTER TABLE t ADD CONSTRAINT b_there CHECK (b > 0);
      ALTER TABLE u ADD CONSTRAINT n_small CHECK (n < 100);
      """;

  /** One after another on the same database; each leaves a finding. */
  private static final String SEEN =
      """
      ALTER TABLE t RENAME COLUMN a TO aa;
      ALTER TABLE u ALTER n TYPE smallint;
      ALTER TABLE t ALTER b SET NOT NULL, DROP CONSTRAINT b_there;
      ALTER TABLE t ADD CONSTRAINT t_more CHECK (b > 1);
      ALTER TABLE t RENAME CONSTRAINT b_small TO b_smaller;
      ALTER INDEX t_a RENAME TO t_aa;
      CREATE INDEX t_more ON t (b);
      DROP INDEX t_b;
      ALTER TABLE u ADD UNIQUE (n);
      ALTER TABLE u DROP COLUMN n CASCADE;
      DROP VIEW vv;
      ALTER VIEW v RENAME TO v1;
      ALTER TABLE t DISABLE TRIGGER fires, ADD r float DEFAULT random();
      DROP TRIGGER fires ON t;
      ALTER TRIGGER fires_too ON u RENAME TO fires_still;
      DROP POLICY own ON t;
      DROP RULE r ON u;
      DO $x$ BEGIN BEGIN ALTER TABLE w DROP COLUMN x; EXCEPTION WHEN others THEN NULL; END; END $x$;
      ALTER TABLE w ALTER id DROP IDENTITY;
      ALTER TABLE w DROP COLUMN y;
      DROP INDEX mv_z;
      ALTER TABLE w RENAME TO ww;
      DROP TABLE parts_1;
      DROP TABLE parts;
      ALTER TABLE shop.orders SET SCHEMA public;
      ALTER SEQUENCE counter RENAME TO counted;
      DROP SEQUENCE other;
      DROP FUNCTION twice(int);
      ALTER FUNCTION half(int) RENAME TO halved;
      ALTER TYPE mood RENAME TO moods;
      DROP TYPE pair;
      ALTER TYPE span SET SCHEMA shop;
      ALTER DOMAIN email RENAME CONSTRAINT at TO at_sign;
      ALTER SCHEMA shop RENAME TO store;
      UPDATE t SET b = 1;
      DROP TABLE t CASCADE
      """;

  /** Harmless, and no reason to look at everything again. */
  private static final String NOT_SEEN =
      """
      CREATE TABLE n (id serial PRIMARY KEY, t_id bigint, m mood);
      CREATE INDEX n_i ON n (m);
      ALTER TABLE n ADD FOREIGN KEY (t_id) REFERENCES t;
      ALTER TABLE n RENAME m TO mm;
      DROP TABLE n;
      CREATE FUNCTION g() RETURNS int LANGUAGE sql RETURN 1;
      CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql RETURN n + n;
      CREATE TYPE colour AS ENUM ('red');
      ALTER TABLE t ADD d int DEFAULT 7 NOT NULL;
      ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID;
      ALTER TABLE t VALIDATE CONSTRAINT k;
      ALTER TABLE t VALIDATE CONSTRAINT b_small;
      COMMENT ON TABLE t IS 'a table';
      GRANT SELECT ON t TO PUBLIC;
      ALTER TABLE w ADD more text;
      INSERT INTO u (id, n) VALUES (1, 1)
      """;

  @Test
  void whatIsSeenIsWhatTwoWholeReadingsShow() {
    try (PgSession session = target();
        PgSession beside = CatalogSamples.open(CatalogSamples.target(database(session)))) {
      CatalogSnapshot target = CatalogReader.read(session, SCHEMAS);
      var recorder = new EffectRecorder(session, SCHEMAS, target);
      var rules = new HazardRules(target);
      CatalogSnapshot before = target;
      var softly = new SoftAssertions();
      for (SqlScript.Statement statement : SqlScript.split("seen", SEEN)) {
        EffectRecorder.Observed observed = recorder.run(statement);
        CatalogSnapshot after = CatalogReader.read(beside, SCHEMAS);
        var whole =
            new EffectRecorder.Observed(
                observed.effect(),
                observed.sql(),
                CatalogChange.between(before, after),
                observed.goneElsewhere());
        softly
            .assertThat(ids(rules.of(observed)))
            .as(statement.brief())
            .isNotEmpty()
            .noneMatch(id -> id.startsWith("hazard:fails"))
            .containsExactlyInAnyOrderElementsOf(ids(rules.of(whole)));
        before = after;
      }
      softly.assertAll();
    }
  }

  @Test
  void aStatementReadsTheColumnsOfWhatItTouchesAndNoOthers() {
    try (PgSession session = target()) {
      session.execute(
          IntStream.range(0, 300)
              .mapToObj(i -> "CREATE TABLE public.x" + i + " (a int, b int, c int, d int)")
              .collect(Collectors.joining(";")));
      CatalogSnapshot target = CatalogReader.read(session, SCHEMAS);
      var watched = new WatchedCatalog(session, SCHEMAS, target);
      session.execute("BEGIN");
      assertThat(columnsRead(session, () -> CatalogReader.read(session, SCHEMAS)))
          .as("all of them")
          .isGreaterThan(1500);
      session.execute("COMMIT");
      for (SqlScript.Statement statement : SqlScript.split("not-seen", NOT_SEEN)) {
        session.execute("BEGIN");
        session.execute(statement.sql());
        assertThat(columnsRead(session, () -> watched.changes(held(session))))
            .as(statement.brief())
            .isLessThan(1000);
        session.execute("COMMIT");
      }
    }
  }

  /** In this transaction; what the server looks up itself when it opens a relation counts too. */
  private static long columnsRead(PgSession session, Runnable work) {
    String count =
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
            + " FROM pg_stat_xact_all_tables WHERE relid = 'pg_attribute'::regclass";
    long before = Long.parseLong(session.value(count));
    work.run();
    long read = Long.parseLong(session.value(count)) - before;
    return read;
  }

  private static Set<Long> held(PgSession session) {
    return HeldLock.strong(HeldLock.of(session));
  }

  private static List<String> ids(List<Finding> findings) {
    return findings.stream().map(Finding::id).sorted().toList();
  }

  private static PgSession target() {
    PgSession session = CatalogSamples.open(CatalogSamples.database("watched", TARGET));
    session.execute("SET search_path = public, pg_catalog");
    return session;
  }

  private static String database(PgSession session) {
    return session.value("SELECT current_database()");
  }
}
