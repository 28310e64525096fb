package dev.rubicon.partition;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.Partitions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The SQL of {@code <table>_ensure_partitions}, {@code <table>_detach_older_than} and their like:
 * functions of the owner's, in the relation's schema, which need nothing of Rubicon. They go by the
 * bounds that stand in the catalog, not by names, so partitions that somebody made by hand count.
 */
public final class PartitionFunctions {
  private static final SqlTemplate SQL = SqlTemplate.of("partition/sql/functions.sql.ftl");

  /** PostgreSQL cuts names off there; see NAMEDATALEN in its documentation. */
  private static final int NAME_BYTES = 63;

  private static final String ENSURE = "_ensure_partitions";
  private static final String DETACH = "_detach_older_than";
  private static final String DETACH_STATEMENTS = "_detach_statements";
  private static final String DROP = "_drop_detached";

  private PartitionFunctions() {}

  /** How many bytes a relation's name may have, for the names of its functions to be whole. */
  public static int longestName() {
    return NAME_BYTES - Math.max(ENSURE.length(), DETACH_STATEMENTS.length());
  }

  /** Whether the names of its functions would be cut off. */
  public static boolean tooLong(Partitions partitions) {
    String name = RelationName.parse(partitions.relation()).name();
    return name.getBytes(StandardCharsets.UTF_8).length > longestName();
  }

  /** As a migration: what is there already is not replaced. */
  public static String create(List<Partitions> all) {
    return script(all, "");
  }

  /** As a script that can be run again. */
  public static String createOrReplace(List<Partitions> all) {
    return script(all, "OR REPLACE ");
  }

  /** What takes them away. */
  public static String drop(List<Partitions> all) {
    var sql = new StringBuilder();
    for (Partitions one : all.reversed()) {
      signatures(one).reversed().forEach(f -> sql.append("DROP FUNCTION ").append(f).append(";\n"));
    }
    return sql.toString();
  }

  private static String script(List<Partitions> all, String replace) {
    var sql = new StringBuilder();
    all.forEach(one -> sql.append(SQL.render(model(one, replace))).append("\n\n"));
    return sql.toString();
  }

  private static Model model(Partitions one, String replace) {
    String unit = one.every().name().toLowerCase(Locale.ROOT);
    return new Model(
        RelationName.parse(one.relation()).sql(),
        Identifiers.literal(RelationName.parse(one.relation()).sql()),
        Identifiers.literal(RelationName.parse(one.relation()).schema()),
        unit,
        one.every() == Partitions.Unit.QUARTER ? "3 months" : "1 " + unit,
        Identifiers.literal(suffix(one.every())),
        Identifiers.literal(one.zone().getId()),
        Identifiers.literal(one.ahead()),
        one.keep().map(Identifiers::literal),
        one.dropAfter().map(Identifiers::literal),
        replace,
        function(one, ENSURE),
        function(one, DETACH),
        function(one, DETACH_STATEMENTS),
        function(one, DROP),
        signatures(one).stream().map(Identifiers::literal).toList());
  }

  private static List<String> signatures(Partitions one) {
    var signatures = new ArrayList<String>();
    signatures.add(function(one, ENSURE) + "(timestamptz, interval)");
    if (one.keep().isPresent()) {
      signatures.add(function(one, DETACH_STATEMENTS) + "(interval, timestamptz)");
      signatures.add(function(one, DETACH) + "(interval, timestamptz)");
    }
    if (one.dropAfter().isPresent()) {
      signatures.add(function(one, DROP) + "(interval, timestamptz)");
    }
    return signatures;
  }

  private static String function(Partitions one, String suffix) {
    RelationName relation = RelationName.parse(one.relation());
    return new RelationName(relation.schema(), relation.name() + suffix).sql();
  }

  /** How a partition's name ends, as to_char reads it. */
  private static String suffix(Partitions.Unit unit) {
    return switch (unit) {
      case HOUR -> "\"_\"YYYY_MM_DD\"t\"HH24";
      case DAY -> "\"_\"YYYY_MM_DD";
      case WEEK -> "\"_\"IYYY\"w\"IW";
      case MONTH -> "\"_\"YYYY_MM";
      case QUARTER -> "\"_\"YYYY\"q\"Q";
      case YEAR -> "\"_\"YYYY";
    };
  }

  private record Model(
      String relation,
      String relationText,
      String schemaText,
      String unit,
      String step,
      String suffix,
      String zone,
      String ahead,
      Optional<String> keep,
      Optional<String> dropAfter,
      String replace,
      String ensure,
      String detach,
      String detachStatements,
      String drop,
      List<String> signatures) {}
}
