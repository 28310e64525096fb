package dev.rubicon.transition.inplace.compile;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.inplace.Group;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The partitions of a table and their own defaults: an INSERT that names a partition follows the
 * partition's default, not the root's (PostgreSQL documentation, "CREATE TABLE", PARTITION OF).
 */
final class PartitionDefaults {
  private PartitionDefaults() {}

  /** Every partition at every level; none of a plain table. */
  static List<TableShape> shapes(PgSession session, TableShape table) {
    if (!table.kind().equals("p")) {
      return List.of();
    }
    return session
        .query(
            """
            SELECT n.nspname, c.relname FROM pg_partition_tree(?::bigint::oid::regclass) t
            JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE t.level > 0 ORDER BY t.level, n.nspname, c.relname
            """,
            row -> new RelationName(row.getString(1), row.getString(2)),
            table.oid())
        .stream()
        .map(relation -> TableShape.read(session, relation))
        .toList();
  }

  static List<InPlacePlan.Partition> own(List<TableShape> partitions, List<Group> groups) {
    return partitions.stream().map(partition -> own(partition, groups)).toList();
  }

  private static InPlacePlan.Partition own(TableShape partition, List<Group> groups) {
    var defaults = new LinkedHashMap<String, InPlacePlan.PartitionDefault>();
    for (Group group : groups) {
      for (Group.Legacy column : group.legacy()) {
        TableShape.Column its = partition.column(column.name()).orElseThrow();
        if (column.wrappedDefault().isPresent()
            && !its.defaultExpression().equals(column.defaultExpression())) {
          defaults.put(
              column.name(),
              new InPlacePlan.PartitionDefault(
                  its.defaultExpression(),
                  its.defaultExpression().or(its::domainDefault).orElse("NULL")));
        }
      }
    }
    return new InPlacePlan.Partition(partition.name(), defaults);
  }
}
