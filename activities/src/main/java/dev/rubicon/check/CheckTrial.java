package dev.rubicon.check;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Target;
import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.HttpCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Checks that are first made after the crossing, tried on the clone as far as that goes without the
 * calls before them, whose effects they may count on: PostgreSQL takes the query, its rows have the
 * columns expected, every variable is known. What they answer is not judged.
 */
public final class CheckTrial {
  /** In place of what an earlier check would have captured: fits into a URL and into JSON. */
  private static final String CAPTURED = "0";

  private final PhaseContext clone;
  private final Variables variables;
  private final DuckDbCheck duckDb;

  /**
   * @param production whose variables the checks will have
   * @param clone after its crossing
   * @param staging server on which DuckDB checks build a local canonical database
   */
  public CheckTrial(PhaseContext production, PhaseContext clone, Target staging) {
    this.clone = clone;
    this.variables = Variables.of(production);
    this.duckDb = new DuckDbCheck(staging, Optional.empty());
  }

  /**
   * @param list that the checks are of, for the names of the results
   */
  public List<CheckResult> run(String list, List<Check> checks) {
    Variables known = variables;
    var results = new ArrayList<CheckResult>();
    for (Check check : checks) {
      clone.progress().checkCancelled();
      clone.progress().update(list + " " + check.name(), results.size(), checks.size(), "");
      long start = System.nanoTime();
      Outcome outcome = attempt(check, known);
      known = known.with(outcome.captured());
      results.add(
          new CheckResult(
              list + " " + check.name(),
              outcome.passed(),
              outcome.detail(),
              (System.nanoTime() - start) / 1_000_000));
    }
    return List.copyOf(results);
  }

  private Outcome attempt(Check check, Variables known) {
    try {
      return switch (check) {
        case Check.Sql sql -> {
          sql.expect().stream().flatMap(List::stream).forEach(cell -> resolve(cell, known));
          yield SqlCheck.parse(sql, clone, known);
        }
        case Check.DuckDb duck -> {
          duck.expect().stream().flatMap(List::stream).forEach(cell -> resolve(cell, known));
          yield duckDb.attempt(duck, clone);
        }
        case Check.Http http -> {
          http.json().values().forEach(value -> resolve(value, known));
          Map<String, String> captured =
              http.capture().keySet().stream()
                  .collect(Collectors.toMap(name -> name, _ -> CAPTURED));
          yield call(http.call(), known, captured);
        }
        case Check.Counter counter -> call(counter.call(), known, Map.of());
        case Check.Command command -> {
          command.argv().forEach(argument -> resolve(argument, known));
          yield Outcome.ok();
        }
      };
    } catch (RubiconException e) {
      if (e.code() == ErrorCode.VARIABLE_UNKNOWN) {
        return Outcome.failed(e.getMessage());
      }
      throw e;
    }
  }

  /** That it can be made, without making it. */
  private static Outcome call(HttpCall call, Variables known, Map<String, String> captured) {
    try {
      var ignored = HttpCaller.request(call, known, Map.of(), call.timeout());
      return Outcome.ok(captured);
    } catch (HttpCaller.NoAnswer e) {
      return Outcome.failed(e.getMessage());
    }
  }

  /** A cell may be NULL. */
  private static void resolve(String template, Variables known) {
    if (template != null) {
      String ignored = known.resolve(template);
    }
  }
}
