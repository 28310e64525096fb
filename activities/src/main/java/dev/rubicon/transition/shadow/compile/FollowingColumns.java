package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.column;
import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.expression.ExpressionProbe;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.KeyMap;
import dev.rubicon.transition.shadow.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which columns of either side follow the other, and by what: as the runbook says, or a column of
 * the same name.
 *
 * @param given canonical columns that the runbook names
 */
record FollowingColumns(
    String id,
    TableShape legacy,
    TableShape canonical,
    Map<String, ColumnMapping> given,
    KeyMaps maps,
    Optional<KeyMap> keyMap,
    ExpressionProbe probe) {

  /** What a column of the same name gives without being asked for. */
  private boolean same(String name) {
    return !given.containsKey(name)
        && legacy.column(name).isPresent()
        && canonical.column(name).filter(c -> !c.generated()).isPresent();
  }

  /** Compiled over legacy, whose shape the probe has. */
  List<Derived> ups() {
    var ups = new ArrayList<Derived>();
    for (TableShape.Column target : canonical.columns()) {
      String name = target.name();
      String where = canonical.name() + "." + name + " up";
      if (same(name)) {
        // Compiled only so that PostgreSQL refuses a conversion that it cannot do.
        probe.compile(id + "_same", Identifiers.quote(name), target.type(), where);
        keeps(legacy.column(name).orElseThrow(), target);
        ups.add(new Derived(name, target.type(), Source.column(name)));
      } else if (given.containsKey(name) && given.get(name).up().isPresent()) {
        Optional<Source> mapped =
            maps.source(given.get(name).up().get(), "up", legacy, keyMap, where);
        if (mapped.isPresent()) {
          ups.add(new Derived(name, target.type(), mapped.get()));
          continue;
        }
        CompiledExpression up =
            probe.compile(
                id + "_up_" + ups.size(), given.get(name).up().get(), target.type(), where);
        ups.add(new Derived(name, target.type(), Source.of(up)));
      }
    }
    return ups;
  }

  private void keeps(TableShape.Column was, TableShape.Column becomes) {
    if (!Widening.keeps(was.type(), becomes.type())) {
      throw unsupported(
          "%s.%s is %s, and %s in %s: what that makes of each value is for the runbook to say"
              .formatted(legacy.name(), was.name(), was.type(), becomes.type(), canonical.name()),
          "give the column an up:, and a down: or the reason why it is irreversible:");
    }
  }

  /** Compiled over canonical, whose shape the probe has by then. */
  List<Derived> downs(Runbook.Transition transition, List<Derived> ups) {
    var expressions = new LinkedHashMap<String, String>();
    for (ColumnMapping mapping : transition.columns()) {
      mapping
          .down()
          .forEach(
              (to, expression) -> {
                String name = column(to);
                writable(legacy, name, "down: legacy column");
                String before = expressions.putIfAbsent(name, expression);
                if (before != null && !before.equals(expression)) {
                  throw unsupported(
                      legacy.name() + "." + name + " down is given twice, differently",
                      "give it once");
                }
              });
    }
    var downs = new ArrayList<Derived>();
    for (TableShape.Column target : legacy.columns()) {
      String name = target.name();
      String where = legacy.name() + "." + name + " down";
      if (expressions.containsKey(name)) {
        Optional<Source> mapped =
            maps.source(expressions.get(name), "down", canonical, keyMap, where);
        if (mapped.isPresent()) {
          downs.add(new Derived(name, target.type(), mapped.get()));
          continue;
        }
        CompiledExpression down =
            probe.compile(
                id + "_down_" + downs.size(), expressions.get(name), target.type(), where);
        downs.add(new Derived(name, target.type(), Source.of(down)));
      } else if (!target.generated()
          && same(name)
          && ups.stream().anyMatch(up -> up.column().equals(name))) {
        probe.compile(id + "_same", Identifiers.quote(name), target.type(), where);
        downs.add(new Derived(name, target.type(), Source.column(name)));
      }
    }
    return downs;
  }

  static void writable(TableShape table, String name, String what) {
    Optional<TableShape.Column> column = table.column(name);
    if (column.isEmpty()) {
      throw unsupported(
          what + " " + name + ": " + table.name() + " has no such column",
          "name a column that is there, or let the migration create it");
    }
    if (column.get().generated()) {
      throw unsupported(
          what + " " + table.name() + "." + name + " is generated, nobody can write it",
          "leave it out: PostgreSQL computes it");
    }
  }

  /** A NOT NULL column that neither side fills would refuse every row from the other side. */
  static void filled(TableShape table, List<Derived> derived, String which, String who) {
    for (TableShape.Column column : table.columns()) {
      boolean given = derived.stream().anyMatch(d -> d.column().equals(column.name()));
      if (column.notNull()
          && !given
          && !column.generated()
          && !column.identity()
          && column.defaultExpression().isEmpty()) {
        throw unsupported(
            table.name()
                + "."
                + column.name()
                + " is NOT NULL and "
                + who
                + " would leave it empty",
            which.equals("legacy")
                ? "give it a down: or a default"
                : "give it an up:, or a default in the migration");
      }
    }
  }
}
