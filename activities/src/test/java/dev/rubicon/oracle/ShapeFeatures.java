package dev.rubicon.oracle;

import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;

/** What distinguishes a shape from others of its kind, as {@code feature: value}. */
final class ShapeFeatures {
  private ShapeFeatures() {}

  static List<String> of(Shape shape) {
    var features = new ArrayList<String>();
    Relation legacy = shape.relations(Side.LEGACY).getFirst();
    Relation canonical = shape.relations(Side.CANONICAL).getFirst();
    features.add("keys: " + keys(legacy, canonical));
    features.add("key columns: " + legacy.key().size());
    if (!canonical.key().equals(canonical.identity())) {
      features.add("canonical's key holds the partition's column besides");
    }
    if (legacy.layout().isPresent() || canonical.layout().isPresent()) {
      features.add("partitions: " + layout(legacy) + " to " + layout(canonical));
    }
    shape.child().ifPresent(c -> features.add("foreign key along:" + c.action()));
    if (canonical.places().before().startsWith("canon.")) {
      features.add("canonical is in another schema");
    }
    if (!canonical.places().before().equals(canonical.places().after().orElse(""))) {
      features.add("canonical is built under another name");
    }
    for (Runbook.Transition transition : shape.transitions()) {
      transition.shadow().ifPresent(s -> features.add("legacy's name: " + s.legacyName()));
      transition
          .shadow()
          .ifPresent(s -> s.foreignKeys().forEach(f -> features.add("foreign key of a part")));
      transition.columns().forEach(c -> columns(features, c));
    }
    for (Side side : Side.values()) {
      shape.relations(side).stream()
          .flatMap(r -> r.fields().stream())
          .filter(f -> f.fallback().isPresent() && !f.name().startsWith("own"))
          .forEach(f -> features.add("a default: " + side + (f.notNull() ? ", NOT NULL" : "")));
    }
    return features.stream().distinct().toList();
  }

  private static String keys(Relation legacy, Relation canonical) {
    String from = legacy.key().getFirst();
    String to = canonical.identity().getFirst();
    boolean sameType = legacy.field(from).type().equals(canonical.field(to).type());
    return (from.equals(to) ? "carried" : "computed") + (sameType ? "" : ", of another type");
  }

  private static String layout(Relation relation) {
    return relation.layout().map(l -> l.by().split(" ")[0]).orElse("none");
  }

  private static void columns(List<String> features, ColumnMapping column) {
    String ways =
        (column.up().isPresent() ? "up" : "")
            + (column.down().isEmpty() ? "" : " down " + column.down().size());
    features.add("a column: " + (ways.isEmpty() ? "new" : ways.strip()));
    if (column.defaultExpression().isPresent()) {
      features.add("a fallback" + (column.nullable() ? "" : ", NOT NULL"));
    }
  }
}
