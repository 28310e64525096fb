package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is done to the row's counterpart on the other side: statements over {@code before}, the row
 * as it was, and {@code now_}, as it is by now.
 */
final class Counterpart {
  private final Direction way;
  private final Parts parts;

  Counterpart(Direction way, Parts parts) {
    this.way = way;
    this.parts = parts;
  }

  /** The counterpart of {@code before} goes, or loses its part. */
  String clear() {
    return way.part()
        ? parts.clear()
        : "DELETE FROM %s t WHERE %s;\n".formatted(way.toView(), mine("before"));
  }

  /** A row that has our key may have come from another relation: that one is not ours to touch. */
  private String mine(String row) {
    return way.match("t", row) + way.alsoOurs("t");
  }

  /** The same, and sees to it that the row was not merely out of sight. */
  String remove(String otherwise) {
    return way.part()
        ? parts.clear()
        : clear()
            + otherwise
            + "IF NOT FOUND AND blind"
            + (way.rows().isPresent() ? " AND " + way.has("before") : "")
            + " THEN\n"
            + probe("before").indent(2)
            + "END IF;\n";
  }

  /** All that the part holds, into the row that is there already. */
  String setAll() {
    String sets =
        way.sets().stream()
            .filter(d -> !way.to().identity().contains(d.column()))
            .map(d -> d.quoted() + " = " + d.over("now_"))
            .collect(Collectors.joining(",\n    "));
    return "UPDATE %s AS t SET\n    %s\n  WHERE %s\n  RETURNING t.* INTO got;\n"
        .formatted(way.toView(), sets, way.match("t", "now_"));
  }

  String anyChanged() {
    return way.sets().stream()
        .filter(d -> !way.to().identity().contains(d.column()))
        .map(d -> Direction.changed(d, "before", "now_"))
        .distinct()
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(" OR "), s -> s.isEmpty() ? "false" : s));
  }

  String insert(String row, boolean upsert) {
    String conflict = "";
    boolean shared = upsert && way.shares();
    if (upsert) {
      // Where the row may be another's, it is locked at least, so that we see whose it is.
      List<Derived> rest =
          way.sets().stream().filter(d -> shared || !way.to().key().contains(d.column())).toList();
      String target =
          way.to().key().stream().map(Identifiers::quote).collect(Collectors.joining(", "));
      conflict =
          "\n  ON CONFLICT ("
              + target
              + ") "
              + (rest.isEmpty()
                  ? "DO NOTHING"
                  : "DO UPDATE SET "
                      + rest.stream()
                          .map(d -> d.quoted() + " = EXCLUDED." + d.quoted())
                          .collect(Collectors.joining(", ")))
              + (shared ? "\n  WHERE " + Direction.holds(way.otherRows(), "t") : "");
    }
    return "INSERT INTO %s AS t (%s)%s\n  VALUES (%s)%s\n  RETURNING t.* INTO got;%s"
        .formatted(
            way.toView(),
            columns(),
            overriding(),
            way.sets().stream().map(d -> d.over(row)).collect(Collectors.joining(", ")),
            conflict,
            shared ? "\n" + taken() : "");
  }

  /** As the other side's key would say, if it did not have to let our own rows through. */
  private String taken() {
    return """
    IF NOT FOUND THEN
      RAISE EXCEPTION 'rubicon: % has a row with this key that does not come from %', %s, TG_TABLE_NAME
        USING ERRCODE = 'unique_violation';
    END IF;\
    """
        .replace("%s", Identifiers.literal(way.to().name().toString()));
  }

  private String overriding() {
    return way.to().alwaysIdentity() ? " OVERRIDING SYSTEM VALUE" : "";
  }

  private String columns() {
    return way.sets().stream().map(Derived::quoted).collect(Collectors.joining(", "));
  }

  /** Only what changed: a value that the other side wrote itself must not be derived again. */
  String update(boolean withIdentity, String at) {
    var sets =
        way.sets().stream()
            .filter(d -> withIdentity || !way.to().identity().contains(d.column()))
            .map(
                d ->
                    way.to().identity().contains(d.column())
                        ? d.quoted() + " = " + d.over("now_")
                        : d.quoted()
                            + " = CASE WHEN "
                            + Direction.changed(d, "before", "now_")
                            + " THEN "
                            + d.over("now_")
                            + " ELSE t."
                            + d.quoted()
                            + " END")
            .toList();
    if (sets.isEmpty()) {
      return "SELECT t.* INTO got FROM " + way.toView() + " t WHERE " + mine(at) + ";";
    }
    return "UPDATE %s AS t SET\n    %s\n  WHERE %s\n  RETURNING t.* INTO got;"
        .formatted(way.toView(), String.join(",\n    ", sets), mine(at));
  }

  /** The part stands under the new key already, if a foreign key has taken it along. */
  String takenAlong() {
    return parts.follows()
        ? "\nIF NOT FOUND THEN\n" + update(false, "now_").indent(2) + "END IF;\n"
        : "";
  }

  /**
   * A row that was committed after this transaction's snapshot cannot be seen by an UPDATE or
   * DELETE, but the unique index sees it: PostgreSQL answers 40001, and the client tries again,
   * instead of a row that silently comes back.
   */
  String probe(String row) {
    return """
    INSERT INTO %s AS t (%s)%s
      VALUES (%s) ON CONFLICT DO NOTHING;
    DELETE FROM %s t WHERE %s;
    """
        .formatted(
            way.toView(),
            columns(),
            overriding(),
            way.sets().stream().map(d -> d.over(row)).collect(Collectors.joining(", ")),
            way.toView(),
            way.match("t", row));
  }
}
