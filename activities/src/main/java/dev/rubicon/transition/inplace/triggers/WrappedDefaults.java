package dev.rubicon.transition.inplace.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.transition.inplace.Group;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the defaults that were wrapped stand by now: what the owner has set meanwhile is the
 * owner's, and a column may have another name, or be gone.
 */
public interface WrappedDefaults {

  /** The name of that relation's column whose default is still the wrapped one. */
  Optional<String> column(RelationName relation, Group.Legacy column);

  /** Sets what stands on single partitions in the place of the wrapped default of that column. */
  List<String> others(Group.Legacy column);

  /** As the installation left them. */
  static WrappedDefaults asInstalled() {
    return new WrappedDefaults() {
      @Override
      public Optional<String> column(RelationName relation, Group.Legacy column) {
        return Optional.of(column.name());
      }

      @Override
      public List<String> others(Group.Legacy column) {
        return List.of();
      }
    };
  }

  /** As the catalog shows them. */
  static WrappedDefaults found(PgSession session, InPlacePlan plan) {
    return new Found(
        session.query(
            """
            SELECT n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid)
            FROM (SELECT to_regclass(?) AS relid
                  UNION SELECT relid FROM pg_partition_tree(to_regclass(?))) r
            JOIN pg_class c ON c.oid = r.relid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            ORDER BY 1, 2
            """,
            row ->
                new Found.Default(
                    new RelationName(row.getString(1), row.getString(2)),
                    row.getString(3),
                    Optional.ofNullable(row.getString(4))),
            plan.relation().sql(),
            plan.relation().sql()),
        plan.relation());
  }

  /** What was found. */
  record Found(List<Default> defaults, RelationName root) implements WrappedDefaults {
    private static final Pattern OURS =
        Pattern.compile("rubicon\\.omitted\\('[^']*'::text, [('](\\d+)");

    /** A column with the default that it has. */
    record Default(RelationName relation, String column, Optional<String> expression) {
      private boolean ours(Group.Legacy legacy) {
        Matcher ours = OURS.matcher(expression.orElse(""));
        return ours.lookingAt() && Long.parseLong(ours.group(1)) == InPlacePlan.omittedBit(legacy);
      }
    }

    @Override
    public Optional<String> column(RelationName relation, Group.Legacy column) {
      return defaults.stream()
          .filter(d -> d.relation().equals(relation) && d.ours(column))
          .map(Default::column)
          .findFirst();
    }

    @Override
    public List<String> others(Group.Legacy column) {
      Optional<String> name = column(root, column);
      return defaults.stream()
          .filter(d -> !d.relation().equals(root) && !d.ours(column))
          .filter(d -> name.equals(Optional.of(d.column())))
          .map(
              d ->
                  "ALTER TABLE ONLY %s ALTER COLUMN %s %s"
                      .formatted(
                          d.relation().sql(),
                          Identifiers.quote(d.column()),
                          d.expression().map(e -> "SET DEFAULT " + e).orElse("DROP DEFAULT")))
          .toList();
    }
  }
}
