package dev.rubicon.transition.inplace;

import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.table.KeyColumn;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A retired column kept aside: key and value in a table of schema {@code rubicon_archive}, outside
 * the owner's schemas, readable by its owner only. Copied before the short transaction that drops
 * the column: legacy has been quiet, so what came later is derived from canonical anyway.
 */
public final class InPlaceArchive {
  private static final String SCHEMA = "rubicon_archive";

  private InPlaceArchive() {}

  /** One table per column; it exists only when it is complete. None where it does. */
  public static List<Step> copy(PgSession session, InPlacePlan plan, String column) {
    String name = plan.relation().schema() + "." + plan.relation().name() + "." + column;
    String table = SCHEMA + "." + Identifiers.quote(Identifiers.fitting(name));
    if (session.value("SELECT to_regclass(?) IS NOT NULL", table).equals("t")) {
      return List.of();
    }
    String columns =
        Stream.concat(
                plan.key().stream().map(KeyColumn::name).filter(k -> !k.equals(column)),
                Stream.of(column))
            .map(Identifiers::quote)
            .collect(Collectors.joining(", "));
    return Stream.of(
            "CREATE SCHEMA IF NOT EXISTS " + SCHEMA,
            "REVOKE ALL ON SCHEMA " + SCHEMA + " FROM PUBLIC",
            "CREATE TABLE " + table + " AS SELECT " + columns + " FROM " + plan.relation().sql(),
            "COMMENT ON TABLE "
                + table
                + " IS "
                + Identifiers.literal("Archived by Rubicon: " + name))
        .map(sql -> Step.of("archive " + plan.relation() + "." + column, sql))
        .toList();
  }
}
