package dev.rubicon.oracle;

import dev.rubicon.oracle.Relation.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A relation that takes no part in the transition and points at one that does. In either reference
 * it points at that side's relation.
 */
record Child(Relation relation, List<String> columns, String action) {

  static Child draw(Random random, int number, Relation parent) {
    var columns = new ArrayList<String>();
    var fields = new ArrayList<Field>();
    fields.add(
        new Field(
            "id",
            "integer",
            true,
            Optional.empty(),
            r -> Integer.toString(r.nextInt(1_000_000_000))));
    for (String key : parent.identity()) {
      String name = "of " + key;
      columns.add(name);
      fields.add(new Field(name, parent.field(key).type(), false, Optional.empty(), r -> null));
    }
    fields.add(new Field("note", "text", false, Optional.of("none"), Type.TEXT.values));
    String name = "child_" + number;
    String action =
        switch (random.nextInt(4)) {
          case 0 -> " ON DELETE CASCADE ON UPDATE CASCADE";
          case 1 -> " ON DELETE SET NULL ON UPDATE CASCADE";
          case 2 -> " ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED";
          default -> " DEFERRABLE INITIALLY DEFERRED";
        };
    return new Child(
        new Relation(
            name,
            fields,
            List.of("id"),
            List.of("id"),
            Optional.empty(),
            Places.stays("public." + Sql.quote(name))),
        columns,
        action);
  }

  String constraint(String schema, String parent, List<String> key) {
    return "ALTER TABLE "
        + schema
        + "."
        + Sql.quote(relation.name())
        + " ADD CONSTRAINT "
        + Sql.quote(relation.name() + "_fkey")
        + " FOREIGN KEY ("
        + Sql.quote(columns)
        + ") REFERENCES "
        + parent
        + " ("
        + Sql.quote(key)
        + ")"
        + action;
  }
}
