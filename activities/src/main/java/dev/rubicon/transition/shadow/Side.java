package dev.rubicon.transition.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One of the two relations.
 *
 * @param name when it was compiled; the cutover may rename it, so later SQL goes by {@code oid}
 * @param identity columns that say which row of the other side is the same row; in the same order
 *     on both sides
 * @param equality of each identity column: its type's own operator, qualified, as indexes know it
 * @param collation of each identity column, where the other side's differs: what it is compared
 *     with must be read by it, or no index of this side would do
 * @param keyText of each identity column: the function that makes text of it which no client's
 *     setting changes; empty where its own text is that
 * @param key columns of the primary key
 * @param referable other columns of unique constraints: foreign keys may point at them
 * @param alwaysIdentity whether a column is GENERATED ALWAYS AS IDENTITY
 * @param triggers whether users' own BEFORE ROW triggers may change what is written
 */
public record Side(
    RelationName name,
    long oid,
    List<Column> columns,
    List<String> identity,
    List<String> equality,
    List<String> collation,
    List<String> keyText,
    List<String> key,
    List<String> referable,
    boolean alwaysIdentity,
    boolean triggers,
    boolean partitioned) {
  public Side {
    columns = List.copyOf(columns);
    identity = List.copyOf(identity);
    equality = List.copyOf(equality);
    collation = List.copyOf(collation);
    keyText = List.copyOf(keyText);
    key = List.copyOf(key);
    referable = List.copyOf(referable);
  }

  public record Column(String name, String type) {}

  /** One text for each identity, of what the identity columns hold. */
  String identityText(List<String> values) {
    return IntStream.range(0, identity.size())
        .mapToObj(
            i ->
                keyText.get(i).isEmpty()
                    ? values.get(i)
                    : "pg_catalog.encode(" + keyText.get(i) + "(" + values.get(i) + "), 'hex')")
        .collect(Collectors.joining(", ", "ROW(", ")::pg_catalog.text"));
  }

  public String quotedColumns(String alias) {
    return columns.stream()
        .map(c -> alias + Identifiers.quote(c.name()))
        .collect(Collectors.joining(", "));
  }

  public String quotedIdentity(String alias) {
    return identity.stream()
        .map(c -> alias + Identifiers.quote(c))
        .collect(Collectors.joining(", "));
  }
}
