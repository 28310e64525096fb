package dev.rubicon.postgres;

import java.util.List;

/** A schema-qualified relation. */
public record RelationName(String schema, String name) implements Comparable<RelationName> {

  /**
   * @param text {@code schema.name} as in SQL
   * @throws IllegalArgumentException when it is not two parts
   */
  public static RelationName parse(String text) {
    List<String> parts = Identifiers.split(text);
    if (parts.size() != 2) {
      throw new IllegalArgumentException("write schema.name, not " + text);
    }
    return new RelationName(parts.get(0), parts.get(1));
  }

  /** Quoted, for SQL. */
  public String sql() {
    return Identifiers.quote(schema) + "." + Identifiers.quote(name);
  }

  @Override
  public int compareTo(RelationName other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : name.compareTo(other.name);
  }

  /** For people: {@code schema.name}. */
  @Override
  public String toString() {
    return schema + "." + name;
  }
}
