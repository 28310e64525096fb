package dev.rubicon.oracle;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Policies of a case, in half of the cases. A tenant has the rows whose key falls to it, on either
 * side by that side's own key: what one side's policies let through the other side's may forbid.
 */
final class RowSecurity {
  static final int TENANTS = 4;

  /** Each lets a tenant through, or not; most rows are everybody's, so that most writes are. */
  enum Policies {
    /** What is another's is not there. */
    OWN_ROWS {
      @Override
      List<String> create(String table, String mine) {
        return List.of("CREATE POLICY mine ON " + table + " USING (" + mine + ")");
      }
    },
    /** Everybody reads everything. */
    OWN_WRITES {
      @Override
      List<String> create(String table, String mine) {
        return List.of(
            "CREATE POLICY reads ON " + table + " FOR SELECT USING (true)",
            "CREATE POLICY inserts ON " + table + " FOR INSERT WITH CHECK (" + mine + ")",
            "CREATE POLICY updates ON " + table + " FOR UPDATE USING (" + mine + ")",
            "CREATE POLICY deletes ON " + table + " FOR DELETE USING (" + mine + ")");
      }
    },
    /** A row may be given away, and is gone then. */
    GIVEN_AWAY {
      @Override
      List<String> create(String table, String mine) {
        return List.of(
            "CREATE POLICY everything ON " + table + " USING (true)",
            "CREATE POLICY but_mine ON "
                + table
                + " AS RESTRICTIVE FOR UPDATE USING ("
                + mine
                + ") WITH CHECK (true)");
      }
    };

    abstract List<String> create(String table, String mine);
  }

  private final Shape shape;
  private final boolean on;
  private final Map<Side, Policies> policies = new EnumMap<>(Side.class);

  RowSecurity(Random random, Shape shape, Server server) {
    this.shape = shape;
    // Before 15 no view reads with its client's rights, and the plan refuses one.
    boolean view =
        shape.relations(Side.LEGACY).stream().anyMatch(relation -> relation.places().view());
    this.on = random.nextBoolean() && (server.version() >= 15 || !view);
    Policies[] all = Policies.values();
    policies.put(Side.LEGACY, all[random.nextInt(all.length)]);
    policies.put(
        Side.CANONICAL,
        shape.inPlace() ? policies.get(Side.LEGACY) : all[random.nextInt(all.length)]);
  }

  boolean on() {
    return on;
  }

  /** For the relations of a side as the database under transition has them before the cutover. */
  List<String> create(Side side) {
    return side == Side.CANONICAL && shape.inPlace()
        ? List.of()
        : shape.relations(side).stream()
            .flatMap(r -> of(side, r, r.places().before()).stream())
            .toList();
  }

  /** For the same relations in the reference. */
  List<String> reference(Side side) {
    return shape.relations(side).stream()
        .flatMap(r -> of(side, r, Reference.name(side, r)).stream())
        .toList();
  }

  private List<String> of(Side side, Relation relation, String table) {
    if (!on || shape.child().filter(c -> c.relation() == relation).isPresent()) {
      return List.of();
    }
    String key =
        relation.key().stream()
            .map(k -> Sql.quote(k) + "::text")
            .collect(Collectors.joining(" || "));
    String mine =
        "abs(hashtext((%s) COLLATE \"C\") %% %d)::text <> current_setting('oracle.tenant', true)"
            .formatted(key, TENANTS);
    var sql = new ArrayList<>(policies.get(side).create(table, mine));
    sql.add("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
    return sql;
  }

  List<String> features() {
    return on
        ? List.of(
            "row security, "
                + (shape.inPlace()
                    ? "in place"
                    : "legacy's name: "
                        + shape.transitions().getFirst().shadow().orElseThrow().legacyName()))
        : List.of();
  }
}
