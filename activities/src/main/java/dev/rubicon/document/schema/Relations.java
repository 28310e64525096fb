package dev.rubicon.document.schema;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Optional;

/**
 * What a catalog snapshot leaves out, since equal databases may differ in it, and a reader asks
 * for: who owns a relation, and in which order its columns stand.
 *
 * @param all of the snapshot's schemas
 */
public record Relations(List<Relation> all) {
  /** Beside a snapshot of the same moment. */
  public static final EvidenceName<Relations> EVIDENCE =
      EvidenceName.of("relations", Relations.class);

  /** Of a snapshot beside which nothing of the kind was recorded. */
  public static final Relations UNKNOWN = new Relations(List.of());

  private static final String QUERY =
      """
      SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner),
             ARRAY(SELECT a.attname::text FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                   ORDER BY a.attnum)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY (?::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      ORDER BY n.nspname, c.relname
      """;

  /**
   * @param columns in their order
   */
  public record Relation(String schema, String name, String owner, List<String> columns) {
    public Relation {
      columns = List.copyOf(columns);
    }

    RelationName relation() {
      return new RelationName(schema, name);
    }
  }

  public Relations {
    all = List.copyOf(all);
  }

  /** Reads the catalog of these schemas. */
  public static Relations read(PgSession session, List<String> schemas) {
    return new Relations(
        session.query(
            QUERY,
            row ->
                new Relation(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    List.of((String[]) row.getArray(4).getArray())),
            (Object) schemas.toArray(String[]::new)));
  }

  Optional<Relation> find(RelationName name) {
    return all.stream().filter(relation -> relation.relation().equals(name)).findFirst();
  }
}
