package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.RowSecurity;
import dev.rubicon.table.TableRefusals;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.Derived;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What stands in the way of a shadow, named before anything is touched. */
record ShadowRefusals(PgSession session) {

  /**
   * A row of a query has at most 1,664 columns (PostgreSQL documentation, appendix K); beside both
   * sides' it has keys.
   */
  private static final int MOST_COLUMNS = 1_600;

  void table(TableShape table) {
    String name = table.name().toString();
    TableRefusals.table(table, "a shadow transition needs tables on both sides");
    first(
            """
            SELECT t.tgname FROM pg_trigger t
            WHERE t.tgrelid = ?::bigint::oid AND NOT t.tgisinternal AND t.tgtype & 2 = 0
              AND t.tgtype & 1 = 1 AND t.tgname < '!rubicon' COLLATE "C"
              AND t.tgfoid <> ALL (?::bigint[]::oid[])
            """,
            table.oid(),
            KeyHolders.array(session, table))
        .ifPresent(
            trigger -> {
              throw unsupported(
                  "trigger " + trigger + " on " + name + " would run before Rubicon's",
                  "rename it so that it sorts after '!rubicon'");
            });
    first(
            """
            SELECT r.rulename FROM pg_rewrite r
            WHERE r.ev_class = ?::bigint::oid AND r.rulename <> '_RETURN'
            """,
            table.oid())
        .ifPresent(
            rule -> {
              throw unsupported(
                  "rule " + rule + " on " + name + " rewrites what clients write",
                  "turn it into a trigger");
            });
    new RowSecurity(session).refuseForced(table);
  }

  /** Row security of one side that the other would not have. */
  void rowSecurity(TableShape legacy, TableShape canonical, boolean view) {
    var rows = new RowSecurity(session);
    rows.refuseLost(
        legacy.name().toString(), legacy.oid(), canonical.name().toString(), canonical.oid());
    rows.refuseOtherOwner(legacy, canonical);
    if (view) {
      rows.refuseView(legacy.name().toString(), legacy.oid());
    }
  }

  /** A crash of the server would empty one side, and the other would be taken for what differs. */
  void persistence(TableShape legacy, TableShape canonical) {
    Optional<String> ofLegacy = unlogged(legacy);
    Optional<String> ofCanonical = unlogged(canonical);
    if (ofLegacy.isPresent() != ofCanonical.isPresent()) {
      String which = ofLegacy.or(() -> ofCanonical).orElseThrow();
      throw unsupported(
          "%s is unlogged, and %s is not: a crash of the server would empty one side of the two"
              .formatted(which, (ofLegacy.isPresent() ? canonical : legacy).name()),
          ofLegacy.isPresent()
              ? "ALTER TABLE " + which + " SET LOGGED, or let the migration make canonical unlogged"
              : "leave UNLOGGED out of the migration");
    }
  }

  /** The table, or the first of its partitions. */
  private Optional<String> unlogged(TableShape table) {
    return first(
        """
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relpersistence = 'u'
          AND (c.oid = ?::bigint::oid
               OR c.oid IN (SELECT relid FROM pg_partition_tree(?::bigint::oid::regclass)))
        ORDER BY 1
        LIMIT 1
        """,
        table.oid(), table.oid());
  }

  /** Both sides of a row are compared as one row of a join. */
  static void width(TableShape legacy, TableShape canonical) {
    int columns = legacy.columns().size() + canonical.columns().size();
    if (columns > MOST_COLUMNS) {
      throw unsupported(
          "%s and %s have %d columns together, and a comparison of both has room for %d"
              .formatted(legacy.name(), canonical.name(), columns, MOST_COLUMNS),
          "change the table in place, or divide it first");
    }
  }

  /** Foreign keys between shadows must wait until every row is there. */
  void foreignKeys(TableShape canonical, Runbook runbook) {
    List<String> others =
        runbook.transitions().stream()
            .flatMap(t -> t.shadow().stream())
            .map(s -> RelationName.parse(s.before()).toString())
            .toList();
    record Key(String name, String target) {}
    List<Key> keys =
        session.query(
            """
            SELECT c.conname, n.nspname || '.' || r.relname FROM pg_constraint c
            JOIN pg_class r ON r.oid = c.confrelid JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE c.conrelid = ?::bigint::oid AND c.contype = 'f' AND c.conparentid = 0
            """,
            row -> new Key(row.getString(1), row.getString(2)),
            canonical.oid());
    for (Key key : keys) {
      if (others.contains(key.target())) {
        throw unsupported(
            "foreign key "
                + key.name()
                + " of "
                + canonical.name()
                + " points at "
                + key.target()
                + ", whose rows are still being copied: clients of legacy would be refused",
            "take it out of the migration and name it under the transition's foreign-keys:");
      }
    }
  }

  private Optional<String> first(String sql, Object... parameters) {
    return session.first(sql, row -> row.getString(1), parameters);
  }

  /** A trigger that sees a row as it was finds NULL where a virtual column was. */
  static void virtual(
      TableShape read,
      TableShape written,
      List<Derived> derived,
      Optional<CompiledExpression> rows,
      String which) {
    for (TableShape.Column column : read.columns()) {
      if (!column.virtual()) {
        continue;
      }
      Stream<String> readers =
          Stream.concat(
              derived.stream()
                  .filter(d -> d.source().inputs().contains(column.name()))
                  .map(d -> written.name() + "." + d.column() + " " + which),
              rows
                  .filter(r -> r.inputs().stream().anyMatch(i -> i.column().equals(column.name())))
                  .map(r -> "the choice of rows of " + read.name())
                  .stream());
      readers
          .findFirst()
          .ifPresent(
              reader -> {
                throw unsupported(
                    reader + " reads the virtual generated column " + column.name(),
                    "write that column's own expression there");
              });
    }
  }
}
