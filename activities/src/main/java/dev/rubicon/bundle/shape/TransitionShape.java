package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Lists.map;
import static dev.rubicon.yaml.Scalars.flag;
import static dev.rubicon.yaml.Scalars.text;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook.Transition;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.runbook.change.Change;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Keys;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Transitions: one legacy relation to one canonical relation. */
final class TransitionShape {
  private TransitionShape() {}

  static Decoder<List<Transition>> transitions() {
    return Distinct.by(
        list(transition()),
        "relation",
        t ->
            RelationName.parse(t.relation()).sql()
                + t.shadow().map(s -> " to " + RelationName.parse(s.to()).sql()).orElse(""));
  }

  private static Decoder<Transition> transition() {
    var keys = new Keys();
    var relation = keys.required("relation", Names.relation(), "legacy relation, schema.name");
    var kind =
        keys.or(
            "kind",
            word(Transition.Kind.class),
            "in-place",
            "in-place: the canonical columns are added to the same table; shadow: canonical is"
                + " another relation, which a migration of expand creates");
    var to =
        keys.optional("to", Names.relation(), "shadow: the canonical relation from the cutover on");
    var builtAs =
        keys.optional(
            "built-as", Names.relation(), "shadow: its name until the cutover, where that differs");
    var legacyName =
        keys.or(
            "legacy-name",
            word(LegacyName.class),
            "keep",
            "shadow: what becomes of the legacy name at the cutover: keep, view or hide");
    var foreignKeys =
        keys.or(
            "foreign-keys",
            Distinct.by(list(foreignKey()), "name", f -> Names.folded(f.name())),
            "[]",
            "foreign keys of canonical, added and validated once every row is there");
    var rows =
        keys.optional(
            "rows",
            OneSql.expression(),
            "shadow: SQL condition over the legacy columns: which legacy rows canonical has; so one"
                + " relation is split into several");
    var canonicalRows =
        keys.optional(
            "canonical-rows",
            OneSql.expression(),
            "shadow: SQL condition over the canonical columns: which canonical rows legacy has; so"
                + " several relations are merged into one");
    var partOf =
        keys.or(
            "part-of",
            word(PartOf.class),
            "neither",
            "shadow: neither: row for row; legacy: canonical's row is a part of legacy's;"
                + " canonical: legacy's row is a part of canonical's");
    var columns =
        keys.or(
            "columns",
            Distinct.by(list(column()), "name", c -> Names.folded(c.name())),
            "[]",
            "canonical columns; shadow: those that are not simply the legacy column of that name");
    var names =
        keys.or(
            "names",
            map(Names.identifier(), Names.identifier()),
            "{}",
            "shadow: constraints, indexes and identity sequences that the migration had to name"
                + " otherwise, to the names that they get with the cutover");
    var change =
        keys.optional(
            "change",
            ChangeShape.columns(),
            "the short form: what becomes other of which column, and nothing else; the rest is"
                + " taken from the catalog");
    var rename =
        keys.optional(
            "rename",
            Names.identifier(),
            "the short form: the relation's name from the cutover on; the old one becomes a view"
                + " until contract");
    return keys.into(
        v -> {
          if (v.has(change) || v.has(rename)) {
            for (var key :
                List.of(
                    kind,
                    to,
                    builtAs,
                    legacyName,
                    foreignKeys,
                    rows,
                    canonicalRows,
                    partOf,
                    columns,
                    names)) {
              if (v.has(key)) {
                v.problem(
                    key, "is of the long form, 'change' and 'rename' of the short one: say either");
              }
            }
            return new Transition(
                v.get(relation),
                Transition.Kind.SHADOW,
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.of(new Change(v.get(rename), v.get(change).orElse(Map.of()))));
          }
          boolean shadow = v.get(kind) == Transition.Kind.SHADOW;
          if (!shadow) {
            if (v.get(columns).isEmpty()) {
              v.problem("an in-place transition needs 'columns'");
            }
            for (var key : List.of(to, builtAs, rows, canonicalRows, names)) {
              if (v.has(key)) {
                v.problem(key, "only 'kind: shadow' has this");
              }
            }
            return new Transition(
                v.get(relation),
                v.get(kind),
                v.get(columns),
                Optional.empty(),
                v.get(foreignKeys),
                Optional.empty());
          }
          if (v.get(to).isEmpty()) {
            v.problem("a shadow transition needs 'to': the canonical relation");
            return new Transition(v.get(relation), v.get(kind), v.get(columns));
          }
          RelationName legacy = RelationName.parse(v.get(relation));
          RelationName canonical = RelationName.parse(v.get(to).get());
          boolean sameName = legacy.equals(canonical);
          if (sameName && v.get(builtAs).isEmpty()) {
            v.problem(to, "is the legacy relation's own name: say 'built-as' too");
          }
          if (sameName && v.get(legacyName) != LegacyName.HIDE) {
            v.problem(to, "takes the legacy relation's name: say 'legacy-name: hide'");
          }
          if (v.get(builtAs).isPresent()) {
            RelationName before = RelationName.parse(v.get(builtAs).get());
            if (before.equals(legacy) || before.equals(canonical)) {
              v.problem(builtAs, "must differ from 'relation' and from 'to'");
            }
            if (!before.schema().equals(canonical.schema())) {
              v.problem(builtAs, "must lie in the schema of 'to'");
            }
          }
          return new Transition(
              v.get(relation),
              v.get(kind),
              v.get(columns),
              Optional.of(
                  new Shadow(
                      v.get(to).get(),
                      v.get(builtAs),
                      v.get(legacyName),
                      v.get(foreignKeys),
                      v.get(rows),
                      v.get(canonicalRows),
                      v.get(partOf),
                      v.get(names))));
        });
  }

  private static Decoder<ForeignKey> foreignKey() {
    var keys = new Keys();
    var name = keys.required("name", Names.identifier(), "of the constraint");
    var sql = keys.required("sql", OneSql.foreignKey(), "from FOREIGN KEY on");
    return keys.into(v -> new ForeignKey(v.get(name), v.get(sql)));
  }

  private static Decoder<ColumnMapping> column() {
    var keys = new Keys();
    var name = keys.required("name", Names.identifier(), "canonical column, as in SQL");
    var type = keys.optional("type", OneSql.type(), "SQL type; in-place only, and needed there");
    var up =
        keys.optional(
            "up",
            OneSql.expression(),
            "SQL expression over the legacy columns; left out for a column that legacy knows"
                + " nothing of");
    var down =
        keys.or(
            "down",
            map(Names.identifier(), OneSql.expression()),
            "{}",
            "legacy column to SQL expression over the canonical columns");
    var irreversible = keys.optional("irreversible", text(), "why there is no down");
    var fallback =
        keys.optional(
            "default", OneSql.expression(), "SQL expression that becomes the column's default");
    var nullable = keys.or("nullable", flag(), "true", "false: validated NOT NULL at cutover");
    var check =
        keys.optional(
            "check",
            OneSql.expression(),
            "SQL condition, added NOT VALID, validated before cutover");
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
              v.get(type).orElse(""),
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
