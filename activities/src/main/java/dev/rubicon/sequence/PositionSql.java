package dev.rubicon.sequence;

import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;

/** The statements that ask where a sequence stands beside its columns, and that set it. */
final class PositionSql {
  private PositionSql() {}

  /**
   * The literals have the type that the index has an operator for. One that cycles hands out low
   * numbers again by intent: it is behind only where the very next one is in use.
   */
  static String position(Feeding sequence, List<Feeding.Column> asked) {
    boolean up = sequence.ascending();
    String end = literal(up ? sequence.most() : sequence.least());
    String anew = sequence.cycles() ? literal(up ? sequence.least() : sequence.most()) : "NULL";
    // The last position from which one more step stays inside.
    BigInteger last =
        BigInteger.valueOf(up ? sequence.most() : sequence.least())
            .subtract(BigInteger.valueOf(sequence.increment()))
            .max(BigInteger.valueOf(Long.MIN_VALUE))
            .min(BigInteger.valueOf(Long.MAX_VALUE));
    var columns = new StringBuilder();
    for (Feeding.Column column : asked) {
      String rounded = column.type().startsWith("numeric") ? (up ? "floor(%s)" : "ceil(%s)") : "%s";
      columns.append(
          (sequence.cycles()
                  ? ", (SELECT %1$s::bigint FROM %3$s WHERE %2$s = n.next LIMIT 1)"
                  : ", (SELECT %1$s::bigint FROM %3$s WHERE %2$s %4$s n.next AND %2$s %5$s %6$s)")
              .formatted(
                  rounded.formatted(
                      sequence.cycles()
                          ? column.sql()
                          : (up ? "max(" : "min(") + column.sql() + ")"),
                  column.sql(),
                  column.table().sql(),
                  up ? ">=" : "<=",
                  up ? "<=" : ">=",
                  end));
    }
    return """
    SELECT s.last_value, s.is_called, n.next%s
    FROM %s s, LATERAL (
      SELECT CASE WHEN NOT s.is_called THEN s.last_value
                  WHEN s.last_value %s %s THEN %s
                  ELSE s.last_value + %s END AS next) n
    """
        .formatted(
            columns,
            sequence.name().sql(),
            up ? ">" : "<",
            literal(last.longValueExact()),
            anew,
            literal(sequence.increment()));
  }

  /** As a repair does it, so that nobody draws a number between the look and the call. */
  static String setting(Feeding sequence, List<Feeding.Column> asked) {
    boolean up = sequence.ascending();
    return """
    BEGIN;
    -- as it is: others wait for numbers until COMMIT
    ALTER SEQUENCE %1$s INCREMENT BY %2$d;
    SELECT setval('%3$s', %4$s) FROM %1$s;
    COMMIT;
    """
        .formatted(
            sequence.name().sql(),
            sequence.increment(),
            sequence.name().sql().replace("'", "''"),
            inSteps(
                sequence,
                (up ? "greatest" : "least") + "(last_value, " + outermost(sequence, asked) + ")"));
  }

  /** Its own numbers alone: others may draw those between. */
  private static String inSteps(Feeding sequence, String outermost) {
    long step = sequence.increment();
    return Math.abs(step) == 1
        ? outermost
        : "last_value + (%1$s - last_value + (%2$d)) / (%3$d) * (%3$d)"
            .formatted(outermost, step - Long.signum(step), step);
  }

  private static String outermost(Feeding sequence, List<Feeding.Column> asked) {
    boolean up = sequence.ascending();
    return asked.stream()
        .map(
            column ->
                "(SELECT %s(%s)::bigint FROM %s WHERE %2$s %s %d)"
                    .formatted(
                        up ? "max" : "min",
                        column.sql(),
                        column.table().sql(),
                        up ? "<=" : ">=",
                        SequenceReader.end(sequence)))
        .collect(Collectors.joining(", "));
  }

  private static String literal(long number) {
    return "'" + number + "'::bigint";
  }
}
