package dev.rubicon.check;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Target;
import dev.rubicon.runbook.Check;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a list of checks in order on the target of a phase; what one captures, those after it can
 * name. All of them run, even when one fails: the list of failures is what a human decides on.
 *
 * <p>Failing to reach the target or the staging server is no verdict on the change: it is thrown.
 */
public final class CheckRunner implements AutoCloseable {
  private final PhaseContext context;
  private final HttpCaller caller;
  private final DuckDbCheck duckDb;
  private final Counters counters;

  public CheckRunner(PhaseContext context, Target staging) {
    this(context, staging, Optional.empty(), Map.of());
  }

  /**
   * @param staging server on which DuckDB checks build a local canonical database
   * @param artefacts where exported Parquet files stay; empty: they are deleted
   * @param baselines where counters stood, by check; those missing are taken at their first run
   */
  public CheckRunner(
      PhaseContext context, Target staging, Optional<Path> artefacts, Map<String, Long> baselines) {
    this.context = context;
    this.caller = new HttpCaller(context.progress());
    this.duckDb = new DuckDbCheck(staging, artefacts);
    this.counters = new Counters(baselines);
  }

  /** One result per check, in the runbook's order. */
  public List<CheckResult> run(List<Check> checks) {
    var variables = Variables.of(context);
    var results = new ArrayList<CheckResult>();
    for (Check check : checks) {
      context.progress().checkCancelled();
      context.progress().update(check.name(), results.size(), checks.size(), "");
      long start = System.nanoTime();
      Outcome outcome = run(check, variables);
      variables = variables.with(outcome.captured());
      long millis = (System.nanoTime() - start) / 1_000_000;
      results.add(new CheckResult(check.name(), outcome.passed(), outcome.detail(), millis));
    }
    return List.copyOf(results);
  }

  /** Where each counter stood first. */
  public Map<String, Long> baselines() {
    return counters.baselines();
  }

  private Outcome run(Check check, Variables variables) {
    try {
      return switch (check) {
        case Check.Http http -> HttpCheck.run(http, caller, variables);
        case Check.Sql sql -> SqlCheck.run(sql, context, variables);
        case Check.Command command -> CommandCheck.run(command, context.progress(), variables);
        case Check.DuckDb duck -> duckDb.run(duck, context, variables);
        case Check.Counter counter -> counters.run(counter, caller, variables);
      };
    } catch (RubiconException e) {
      if (e.code() == ErrorCode.VARIABLE_UNKNOWN) {
        // An earlier check that failed captured nothing; its own result says why.
        return Outcome.failed(e.getMessage());
      }
      throw e;
    }
  }

  @Override
  public void close() {
    caller.close();
  }
}
