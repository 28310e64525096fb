package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.column;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.Renamed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names that canonical's definition gives its constraints and indexes, where the migration had
 * to choose others: clients say {@code ON CONFLICT ON CONSTRAINT}, and look at the name in an
 * error. The runbook may say them, as the long form of a change does; else they are found by what
 * they mean.
 *
 * @param given as the runbook has them: before the cutover, to afterwards
 */
record CanonicalNames(PgSession session, Map<String, String> given) {
  private static final List<ObjectKind> KINDS = List.of(ObjectKind.CONSTRAINT, ObjectKind.INDEX);

  /**
   * @param built the relation under the name that the migration gave it
   * @param leaving whose names are free by then
   * @param definition canonical's, if it is known
   */
  List<Renamed> of(
      TableShape built,
      RelationName to,
      Optional<TableShape> leaving,
      Optional<CatalogSnapshot> definition) {
    if (definition.isEmpty() && given.isEmpty() || built.name().equals(to)) {
      return List.of();
    }
    Map<String, String> said = new LinkedHashMap<>();
    given.forEach((before, after) -> said.put(column(before), column(after)));
    CatalogSnapshot now = CatalogReader.read(session, List.of(built.name().schema()));
    var renamed = new ArrayList<Renamed>();
    for (ObjectKind kind : KINDS) {
      List<CatalogEntry> there = new ArrayList<>(named(now, kind, built.name()));
      for (CatalogEntry entry : List.copyOf(there)) {
        String after = said.get(entry.part());
        if (after != null && isFree(to.schema(), after, leaving)) {
          renamed.add(new Renamed(kind == ObjectKind.CONSTRAINT, entry.part(), after));
          there.remove(entry);
        }
      }
      List<CatalogEntry> wanted =
          definition.map(known -> named(known, kind, to)).orElse(List.of()).stream()
              .filter(w -> !said.containsValue(w.part()))
              .toList();
      var open = new ArrayList<>(wanted);
      open.removeIf(w -> there.stream().anyMatch(t -> t.part().equals(w.part())));
      for (CatalogEntry entry : there) {
        if (wanted.stream().anyMatch(w -> w.part().equals(entry.part()))) {
          continue;
        }
        open.stream()
            .filter(w -> meaning(w).equals(meaning(entry)))
            .findFirst()
            .ifPresent(
                w -> {
                  open.remove(w);
                  if (isFree(to.schema(), w.part(), leaving)) {
                    renamed.add(new Renamed(kind == ObjectKind.CONSTRAINT, entry.part(), w.part()));
                  }
                });
      }
    }
    return renamed;
  }

  private static List<CatalogEntry> named(
      CatalogSnapshot snapshot, ObjectKind kind, RelationName relation) {
    return snapshot.of(kind).stream()
        .filter(e -> e.schema().equals(relation.schema()) && e.object().equals(relation.name()))
        .filter(e -> kind == ObjectKind.CONSTRAINT || !e.of().startsWith("constraint:"))
        .toList();
  }

  /** Without the names of the index and of its relation. */
  private static String meaning(CatalogEntry entry) {
    String text = entry.definition();
    return entry.kind() == ObjectKind.CONSTRAINT
        ? text
        : text.startsWith("CREATE UNIQUE") + text.substring(text.indexOf(" USING "));
  }

  /** An index shares its names with relations; what moves away with legacy is in nobody's way. */
  private boolean isFree(String schema, String name, Optional<TableShape> leaving) {
    return session
        .value(
            """
            SELECT NOT EXISTS (
              SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_index i ON i.indexrelid = c.oid
              WHERE n.nspname = ? AND c.relname = ?
                AND i.indrelid IS DISTINCT FROM ?::bigint::oid)
            """,
            schema,
            name,
            leaving.map(TableShape::oid).orElse(0L))
        .equals("t");
  }
}
