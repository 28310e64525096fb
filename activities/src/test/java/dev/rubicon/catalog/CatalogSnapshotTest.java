package dev.rubicon.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CatalogSnapshotTest {

  @Test
  void twoDatabasesBuiltByTheSameSqlHaveTheSameFingerprintAndNoDifference() {
    Target one = CatalogSamples.database("same", CatalogSamples.EVERYTHING);
    Target two = CatalogSamples.database("same", CatalogSamples.EVERYTHING);

    assertThat(CatalogDiff.between(CatalogSamples.snapshot(one), CatalogSamples.snapshot(two)))
        .isEmpty();
    assertThat(CatalogSamples.snapshot(one).fingerprint())
        .isEqualTo(CatalogSamples.snapshot(two).fingerprint())
        .matches("[0-9a-f]{64}");
  }

  @Test
  void aDumpedAndRestoredCopyIsTheSame() {
    Target source = CatalogSamples.database("dumped", CatalogSamples.EVERYTHING);
    CatalogSamples.run(source, "ALTER TABLE public.users ADD x int; ALTER TABLE users DROP x");
    Target copy = CatalogSamples.dumpedCopy(source);

    assertThat(CatalogDiff.between(CatalogSamples.snapshot(source), CatalogSamples.snapshot(copy)))
        .isEmpty();
    assertThat(CatalogSamples.snapshot(copy).fingerprint())
        .isEqualTo(CatalogSamples.snapshot(source).fingerprint());
  }

  @Test
  void whatWasDoneAndUndoneLeavesTheFingerprintEqual() {
    Target target = CatalogSamples.database("undone", CatalogSamples.EVERYTHING);
    String before = CatalogSamples.snapshot(target).fingerprint();

    CatalogSamples.run(
        target,
        """
        ALTER TABLE public.checks ADD COLUMN claim text, ADD COLUMN n int NOT NULL DEFAULT 3;
        CREATE INDEX ix_new ON public.checks (claim);
        GRANT INSERT ON public.checks TO PUBLIC;
        GRANT SELECT ON public.cache TO PUBLIC;
        GRANT USAGE ON TYPE public.mood TO PUBLIC;
        """);
    assertThat(CatalogSamples.snapshot(target).fingerprint()).isNotEqualTo(before);

    CatalogSamples.run(
        target,
        """
        ALTER TABLE public.checks DROP COLUMN claim, DROP COLUMN n;
        REVOKE INSERT ON public.checks FROM PUBLIC;
        REVOKE SELECT ON public.cache FROM PUBLIC;
        INSERT INTO public.users (email) VALUES ('a@b.c');
        SELECT nextval('public.counter');
        ANALYZE;
        """);
    assertThat(CatalogSamples.snapshot(target).fingerprint()).isEqualTo(before);
  }

  @Test
  void sessionSettingsAndSearchPathDoNotShine() {
    Target target = CatalogSamples.database("settings", CatalogSamples.EVERYTHING);
    String before = CatalogSamples.snapshot(target).fingerprint();

    try (PgSession session = CatalogSamples.open(target)) {
      session.execute(
          """
          BEGIN;
          SET search_path = public, "Shop";
          SET TimeZone = 'Asia/Kathmandu';
          SET DateStyle = 'ISO, DMY';
          SET IntervalStyle = 'iso_8601';
          SET bytea_output = 'escape'
          """);
      assertThat(CatalogReader.read(session, CatalogSamples.SCHEMAS).fingerprint())
          .isEqualTo(before);
      assertThat(session.value("SHOW search_path")).isEqualTo("public, \"Shop\"");
      assertThat(session.value("SHOW TimeZone")).isEqualTo("Asia/Kathmandu");
      assertThat(session.value("SHOW DateStyle")).isEqualTo("ISO, DMY");
    }
  }

  @Test
  void anotherOwnerIsNoDifference() {
    Target target = CatalogSamples.database("owner", CatalogSamples.EVERYTHING);
    String before = CatalogSamples.snapshot(target).fingerprint();
    CatalogSamples.run(
        target,
        """
        DROP ROLE IF EXISTS other_owner;
        CREATE ROLE other_owner;
        ALTER TABLE public.users OWNER TO other_owner;
        ALTER FUNCTION public.twice(integer) OWNER TO other_owner;
        ALTER TYPE public.mood OWNER TO other_owner;
        ALTER SCHEMA "Shop" OWNER TO other_owner;
        """);

    assertThat(CatalogSamples.snapshot(target).fingerprint()).isEqualTo(before);
  }

  @Test
  void anOpenTransactionSeesItsOwnChanges() {
    Target target = CatalogSamples.database("open", "CREATE TABLE public.t (a int)");
    String before = CatalogSamples.snapshot(target).fingerprint();

    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("BEGIN");
      session.execute("ALTER TABLE public.t ADD b int");
      assertThat(CatalogReader.read(session, List.of("public")).fingerprint()).isNotEqualTo(before);
      session.execute("ROLLBACK");
    }
    assertThat(CatalogSamples.snapshot(target).fingerprint()).isEqualTo(before);
  }

  @Test
  void goesThroughJsonUnchanged() throws Exception {
    CatalogSnapshot snapshot =
        CatalogSamples.snapshot(CatalogSamples.database("json", CatalogSamples.EVERYTHING));
    var json = new ObjectMapper();

    CatalogSnapshot back = json.readValue(json.writeValueAsString(snapshot), CatalogSnapshot.class);

    assertThat(back).isEqualTo(snapshot);
    assertThat(back.fingerprint()).isEqualTo(snapshot.fingerprint());
  }

  @Test
  void leavesOutWhatItIsToldTo() {
    CatalogSnapshot snapshot =
        CatalogSamples.snapshot(CatalogSamples.database("without", CatalogSamples.EVERYTHING));

    CatalogSnapshot rest = snapshot.without(entry -> entry.schema().equals("Shop"));

    assertThat(rest.entries()).isNotEmpty().noneMatch(entry -> entry.schema().equals("Shop"));
    assertThat(rest.fingerprint()).isNotEqualTo(snapshot.fingerprint());
  }

  @Test
  void readsAHundredTablesInNoTime() {
    Target target =
        CatalogSamples.database(
            "hundred",
            IntStream.range(0, 100)
                .mapToObj(
                    n ->
                        "CREATE TABLE public.t%d (id bigserial PRIMARY KEY, a text NOT NULL, b int CHECK (b > 0), c jsonb); CREATE INDEX ON public.t%d (a);"
                            .formatted(n, n))
                .collect(Collectors.joining("\n")));
    try (PgSession session = CatalogSamples.open(target)) {
      CatalogReader.read(session, CatalogSamples.SCHEMAS);
      long start = System.nanoTime();
      CatalogSnapshot snapshot = CatalogReader.read(session, CatalogSamples.SCHEMAS);
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(snapshot.of(ObjectKind.TABLE)).hasSize(100);
      // 300 ms is what it is meant to take; a busy machine gets five times that.
      assertThat(took).isLessThan(Duration.ofMillis(1500));
      System.out.println("snapshot of 100 tables: " + took.toMillis() + " ms");
    }
  }
}
