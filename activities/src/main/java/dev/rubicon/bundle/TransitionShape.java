package dev.rubicon.bundle;

import static dev.rubicon.yaml.Lists.atLeastOne;
import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Lists.map;
import static dev.rubicon.yaml.Scalars.flag;
import static dev.rubicon.yaml.Scalars.text;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.runbook.Runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook.Transition;
import dev.rubicon.target.RelationName;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Keys;
import java.util.List;

/** Transitions: one legacy relation to one canonical relation. */
final class TransitionShape {
  private TransitionShape() {}

  static Decoder<List<Transition>> transitions() {
    return Distinct.by(list(transition()), "relation", t -> RelationName.parse(t.relation()).sql());
  }

  private static Decoder<Transition> transition() {
    var keys = new Keys();
    var relation = keys.required("relation", Names.relation(), "legacy relation, schema.name");
    var kind =
        keys.or(
            "kind",
            word(Transition.Kind.class),
            "in-place",
            "in-place: the canonical columns are added to the same table");
    var columns =
        keys.required(
            "columns",
            Distinct.by(atLeastOne(column()), "name", c -> Names.folded(c.name())),
            "canonical columns");
    return keys.into(v -> new Transition(v.get(relation), v.get(kind), v.get(columns)));
  }

  private static Decoder<ColumnMapping> column() {
    var keys = new Keys();
    var name = keys.required("name", Names.identifier(), "canonical column, as in SQL");
    var type = keys.required("type", text(), "?", "SQL type");
    var up =
        keys.optional(
            "up",
            text(),
            "SQL expression over the legacy columns; left out for a column that legacy knows"
                + " nothing of");
    var down =
        keys.or(
            "down",
            map(Names.identifier(), text()),
            "{}",
            "legacy column to SQL expression over the canonical columns");
    var irreversible = keys.optional("irreversible", text(), "why there is no down");
    var fallback =
        keys.optional("default", text(), "SQL expression that becomes the column's default");
    var nullable = keys.or("nullable", flag(), "true", "false: validated NOT NULL at cutover");
    var check =
        keys.optional("check", text(), "SQL condition, added NOT VALID, validated before cutover");
    var comment = keys.optional("comment", text(), "the column's comment");
    return keys.into(
        v -> {
          boolean downGiven = v.has(down);
          boolean reasonGiven = v.has(irreversible);
          if (downGiven && reasonGiven) {
            v.problem(irreversible, "has both 'down' and 'irreversible': one of them is not true");
          }
          if (v.has(up) && !downGiven && !reasonGiven) {
            v.problem(
                "column has 'up' without 'down': say how legacy is kept, or 'irreversible:"
                    + " reason'");
          }
          if (v.writtenEmpty(down)) {
            v.problem(down, "names no legacy column");
          }
          if (!v.has(up) && downGiven) {
            v.problem(down, "has 'down' without 'up': nothing would fill the column");
          }
          if (!v.has(up) && reasonGiven) {
            v.problem(irreversible, "has no 'up', so there is nothing that cannot be reversed");
          }
          if (v.has(nullable) && !v.get(nullable) && !v.has(up) && !v.has(fallback)) {
            v.problem(nullable, "needs 'up' or 'default': rows that are there would be NULL");
          }
          return new ColumnMapping(
              v.get(name),
              v.get(type),
              v.get(up),
              v.get(down),
              v.get(irreversible),
              v.get(fallback),
              v.get(nullable),
              v.get(check),
              v.get(comment));
        });
  }
}
