package dev.rubicon.oracle;

import dev.rubicon.runbook.LegacyName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One relation of one side.
 *
 * @param key the primary key
 * @param identity what links a row with its counterpart, as far as there is one
 * @param layout how it is partitioned, if it is
 * @param places its names in the database under transition: before the cutover and after it
 */
record Relation(
    String name,
    List<Field> fields,
    List<String> key,
    List<String> identity,
    Optional<Layout> layout,
    Places places) {

  /** A partitioning: {@code by} and the bounds of the partitions. */
  record Layout(String by, List<String> bounds) {}

  /**
   * Quoted, with schema.
   *
   * @param after empty where clients lose the name
   * @param view whether the name is a view's after the cutover
   */
  record Places(String before, Optional<String> after, boolean view) {
    String name(RolloutStage.Names names) {
      return names == RolloutStage.Names.BEFORE ? before : after.orElseThrow();
    }

    static Places stays(String name) {
      return new Places(name, Optional.of(name), false);
    }

    static Places of(String name, LegacyName fate) {
      return new Places(
          name,
          fate == LegacyName.HIDE ? Optional.empty() : Optional.of(name),
          fate == LegacyName.VIEW);
    }
  }

  Stream<String> names() {
    return fields.stream().map(Field::name);
  }

  Field field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  List<String> key(Map<String, String> row) {
    return key.stream().map(row::get).toList();
  }

  List<String> identity(Map<String, String> row) {
    return identity.stream().map(row::get).toList();
  }

  /** A column that the other side does not have, so that no statement can mistake the relation. */
  String own() {
    return names().filter(n -> n.startsWith("own")).findFirst().orElse(key.getFirst());
  }

  /** CREATE TABLE and its partitions. */
  List<String> create(String schema, String called) {
    String at = schema + "." + Sql.quote(called);
    var sql = new ArrayList<String>();
    sql.add(
        "CREATE TABLE "
            + at
            + " ("
            + String.join(", ", fields.stream().map(Field::ddl).toList())
            + ", PRIMARY KEY ("
            + Sql.quote(key)
            + "))"
            + layout.map(l -> " PARTITION BY " + l.by()).orElse(""));
    layout.ifPresent(
        l -> {
          for (int i = 0; i < l.bounds().size(); i++) {
            sql.add(
                "CREATE TABLE "
                    + schema
                    + "."
                    + Sql.quote(called + " part " + i)
                    + " PARTITION OF "
                    + at
                    + " "
                    + l.bounds().get(i));
          }
        });
    return sql;
  }
}
