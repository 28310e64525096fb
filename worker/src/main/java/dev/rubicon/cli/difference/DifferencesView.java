package dev.rubicon.cli.difference;

import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.compare.Differences;
import java.util.Locale;

/** What a comparison of two relations found, for people. */
final class DifferencesView {
  private DifferencesView() {}

  static String text(Differences found, Paint paint) {
    var text = new StringBuilder();
    var table = new Table("", "relation", "rows");
    table.row("left", name(found.left()), Long.toString(found.left().rows()));
    table.row("right", name(found.right()), Long.toString(found.right().rows()));
    text.append(table.text(paint)).append('\n');
    text.append(
        found.key().isEmpty()
            ? "compared as multisets: no key pairs the rows\n"
            : "paired by " + String.join(", ", found.key()) + "\n");
    if (!found.oneSnapshot()) {
      text.append(
          "a snapshot of each database: what is written in between shows as a difference\n");
    }
    if (found.agrees()) {
      return text.append(paint.good("both relations hold the same")).toString();
    }
    text.append('\n');
    String atLeast = found.complete() ? "" : "at least ";
    text.append(atLeast + found.missing() + " rows are missing on the right\n");
    text.append(atLeast + found.extra() + " rows are extra on the right\n");
    text.append(atLeast + found.differing() + " rows differ");
    text.append(found.mismatches().isEmpty() ? "\n" : ", in " + found.mismatches() + "\n");
    if (!found.complete()) {
      text.append(
          found.narrowedChunks()
              + " of "
              + found.differingChunks()
              + " differing chunks were narrowed down to rows; narrow the question with --where\n");
    }
    found.rows().forEach(row -> row(found, row, text));
    long all = found.missing() + found.extra() + found.differing();
    long told = found.rows().stream().mapToLong(Differences.Row::times).sum();
    if (all > told) {
      text.append("  … and ").append(all - told).append(" more\n");
    }
    return text.append(paint.bad("they differ")).toString();
  }

  private static String name(Differences.Side side) {
    return side.target() + ":" + side.relation();
  }

  private static void row(Differences found, Differences.Row row, StringBuilder text) {
    text.append("  ").append(row.kind().name().toLowerCase(Locale.ROOT));
    if (!row.key().isEmpty()) {
      text.append(' ')
          .append(String.join(", ", found.key()))
          .append(" = ")
          .append(String.join(", ", row.key()));
    }
    if (row.times() > 1) {
      text.append(' ').append(row.times()).append(" times");
    }
    if (!row.columns().isEmpty()) {
      text.append(": ").append(String.join(", ", row.columns()));
    }
    text.append('\n');
    row.values()
        .forEach(
            (column, values) -> {
              text.append("    ").append(column).append(": ");
              switch (row.kind()) {
                case MISSING -> text.append(shown(values.left()));
                case EXTRA -> text.append(shown(values.right()));
                case DIFFERS -> text.append(shown(values.left()) + " | " + shown(values.right()));
              }
              text.append('\n');
            });
  }

  /** Quoted, so that a trailing space and NULL show. */
  private static String shown(String value) {
    return value == null ? "NULL" : "'" + value.replaceAll("\\p{Cntrl}", "·") + "'";
  }
}
