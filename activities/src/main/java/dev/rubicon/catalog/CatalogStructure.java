package dev.rubicon.catalog;

import dev.rubicon.catalog.query.StructureQueries;
import dev.rubicon.postgres.PgSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a snapshot leaves out because two equal schemas may differ in it, or holds only as text, and
 * SQL needs: what depends on what, what is inherited, the order of columns. Keys are the names of
 * entries.
 *
 * @param uses what an entry cannot be without, as pg_depend has it
 * @param inherited from which entry of the parent a partition or heir has it
 */
public record CatalogStructure(
    Map<String, Set<String>> uses,
    Map<String, String> inherited,
    Map<String, Column> columns,
    Map<String, Relation> relations,
    Map<String, Function> functions,
    Map<String, Type> types) {

  public CatalogStructure {
    uses = Collections.unmodifiableMap(uses);
    inherited = Collections.unmodifiableMap(inherited);
    columns = Collections.unmodifiableMap(columns);
    relations = Collections.unmodifiableMap(relations);
    functions = Collections.unmodifiableMap(functions);
    types = Collections.unmodifiableMap(types);
  }

  /**
   * @param position in its relation
   * @param inherited whether it is there only because the parent has it
   * @param storage the type's own
   */
  public record Column(int position, boolean inherited, String storage) {}

  /**
   * @param parents quoted; of a partition, or of a table that inherits; else empty
   * @param bound of a partition, else empty
   * @param partitionConstraint what a partition's bound says of a row
   * @param partitionKey empty unless it has partitions
   * @param options {@code name=value}, those of its TOAST table with {@code toast.}
   * @param query of a view
   * @param columns of a view, with their types
   */
  public record Relation(
      boolean unlogged,
      String ofType,
      String parents,
      String bound,
      String partitionConstraint,
      String partitionKey,
      String accessMethod,
      List<String> options,
      String replicaIdentity,
      boolean rowSecurity,
      boolean forced,
      String query,
      List<String> columns,
      String owner) {
    public Relation {
      options = List.copyOf(options);
      columns = List.copyOf(columns);
    }

    public boolean partition() {
      return !bound.isEmpty();
    }

    public boolean partitioned() {
      return !partitionKey.isEmpty();
    }
  }

  /**
   * @param word {@code FUNCTION} or {@code PROCEDURE}
   * @param quoted as DROP takes it
   * @param signature what CREATE OR REPLACE cannot change
   * @param textBody whether the server does not know what its body uses
   */
  public record Function(
      String word, String quoted, String signature, boolean textBody, String owner) {}

  /**
   * @param parts an enum's labels; a composite type's attributes, quoted, each with its type
   * @param names of the attributes, quoted
   */
  public record Type(List<String> parts, List<String> names, String owner) {
    public Type {
      parts = List.copyOf(parts);
      names = List.copyOf(names);
    }
  }

  /** Read beside a snapshot of the same schemas, in its transaction where there is one. */
  public static CatalogStructure read(PgSession session, List<String> schemas) {
    return CatalogReader.pinned(
        session,
        () ->
            CatalogReader.known(
                session,
                CatalogStructure.class,
                schemas,
                () -> queried(session, schemas),
                CatalogStructure::size));
  }

  private long size() {
    return uses.size() + inherited.size() + columns.size() + relations.size() + functions.size();
  }

  private static CatalogStructure queried(PgSession session, List<String> schemas) {
    Object names = schemas.toArray(String[]::new);
    var uses = new HashMap<String, Set<String>>();
    rows(session, StructureQueries.USES, names, row -> List.of(row.getString(1), row.getString(2)))
        .forEach(
            edge -> uses.computeIfAbsent(edge.get(0), ignored -> new HashSet<>()).add(edge.get(1)));
    return new CatalogStructure(
        uses,
        map(session, StructureQueries.INHERITED, names, row -> row.getString("parent")),
        map(
            session,
            StructureQueries.COLUMNS,
            names,
            row ->
                new Column(
                    row.getInt("position"), row.getBoolean("inherited"), row.getString("storage"))),
        map(session, StructureQueries.RELATIONS, names, CatalogStructure::relation),
        map(
            session,
            StructureQueries.FUNCTIONS,
            names,
            row ->
                new Function(
                    row.getString("word"),
                    row.getString("quoted"),
                    row.getString("signature"),
                    row.getBoolean("text_body"),
                    row.getString("owner"))),
        map(
            session,
            StructureQueries.TYPES,
            names,
            row -> new Type(texts(row, "parts"), texts(row, "names"), row.getString("owner"))));
  }

  private static Relation relation(ResultSet row) throws SQLException {
    return new Relation(
        row.getBoolean("unlogged"),
        text(row, "of_type"),
        text(row, "parents"),
        text(row, "bound"),
        text(row, "partition_constraint"),
        text(row, "partition_key"),
        text(row, "access_method"),
        texts(row, "options"),
        text(row, "replica_identity"),
        row.getBoolean("row_security"),
        row.getBoolean("forced"),
        text(row, "query"),
        texts(row, "columns"),
        text(row, "owner"));
  }

  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  private static <T> List<T> rows(
      PgSession session, String query, Object names, Reading<T> reading) {
    return session.query(query, reading::of, names);
  }

  private static <T> Map<String, T> map(
      PgSession session, String query, Object names, Reading<T> reading) {
    var map = new HashMap<String, T>();
    rows(session, query, names, row -> Map.entry(row.getString("name"), reading.of(row)))
        .forEach(entry -> map.putIfAbsent(entry.getKey(), entry.getValue()));
    return map;
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    return new ArrayList<>(List.of((String[]) row.getArray(column).getArray()));
  }
}
