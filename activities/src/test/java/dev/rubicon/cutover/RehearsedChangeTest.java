package dev.rubicon.cutover;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A crossing changes production as it changed the clone, whatever the dump has left out. */
@Turn
class RehearsedChangeTest {
  private static final String BUYS = "CREATE TABLE buys (id int PRIMARY KEY, k int, v int)";

  /** A killed build has left it; a dump does not carry it. */
  private static void invalid(Bench bench, String index) {
    bench.run("INSERT INTO buys VALUES (1, 5, 1), (2, 5, 2) ON CONFLICT DO NOTHING");
    assertThatThrownBy(
        () -> bench.run("CREATE UNIQUE INDEX CONCURRENTLY " + index + " ON buys (k)"));
    bench.run("DELETE FROM buys WHERE id = 2");
    assertThat(
            bench.one(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = '" + index + "'::regclass"))
        .isEqualTo("f");
  }

  private static Bench clone(String kind) {
    Bench bench = new Bench(BUYS, "INSERT INTO buys VALUES (1, 5, 1)");
    return transition(bench, kind);
  }

  private static Bench transition(Bench bench, String kind) {
    return switch (kind) {
      case "built" ->
          bench.index(
              "public.buys_k", "CREATE UNIQUE INDEX CONCURRENTLY buys_k ON public.buys (k)");
      case "dropped" ->
          bench.migration(
              "V1__drop.sql", "-- irreversible: nobody needs it\nDROP INDEX IF EXISTS buys_k;");
      case "in-place" -> bench.transition("public.buys", map("w", "int", "v", Map.of("v", "w")));
      case "shadow" ->
          bench
              .migration(
                  "V1__next.sql", "CREATE TABLE buys_next (id bigint PRIMARY KEY, k int, v int);")
              .migration("U1__next.sql", "DROP TABLE buys_next;")
              .shadow(
                  "public.buys",
                  new Shadow(
                      "public.buys", Optional.of("public.buys_next"), LegacyName.HIDE, List.of()));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static Facts.Cutover cross(Bench bench, Optional<CatalogSnapshot> rehearsed) {
    bench.toVerified();
    return new Cutover("run", () -> rehearsed)
        .run(bench.context(Phase.CUTOVER), CrossingTerms.NONE);
  }

  private static CatalogSnapshot changes(Bench bench) {
    return bench.evidence.get(Phase.CUTOVER, EvidenceNames.CHANGES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"built", "dropped", "in-place", "shadow"})
  void anInvalidIndexMakesNoDifference(String kind) {
    Bench clone = clone(kind);
    Facts.Cutover rehearsed = cross(clone, Optional.empty());
    Bench target = new Bench(BUYS);
    invalid(target, "buys_k");
    transition(target, kind);
    Facts.Cutover crossed = cross(target, Optional.of(changes(clone)));
    assertThat(crossed.otherwise()).isEmpty();
    assertThat(crossed.change()).isEqualTo(rehearsed.change());
  }

  /** It cannot be made again, and nobody misses it. */
  @Test
  void anAbortEndsWhereAnInvalidIndexWasBuiltAnew() {
    Bench target = new Bench(BUYS);
    invalid(target, "buys_k");
    invalid(target, "buys_other");
    transition(target, "built");
    target.toVerified();
    assertThat(target.one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'buys_k'::regclass"))
        .isEqualTo("t");
    target.abort();
    assertThat(target.one("SELECT to_regclass('buys_k'), to_regclass('buys_other')"))
        .isEqualTo("~|buys_other");
    assertThat(target.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
  }

  /** PostgreSQL prints a list that it has read from its own print in another way. */
  @Test
  void aCheckThatIsPrintedInAnotherWayAfterARestoreMakesNoDifference() {
    String[] listed = {
      BUYS,
      "ALTER TABLE buys ADD s varchar(9), ADD CONSTRAINT s_in CHECK (s IN ('a', 'it''s, b'))",
      "CREATE INDEX s_part ON buys (id) WHERE s IN ('x', 'y')"
    };
    Bench target = new Bench(listed);
    Bench clone = new Bench(listed);
    clone.run(
        """
        DO $$
        DECLARE
          listed text := pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 's_in';
          part text := pg_get_indexdef('s_part'::regclass);
        BEGIN
          ALTER TABLE buys DROP CONSTRAINT s_in;
          EXECUTE 'ALTER TABLE buys ADD CONSTRAINT s_in ' || listed;
          DROP INDEX s_part;
          EXECUTE part;
        END $$
        """);
    String printed = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 's_in'";
    assertThat(clone.one(printed)).isNotEqualTo(target.one(printed));
    for (Bench bench : List.of(clone, target)) {
      bench
          .migration("V1__next.sql", "CREATE TABLE buys_next (LIKE buys INCLUDING ALL);")
          .migration("U1__next.sql", "DROP TABLE buys_next;")
          .shadow(
              "public.buys",
              new Shadow(
                  "public.buys", Optional.of("public.buys_next"), LegacyName.HIDE, List.of()));
    }
    Facts.Cutover rehearsed = cross(clone, Optional.empty());
    Facts.Cutover crossed = cross(target, Optional.of(changes(clone)));
    assertThat(crossed.otherwise()).isEmpty();
    assertThat(crossed.change()).isEqualTo(rehearsed.change());
  }

  @Test
  void aDifferenceIsNamed() {
    Bench clone = clone("in-place");
    cross(clone, Optional.empty());
    Bench target = clone("in-place");
    target.run("CREATE VIEW mine AS SELECT id FROM buys", "CREATE INDEX buys_v ON buys (v)");
    target.install();
    target.run("DROP VIEW mine", "CREATE INDEX buys_w ON buys (w)", "ALTER TABLE buys ADD x int");
    target.backfill();
    assertThat(target.verify().others()).as("what others did, for the gate").hasSize(3);
    // As if the column had not come on the clone: what others did is no difference.
    var rehearsed =
        changes(clone).without(e -> e.kind() == ObjectKind.COLUMN && e.part().equals("w"));
    Facts.Cutover crossed =
        new Cutover("run", () -> Optional.of(rehearsed))
            .run(target.context(Phase.CUTOVER), CrossingTerms.NONE);
    assertThat(crossed.otherwise())
        .singleElement()
        .asString()
        .startsWith("column:public.buys.w on the target: ")
        .endsWith(", on the clone: unchanged");
  }
}
