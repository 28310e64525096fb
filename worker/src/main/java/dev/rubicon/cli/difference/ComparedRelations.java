package dev.rubicon.cli.difference;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.compare.Question;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Two relations to compare, outside of any rollout. */
final class ComparedRelations {
  private static final int MOST_JOBS = 16;

  @Option(
      names = "--left",
      paramLabel = "TARGET:SCHEMA.NAME",
      description = "Compare this relation; TARGET: may be left out where rubicon.yaml has one.")
  private String left;

  @Option(
      names = "--right",
      paramLabel = "TARGET:SCHEMA.NAME",
      description = "With this one, in the same database or in another.")
  private String right;

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      split = ",",
      description = "Columns that pair the rows (default: the primary key).")
  private List<String> key = List.of();

  @Option(
      names = "--unkeyed",
      description = "Do not pair rows: compare both relations as multisets.")
  private boolean unkeyed;

  @Option(
      names = "--columns",
      paramLabel = "COLUMN",
      split = ",",
      description = "What is compared (default: all columns, which both sides must have).")
  private List<String> columns = List.of();

  @Option(
      names = "--map",
      paramLabel = "LEFT=RIGHT",
      split = ",",
      description = "A column and its name on the right. Everywhere else the left's name is used.")
  private Map<String, String> mapped = Map.of();

  @Option(
      names = "--cast",
      paramLabel = "COLUMN=TYPE",
      description = "Turn both sides of a column into this type first.")
  private Map<String, String> casts = Map.of();

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description = "Compare only rows for which this holds, on both sides.")
  private String where;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "2",
      description = "Connections that read each side (default: ${DEFAULT-VALUE}).")
  private int jobs = 2;

  @Option(
      names = "--max-mismatches",
      paramLabel = "N",
      defaultValue = "20",
      description = "Rows that are named at most (default: ${DEFAULT-VALUE}); all are counted.")
  private int most = 20;

  @Option(names = "--show-values", description = "Show the values of rows that differ.")
  private boolean values;

  /** Whether relations were named, rather than a rollout. */
  boolean asked() {
    return left != null || right != null;
  }

  Question question(RubiconCommand root, RubiconConfig config) {
    if (left == null || right == null) {
      throw usage("--left and --right go together", "name both relations");
    }
    if (unkeyed && !key.isEmpty()) {
      throw usage("--unkeyed and --key contradict each other", "leave one of them out");
    }
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw usage("--jobs is " + jobs, "choose 1 to " + MOST_JOBS);
    }
    if (most < 0 || most > 10_000) {
      throw usage("--max-mismatches is " + most, "choose 0 to 10000");
    }
    var names = new LinkedHashMap<String, String>();
    mapped.forEach((name, other) -> names.put(column(name), column(other)));
    var types = new LinkedHashMap<String, String>();
    casts.forEach((name, type) -> types.put(column(name), type));
    return new Question(
        side(root, config, left),
        side(root, config, right),
        columns(key),
        unkeyed,
        columns(columns),
        names,
        types,
        Optional.ofNullable(where),
        jobs,
        most,
        values);
  }

  private static Question.Side side(RubiconCommand root, RubiconConfig config, String text) {
    int colon = text.indexOf(':');
    String target = root.target(config, colon < 0 ? null : text.substring(0, colon));
    try {
      return new Question.Side(
          config.target(target), RelationName.parse(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw usage(text + ": " + e.getMessage(), "write TARGET:schema.name as SQL would read it");
    }
  }

  private static List<String> columns(List<String> texts) {
    return texts.stream().map(ComparedRelations::column).toList();
  }

  /** As in SQL: folded to lower case unless quoted. */
  private static String column(String text) {
    try {
      List<String> parts = Identifiers.split(text.strip());
      if (parts.size() == 1) {
        return parts.getFirst();
      }
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage(), "write names of columns as SQL would read them");
    }
    throw usage("not a column: " + text, "write names of columns as SQL would read them");
  }

  private static RubiconException usage(String cause, String next) {
    return new RubiconException(ErrorCode.USAGE, cause, next);
  }
}
