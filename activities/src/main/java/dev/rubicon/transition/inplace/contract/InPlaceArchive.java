package dev.rubicon.transition.inplace.contract;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.table.KeyColumn;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.ArrayList;
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

  /**
   * One table per column, taken anew by every attempt to end: until the column goes it is written.
   */
  public static List<Step> copy(PgSession session, InPlacePlan plan, String column) {
    String name = plan.relation().schema() + "." + plan.relation().name() + "." + column;
    String table = SCHEMA + "." + Identifiers.quote(Identifiers.fitting(name));
    boolean there = session.value("SELECT to_regclass(?) IS NOT NULL", table).equals("t");
    if (there && !ours(session, table)) {
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          table + " is there, and not by this rollout: " + name + " cannot be archived",
          "rename or drop it, then: rubicon contract");
    }
    String columns =
        Stream.concat(
                plan.key().stream().map(KeyColumn::name).filter(k -> !k.equals(column)),
                Stream.of(column))
            .map(Identifiers::quote)
            .collect(Collectors.joining(", "));
    var sql = new ArrayList<String>();
    if (there) {
      sql.add("DELETE FROM rubicon.archived WHERE relation = " + regclass(table));
      sql.add("DROP TABLE " + table);
    }
    sql.addAll(
        List.of(
            "CREATE SCHEMA IF NOT EXISTS " + SCHEMA,
            "REVOKE ALL ON SCHEMA " + SCHEMA + " FROM PUBLIC",
            "CREATE TABLE " + table + " AS SELECT " + columns + " FROM " + plan.relation().sql(),
            "COMMENT ON TABLE "
                + table
                + " IS "
                + Identifiers.literal("Archived by Rubicon: " + name),
            "INSERT INTO rubicon.archived VALUES (" + regclass(table) + ")"));
    return sql.stream()
        .map(each -> Step.of("archive " + plan.relation() + "." + column, each))
        .toList();
  }

  private static boolean ours(PgSession session, String table) {
    return session
        .value(
            "SELECT EXISTS (SELECT FROM rubicon.archived WHERE relation = to_regclass(?))", table)
        .equals("t");
  }

  private static String regclass(String table) {
    return Identifiers.literal(table) + "::pg_catalog.regclass";
  }
}
