package dev.rubicon.oracle;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a client says who writes a row as a whole: he lists no column. */
record WholeRows(Relation relation) {
  /**
   * @param copies whether it may copy a row that is there: reading it takes no lock
   * @param known whether the client can know what is in the row, because it is filled
   */
  record May(boolean copies, boolean known) {
    static final May NOTHING = new May(false, false);
  }

  /** A record of values: what the client does not know is NULL in it. */
  String insert(List<Map<String, String>> rows) {
    return "INSERT INTO "
        + Op.HERE
        + " "
        + rows.stream()
            .map(row -> "SELECT (" + populated("NULL::" + Op.HERE, row) + ").*")
            .collect(Collectors.joining(" UNION ALL "));
  }

  /** A row that is there, with another key. */
  String copy(List<String> from, Map<String, String> changed) {
    return "INSERT INTO "
        + Op.HERE
        + " SELECT ("
        + populated("r", changed)
        + ").* FROM "
        + Op.HERE
        + " r"
        + where("r.", from);
  }

  /** Every column of the client's, as an entity is saved. */
  String save(List<String> key, Map<String, String> row) {
    List<String> columns = relation.names().map(Sql::quote).toList();
    return "UPDATE "
        + Op.HERE
        + " SET ("
        + String.join(", ", columns)
        + ") = (SELECT "
        + columns.stream().map(c -> "r." + c).collect(Collectors.joining(", "))
        + " FROM "
        + populated("NULL::" + Op.HERE, row)
        + " r)"
        + where("", key);
  }

  private String where(String alias, List<String> key) {
    return " WHERE "
        + IntStream.range(0, key.size())
            .mapToObj(
                i -> alias + Sql.quote(relation.key().get(i)) + " = " + Sql.literal(key.get(i)))
            .collect(Collectors.joining(" AND "));
  }

  private String populated(String base, Map<String, String> row) {
    return "jsonb_populate_record("
        + base
        + ", jsonb_build_object("
        + row.entrySet().stream()
            .map(
                e ->
                    Sql.literal(e.getKey())
                        + ", "
                        + Sql.literal(e.getValue())
                        + "::"
                        + relation.field(e.getKey()).type())
            .collect(Collectors.joining(", "))
        + "))";
  }
}
