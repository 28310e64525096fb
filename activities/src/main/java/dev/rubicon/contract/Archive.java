package dev.rubicon.contract;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.TransitionPlan;
import java.util.stream.Collectors;

/**
 * A retired column kept aside: key and value in a table of schema {@code rubicon_archive}, outside
 * the owner's schemas, readable by its owner only. Copied before the short transaction that drops
 * the column: legacy has been quiet, so what came later is derived from canonical anyway.
 */
final class Archive {
  private static final String SCHEMA = "rubicon_archive";

  private Archive() {}

  /** One table per column; it exists only when it is complete. */
  static void copy(PgSession session, TransitionPlan plan, String column) {
    String name = plan.relation().schema() + "." + plan.relation().name() + "." + column;
    String table = SCHEMA + "." + Identifiers.quote(shorten(name, plan.id()));
    if (session.value("SELECT to_regclass(?) IS NOT NULL", table).equals("t")) {
      return;
    }
    String columns =
        java.util.stream.Stream.concat(
                plan.key().stream()
                    .map(TransitionPlan.KeyColumn::name)
                    .filter(k -> !k.equals(column)),
                java.util.stream.Stream.of(column))
            .map(Identifiers::quote)
            .collect(Collectors.joining(", "));
    session.inTransaction(
        () -> {
          session.execute("CREATE SCHEMA IF NOT EXISTS " + SCHEMA);
          session.execute("REVOKE ALL ON SCHEMA " + SCHEMA + " FROM PUBLIC");
          session.execute(
              "CREATE TABLE " + table + " AS SELECT " + columns + " FROM " + plan.relation().sql());
          session.execute(
              "COMMENT ON TABLE "
                  + table
                  + " IS "
                  + Identifiers.literal("Archived by Rubicon: " + name));
          return true;
        });
  }

  private static String shorten(String name, String id) {
    return name.length() <= 60
        ? name
        : name.substring(name.length() - 40) + "_" + id.substring(Math.max(0, id.length() - 8));
  }
}
