package dev.rubicon.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.check.CheckSamples;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the owner's triggers make of a row's new shape is seen in the rehearsal. */
@Tag("slow")
class ClientWritesTest {
  private static final String LEGACY =
      """
      CREATE SCHEMA shop;
      CREATE TABLE shop."Carts" (
        shop int, id int GENERATED ALWAYS AS IDENTITY, owner text NOT NULL, total int NOT NULL,
        twice int GENERATED ALWAYS AS (total * 2) STORED, PRIMARY KEY (shop, id));
      CREATE TABLE shop.gone (shop int, id int, owner text, total int, twice int, at timestamptz);
      CREATE FUNCTION shop.keep_gone() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO shop.gone SELECT %s.*, now(); RETURN NULL; END $$;
      INSERT INTO shop."Carts" (shop, owner, total) SELECT g %% 3, 'o' || g, g FROM generate_series(1, 50) g;
      """;

  private static final String IN_PLACE =
      """
      schemas: [shop]
      transitions:
        - relation: shop."Carts"
          columns: [{name: amount, type: numeric, up: total / 100.0, down: {total: "(amount * 100)::int"}}]
      approvals: {gates: [], self-approval: true}
      """;

  @TempDir Path folder;
  private final CheckSamples.Probe probe = new CheckSamples.Probe();

  @ParameterizedTest
  @CsvSource({
    "OLD, AFTER DELETE, delete",
    "NEW, AFTER INSERT, insert",
    "OLD, AFTER UPDATE, update",
    "NEW, AFTER UPDATE OF total, update"
  })
  void aTriggerThatCountsOnTheColumnsIsAFinding(String row, String when, String write) {
    String legacy =
        LEGACY.formatted(row)
            + "CREATE CONSTRAINT TRIGGER audit %s ON shop.\"Carts\" DEFERRABLE INITIALLY DEFERRED"
                .formatted(when)
            + " FOR EACH ROW EXECUTE FUNCTION shop.keep_gone();";
    String id = "hazard:client-write:shop.Carts:" + write;
    assertThatThrownBy(() -> rehearse(legacy, IN_PLACE))
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REHEARSAL_FAILED))
        .hasMessageContaining(id)
        .hasMessageContaining("INSERT has more expressions than target columns");

    assertThat(findings()).extracting(Finding::id).containsExactly(id);
  }

  @Test
  void whatTheRunbookAllowsByNameStopsNothing() {
    String legacy =
        LEGACY.formatted("OLD")
            + "CREATE TRIGGER audit AFTER DELETE ON shop.\"Carts\""
            + " FOR EACH ROW EXECUTE FUNCTION shop.keep_gone();";
    String id = "hazard:client-write:shop.Carts:delete";
    rehearse(legacy, IN_PLACE + "hazards: [{hazard: \"" + id + "\", reason: nobody does}]\n");
    assertThat(findings())
        .extracting(Finding::id, Finding::disposition)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(id, Finding.Disposition.ALLOWED));
  }

  /** Through the table's name and the view's, on both sides of the cutover. */
  @Test
  void aTriggerOfTheShadowSpeaksToClientsOfLegacy() {
    String legacy =
        LEGACY.formatted("OLD")
            + """
            CREATE TABLE shop.notes (id int PRIMARY KEY, note text);
            INSERT INTO shop.notes VALUES (1, 'a'), (2, 'b');
            """;
    String migration =
        """
        CREATE TABLE shop.memos (id int PRIMARY KEY, memo text);
        CREATE TRIGGER audit AFTER DELETE ON shop.memos
          FOR EACH ROW EXECUTE FUNCTION shop.keep_gone();
        """;
    assertThatThrownBy(
            () ->
                rehearse(
                    legacy,
                    """
                    schemas: [shop]
                    expand: {migrations: expand}
                    transitions:
                      - relation: shop.notes
                        kind: shadow
                        to: shop.memos
                        legacy-name: view
                        columns: [{name: memo, up: note, down: {note: memo}}]
                    approvals: {gates: [], self-approval: true}
                    """,
                    migration))
        .hasMessageContaining("hazard:client-write:shop.notes:delete")
        .hasMessageContaining("hazard:client-write:shop.memos:delete");
  }

  /** A delete of one side that the other's trigger turns into nothing: its client gets 27000. */
  @Test
  void aTriggerThatReturnsNullKeepsTheOtherSidesWriteAway() {
    String legacy =
        LEGACY.formatted("OLD")
            + """
            CREATE TABLE shop.notes (id int PRIMARY KEY, note text);
            INSERT INTO shop.notes VALUES (1, 'a'), (2, 'b');
            """;
    String migration =
        """
        CREATE TABLE shop.memos (id int PRIMARY KEY, note text);
        CREATE FUNCTION shop.never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER stays BEFORE DELETE ON shop.memos FOR EACH ROW EXECUTE FUNCTION shop.never();
        """;
    assertThatThrownBy(
            () ->
                rehearse(
                    legacy,
                    """
                    schemas: [shop]
                    expand: {migrations: expand}
                    transitions:
                      - {relation: shop.notes, kind: shadow, to: shop.memos, legacy-name: keep}
                    hazards: [{hazard: "hazard:shadow-canonical-trigger:*", reason: it is known}]
                    approvals: {gates: [], self-approval: true}
                    """,
                    migration))
        .hasMessageContaining("hazard:client-write:shop.notes:delete")
        .hasMessageContaining("does not let a row follow the other side");
    assertThat(findings())
        .extracting(Finding::id)
        .containsExactly("hazard:client-write:shop.notes:delete");
  }

  /** What nobody could write before is no matter of the rollout. */
  @Test
  void whatFailedBeforeIsNoFinding() {
    rehearse(
        LEGACY.formatted("OLD")
            + """
            CREATE FUNCTION shop.never() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN RAISE 'append only' USING ERRCODE = 'XX001'; END $$;
            CREATE TRIGGER never BEFORE DELETE ON shop."Carts"
              FOR EACH ROW EXECUTE FUNCTION shop.never();
            CREATE TABLE shop.child (shop int, id int, FOREIGN KEY (shop, id) REFERENCES shop."Carts");
            INSERT INTO shop.child SELECT shop, id FROM shop."Carts";
            """,
        IN_PLACE);
    assertThat(findings()).isEmpty();
  }

  private void rehearse(String legacy, String yaml) {
    rehearse(legacy, yaml, "");
  }

  private void rehearse(String legacy, String yaml, String migration) {
    if (!migration.isEmpty()) {
      write("expand/V1__shadow.sql", migration);
      write("expand/U1__shadow.sql", "DROP TABLE shop.memos;");
    }
    Bundle bundle = CheckSamples.bundle(folder, "SELECT 1;", yaml);
    Target clone = CheckSamples.freshTarget(legacy, Map.of());
    PhaseContext context = CheckSamples.context(bundle, clone, Phase.REHEARSE, probe);
    CloneCopies copies =
        (_, _) ->
            new CloneCopies.Copy() {
              @Override
              public Target target() {
                return clone;
              }

              @Override
              public void close() {}
            };
    new Rehearse(copies, clone, _ -> Optional.empty())
        .run(context, new Facts.Clone("clone", "a test", 1));
  }

  private void write(String file, String text) {
    try {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<Finding> findings() {
    return probe.evidence.get(EvidenceNames.CLIENT_WRITES);
  }
}
