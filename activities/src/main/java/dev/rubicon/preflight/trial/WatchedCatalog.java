package dev.rubicon.preflight.trial;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What statements, one after another, do to the catalog, without reading all of it each time.
 * Whatever changes a relation holds a strong lock on it until its transaction ends, so only locked
 * relations are read again. All else is read again only when the name of something is not what it
 * was. Relations that came meanwhile are not watched: nobody uses them yet.
 */
final class WatchedCatalog {
  private static final Set<ObjectKind> OF_RELATIONS =
      EnumSet.of(
          ObjectKind.TABLE,
          ObjectKind.VIEW,
          ObjectKind.MATERIALIZED_VIEW,
          ObjectKind.COLUMN,
          ObjectKind.COLUMN_SETTING,
          ObjectKind.CONSTRAINT,
          ObjectKind.INDEX,
          ObjectKind.SEQUENCE,
          ObjectKind.TRIGGER,
          ObjectKind.POLICY,
          ObjectKind.RULE);

  private static final String RELATIONS =
      """
      SELECT c.oid::bigint, n.nspname, c.relname, c.relkind = 'S'
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY (?::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      """;

  /** The array of a type, which each table has too, comes and goes with it. */
  private static final String OTHERS =
      """
      WITH s AS (SELECT oid FROM pg_namespace WHERE nspname = ANY (?::text[]))
      SELECT array_agg(q.oid)::text
      FROM (SELECT oid FROM s
            UNION ALL SELECT p.oid FROM pg_proc p JOIN s ON s.oid = p.pronamespace
            UNION ALL SELECT t.oid FROM pg_type t JOIN s ON s.oid = t.typnamespace
              WHERE (t.typtype <> 'c' OR EXISTS (
                  SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
                AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
            UNION ALL SELECT k.oid FROM pg_constraint k JOIN s ON s.oid = k.connamespace
              WHERE k.contypid <> 0
            UNION ALL SELECT oid FROM pg_extension) q
      """;

  /** Everything by which an entry of theirs would come, go or be called otherwise. */
  private static final String NAMES =
      """
      WITH o AS MATERIALIZED (SELECT unnest(?::oid[]) AS oid)
      SELECT md5(string_agg(q.name, ',' ORDER BY q.name))
      FROM (SELECT concat_ws(' ', 'n', n.oid, n.nspname) AS name
            FROM pg_namespace n JOIN o ON o.oid = n.oid
            UNION ALL
            SELECT concat_ws(' ', 'p', p.oid, p.pronamespace, p.proname,
                             oidvectortypes(p.proargtypes))
            FROM pg_proc p JOIN o ON o.oid = p.oid
            UNION ALL
            SELECT concat_ws(' ', 't', t.oid, t.typnamespace, t.typname)
            FROM pg_type t JOIN o ON o.oid = t.oid
            UNION ALL
            SELECT concat_ws(' ', 'k', k.oid, k.connamespace, k.conname)
            FROM pg_constraint k JOIN o ON o.oid = k.oid
            UNION ALL
            SELECT concat_ws(' ', 'x', x.oid, x.extnamespace, x.extname)
            FROM pg_extension x JOIN o ON o.oid = x.oid
            UNION ALL
            SELECT concat_ws(' ', 'e', e.objid) FROM pg_depend e JOIN o ON o.oid = e.objid
            WHERE e.classid IN ('pg_proc'::regclass, 'pg_type'::regclass) AND e.deptype = 'e') q
      """;

  private final PgSession session;
  private final List<String> schemas;
  private final Map<Long, List<CatalogEntry>> ofRelation = new HashMap<>();
  private final Set<Long> sequences = new HashSet<>();
  private List<CatalogEntry> rest = List.of();
  private String others = "{}";
  private String names = "";

  /**
   * @param now what stands in the schemas
   */
  WatchedCatalog(PgSession session, List<String> schemas, CatalogSnapshot now) {
    this.session = session;
    this.schemas = schemas;
    watch(now);
  }

  private void watch(CatalogSnapshot now) {
    Map<RelationName, List<CatalogEntry>> byName =
        now.entries().stream()
            .filter(entry -> OF_RELATIONS.contains(entry.kind()))
            .collect(
                Collectors.groupingBy(entry -> new RelationName(entry.schema(), entry.object())));
    ofRelation.clear();
    sequences.clear();
    session.query(
        RELATIONS,
        row -> {
          var name = new RelationName(row.getString(2), row.getString(3));
          ofRelation.put(row.getLong(1), entriesOf(byName.remove(name)));
          return row.getBoolean(4) && sequences.add(row.getLong(1));
        },
        (Object) names());
    rest =
        Stream.concat(
                now.entries().stream().filter(entry -> !OF_RELATIONS.contains(entry.kind())),
                byName.values().stream().flatMap(List::stream))
            .toList();
    String found = session.query(OTHERS, row -> row.getString(1), (Object) names()).getFirst();
    others = found == null ? "{}" : found;
    names = CatalogReader.repeated(session, this::othersNames);
  }

  /**
   * What the statement changed of what is watched, before its transaction ends.
   *
   * @param held tables that it has locked against change, see {@link
   *     dev.rubicon.preflight.scratch.HeldLock#strong}
   */
  List<CatalogChange> changes(Set<Long> held) {
    return CatalogReader.repeated(
            session,
            () ->
                othersNames().equals(names)
                    ? Optional.of(ofRelations(held))
                    : Optional.<List<CatalogChange>>empty())
        .orElseGet(this::everything);
  }

  private List<CatalogChange> ofRelations(Set<Long> held) {
    List<Long> locked = held.stream().filter(ofRelation::containsKey).sorted().toList();
    if (locked.isEmpty()) {
      return List.of();
    }
    Map<Boolean, List<Long>> bySort =
        locked.stream().collect(Collectors.partitioningBy(sequences::contains));
    Map<Long, List<CatalogEntry>> now =
        CatalogReader.readRelations(session, schemas, bySort.get(false), bySort.get(true));
    var was = new ArrayList<CatalogEntry>();
    var is = new ArrayList<CatalogEntry>();
    for (long relation : locked) {
      was.addAll(ofRelation.get(relation));
      is.addAll(entriesOf(now.get(relation)));
      ofRelation.put(relation, entriesOf(now.get(relation)));
    }
    return CatalogChange.between(new CatalogSnapshot(was), new CatalogSnapshot(is));
  }

  /** The same from the whole catalog: for what ended transactions itself, and its locks with it. */
  List<CatalogChange> everything() {
    var was =
        new CatalogSnapshot(
            Stream.concat(rest.stream(), ofRelation.values().stream().flatMap(List::stream))
                .toList());
    CatalogSnapshot is = CatalogReader.read(session, schemas);
    watch(is);
    return CatalogChange.between(was, is);
  }

  private String othersNames() {
    String found = session.query(NAMES, row -> row.getString(1), others).getFirst();
    return found == null ? "" : found;
  }

  private static List<CatalogEntry> entriesOf(List<CatalogEntry> entries) {
    return entries == null ? List.of() : entries;
  }

  private String[] names() {
    return schemas.toArray(String[]::new);
  }
}
