package dev.rubicon.transition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Each statement runs on a table without a rollout and on one side of one: it must answer the same,
 * and both sides must then hold what that table holds. {@code @} is what canonical's relation adds
 * to the name, {@code ^} what canonical's columns add to theirs, {@code #} begins the round's keys.
 *
 * @param legacyName what a shadow makes of the legacy name with the cutover
 * @param reads queries whose rows must be the same on either side after each statement
 * @param refused parts of the statements that the table refuses without a rollout, too
 * @param notOfAView parts of the statements that a view does not take
 */
record SameAnswers(
    boolean inPlace,
    LegacyName legacyName,
    List<String> statements,
    List<String> reads,
    List<String> refused,
    List<String> notOfAView) {
  private static final String FAILED = "failed: ";

  SameAnswers(boolean inPlace, LegacyName legacyName, List<String> statements, List<String> reads) {
    this(inPlace, legacyName, statements, reads, List.of(), List.of());
  }

  SameAnswers refused(String... parts) {
    return new SameAnswers(
        inPlace, legacyName, statements, reads, Arrays.asList(parts), notOfAView);
  }

  SameAnswers notOfAView(String... parts) {
    return new SameAnswers(inPlace, legacyName, statements, reads, refused, Arrays.asList(parts));
  }

  void throughARollout(Bench without, Bench bench) throws SQLException {
    bench.toVerified();
    try (Connection alone = without.connect("client");
        Connection client = bench.connect("client")) {
      round(alone, client, false, 1, false);
      round(alone, client, true, 2, false);
      assertThat(bench.verify().mismatches()).isZero();
      bench.cutover();
      round(alone, client, true, 3, true);
      if (legacyName != LegacyName.HIDE) {
        round(alone, client, false, 4, true);
      }
      assertThat(bench.verify().mismatches()).isZero();
      bench.rollback();
      round(alone, client, false, 5, false);
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  private void round(
      Connection alone, Connection client, boolean canonical, int round, boolean crossed)
      throws SQLException {
    boolean view = crossed && !canonical && !inPlace && legacyName == LegacyName.VIEW;
    var failed = new ArrayList<String>();
    for (String statement : statements) {
      if (view && any(notOfAView, statement)) {
        continue;
      }
      String sql = of(statement, canonical, round);
      String expected = answer(alone, of(statement, false, round));
      assertThat(answer(client, sql)).as(sql).isEqualTo(expected);
      if (expected.contains(FAILED)) {
        failed.add(statement);
      }
      for (String read : reads) {
        String rows = answer(alone, of(read, false, round));
        assertThat(rows).doesNotContain(FAILED);
        for (boolean side : new boolean[] {false, true}) {
          if (side || !crossed || inPlace || legacyName != LegacyName.HIDE) {
            assertThat(answer(client, of(read, side, round)))
                .as("canonical: %s, after %s", side, sql)
                .isEqualTo(rows);
          }
        }
      }
    }
    assertThat(failed)
        .as("those that the table refuses by itself, and no others")
        .isEqualTo(
            statements.stream()
                .filter(s -> any(refused, s) && !(view && any(notOfAView, s)))
                .toList());
  }

  private static boolean any(List<String> parts, String statement) {
    return parts.stream().anyMatch(statement::contains);
  }

  private String of(String sql, boolean canonical, int round) {
    return sql.replace("@", canonical && !inPlace ? "2" : "")
        .replace("^", canonical && inPlace ? "2" : "")
        .replace("#", String.valueOf(round));
  }

  /** Rows and counts of all its results, or the SQLSTATE. */
  private static String answer(Connection client, String sql) throws SQLException {
    var answers = new ArrayList<String>();
    try (var statement = client.createStatement()) {
      boolean rows = statement.execute(sql);
      while (rows || statement.getUpdateCount() >= 0) {
        if (rows) {
          var result = statement.getResultSet();
          while (result.next()) {
            var row = new ArrayList<String>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
              row.add(result.getString(i));
            }
            answers.add(row.toString());
          }
        } else {
          answers.add(String.valueOf(statement.getUpdateCount()));
        }
        rows = statement.getMoreResults();
      }
    } catch (SQLException e) {
      answers.clear();
      answers.add(FAILED + e.getSQLState());
    }
    if (sql.contains("RETURNING")) {
      answers.sort(null); // in whichever order the rows were found
    }
    for (String end : List.of("ROLLBACK", "RESET ROLE", "RESET ALL")) {
      try (var statement = client.createStatement()) {
        statement.execute(end);
      }
    }
    return answers.toString();
  }
}
