package dev.rubicon.runbook;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One check of smoke, rehearsal or watch. */
public sealed interface Check {
  String name();

  /**
   * @param status expected
   * @param json JSON pointer to expected value (as text)
   * @param capture variable name to JSON pointer, for later checks
   */
  record Http(
      String name, HttpCall call, int status, Map<String, String> json, Map<String, String> capture)
      implements Check {
    public Http {
      json = Collections.unmodifiableMap(new LinkedHashMap<>(json));
      capture = Collections.unmodifiableMap(new LinkedHashMap<>(capture));
    }
  }

  /**
   * @param parameters values of the {@code ?} placeholders, {@code ${name}} replaced; bound as
   *     text, cast in the query
   * @param expect rows expected, cells as text, null for NULL; no rows expected when empty
   */
  record Sql(String name, String query, List<String> parameters, List<List<String>> expect)
      implements Check {
    public Sql {
      parameters = List.copyOf(parameters);
      expect = List.copyOf(expect);
    }
  }

  /** A program run on the worker; succeeds when it exits 0 within the timeout. */
  record Command(String name, List<String> argv, Duration timeout) implements Check {
    public Command {
      argv = List.copyOf(argv);
    }
  }

  /**
   * Fresh rows exported as Parquet and read by DuckDB together with an export of a local canonical
   * database.
   *
   * @param export name of the DuckDB view to the SQL query run on the target
   * @param local name of the DuckDB view to SQL run on a canonical scratch database filled by
   *     {@code localSql}
   * @param localSql files applied to the canonical scratch database first (sample rows)
   * @param query DuckDB SQL over those views
   * @param expect as in {@link Sql}
   */
  record DuckDb(
      String name,
      Map<String, String> export,
      Map<String, String> local,
      List<String> localSql,
      String query,
      List<List<String>> expect)
      implements Check {
    public DuckDb {
      export = Collections.unmodifiableMap(new LinkedHashMap<>(export));
      local = Collections.unmodifiableMap(new LinkedHashMap<>(local));
      localSql = List.copyOf(localSql);
      expect = List.copyOf(expect);
    }
  }

  /**
   * An error counter read over HTTP; alerts when it grew by more than allowed since watch began.
   *
   * @param pointer JSON pointer to the number
   */
  record Counter(String name, HttpCall call, String pointer, long maxIncrease) implements Check {}
}
