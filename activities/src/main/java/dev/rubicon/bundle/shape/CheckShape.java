package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.atLeastOne;
import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Lists.map;
import static dev.rubicon.yaml.Lists.nonEmptyMap;
import static dev.rubicon.yaml.Scalars.anyText;
import static dev.rubicon.yaml.Scalars.cell;
import static dev.rubicon.yaml.Scalars.matching;
import static dev.rubicon.yaml.Scalars.number;
import static dev.rubicon.yaml.Scalars.rows;
import static dev.rubicon.yaml.Scalars.text;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.HttpCall;
import dev.rubicon.yaml.Choice;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import dev.rubicon.yaml.Mapping;
import dev.rubicon.yaml.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** HTTP calls, and the checks of smoke, rehearsal and watch: one method per kind of check. */
final class CheckShape {
  private static final String SECRET_HEADERS =
      "authorization|proxy-authorization|cookie|x-api-key|x-auth-token";

  /** User and password before the host, or a value of what such a parameter is called. */
  private static final Pattern SECRET_URL =
      Pattern.compile(
          "(?i)//(?!\\$\\{[^}]*}(:\\$\\{[^}]*})?@)[^/?#@]+@"
              + "|[?&](password|passwd|pass|secret|client_secret|token|access_token|auth"
              + "|api[-_]?key|key|sig|signature)=(?!\\$\\{)[^&#]");

  private CheckShape() {}

  static Decoder<HttpCall> call() {
    var methods = new LinkedHashMap<String, String>();
    List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE").forEach(m -> methods.put(m, m));
    var keys = new Keys();
    var method = keys.or("method", word(methods), "GET", "HTTP method");
    var url =
        keys.required(
            "url",
            matching(
                "^(https?://|\\$\\{)\\S+$",
                "an http:// or https:// URL, or one that begins with ${variable}"),
            "where to; ${name} is replaced by a variable of the target or an earlier capture");
    var headers =
        keys.or(
            "headers",
            map(matching("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", "a header's name"), anyText()),
            "{}",
            "request headers; ${name} is replaced");
    var body = keys.optional("body", anyText(), "request body; ${name} is replaced");
    var timeout =
        keys.or("timeout", Durations.positive(), "10s", "until the whole answer is there");
    return keys.into(
            v -> {
              v.get(headers)
                  .forEach(
                      (name, value) -> {
                        if (name.toLowerCase(Locale.ROOT).matches(SECRET_HEADERS)
                            && !value.contains("${")) {
                          v.problem(
                              headers,
                              "header '"
                                  + name
                                  + "' holds a literal credential: use ${name} and the target's"
                                  + " variables");
                        }
                      });
              if (SECRET_URL.matcher(v.get(url)).find()) {
                v.problem(
                    url,
                    "the URL holds a literal credential: use ${name} and the target's variables");
              }
              return new HttpCall(
                  v.get(method), v.get(url), v.get(headers), v.get(body), v.get(timeout));
            })
        .named("http-call");
  }

  static Decoder<Check> check() {
    var kinds = new LinkedHashMap<String, Mapping<? extends Check>>();
    kinds.put("http", http());
    kinds.put("sql", sql());
    kinds.put("command", command());
    kinds.put("duckdb", duckdb());
    kinds.put("counter", counter());
    return Choice.<Check>byKey(kinds).named("check");
  }

  /** Checks whose names differ. */
  static Decoder<List<Check>> checks() {
    return Distinct.by(list(check()), "name", Check::name);
  }

  private static Mapping<Check.Http> http() {
    var keys = new Keys();
    var name = name(keys);
    var call = keys.required("http", call(), "the call");
    var status = keys.or("status", number(100, 599), "200", "status code expected");
    var json = keys.or("json", map(pointer(), cell()), "{}", "JSON pointer to the value expected");
    var capture =
        keys.or(
            "capture",
            map(variable(), pointer()),
            "{}",
            "variable for later checks to JSON pointer");
    return keys.into(
        v ->
            new Check.Http(
                v.get(name),
                v.get(call),
                Math.toIntExact(v.get(status)),
                v.get(json),
                v.get(capture)));
  }

  private static Mapping<Check.Sql> sql() {
    var keys = new Keys();
    var name = name(keys);
    var sql = keys.required("sql", OneSql.query(), "one query, run read-only on the target");
    var parameters =
        keys.or(
            "parameters",
            list(cell()),
            "[]",
            "values of the ? placeholders, bound as text; ${name} is replaced");
    var expect =
        keys.or("expect", rows(), "[]", "rows expected, cells as text; left out: no rows at all");
    return keys.into(
        v -> {
          if (v.get(sql).indexOf('?') < 0 && !v.get(parameters).isEmpty()) {
            v.problem(parameters, "the query has no ? for these parameters");
          }
          rectangular(v, expect);
          return new Check.Sql(v.get(name), v.get(sql), v.get(parameters), v.get(expect));
        });
  }

  private static Mapping<Check.Command> command() {
    var keys = new Keys();
    var name = name(keys);
    var command =
        keys.required(
            "command", atLeastOne(text()), "program and arguments; run on the worker, no shell");
    var timeout = keys.or("timeout", Durations.positive(), "30s", "after which it is ended");
    return keys.into(v -> new Check.Command(v.get(name), v.get(command), v.get(timeout)));
  }

  private record Export(
      Map<String, String> export, Map<String, String> local, List<String> localSql, String query) {}

  private static Mapping<Check.DuckDb> duckdb() {
    var inner = new Keys();
    var export =
        inner.required(
            "export",
            nonEmptyMap(variable(), OneSql.query()),
            "DuckDB view to a query on the target");
    var local =
        inner.or(
            "local",
            map(variable(), OneSql.query()),
            "{}",
            "DuckDB view to a query on a canonical scratch database");
    var localSql =
        inner.or(
            "local-sql",
            list(Names.file()),
            "[]",
            "files that fill the canonical scratch database");
    var query = inner.required("query", text(), "DuckDB SQL over these views");
    var tables =
        inner.into(
            v -> {
              v.get(local).keySet().stream()
                  .filter(v.get(export)::containsKey)
                  .forEach(view -> v.problem(local, "view '" + view + "' is in export too"));
              if (v.get(local).isEmpty() && v.has(localSql)) {
                v.problem(localSql, "fills a database that no 'local' view reads");
              }
              return new Export(v.get(export), v.get(local), v.get(localSql), v.get(query));
            });

    var keys = new Keys();
    var name = name(keys);
    var duckdb = keys.required("duckdb", tables, "what is exported, and asked of it");
    var expect =
        keys.or("expect", rows(), "[]", "rows expected, cells as text; left out: no rows at all");
    return keys.into(
        v -> {
          rectangular(v, expect);
          Export e = v.get(duckdb);
          return new Check.DuckDb(
              v.get(name), e.export(), e.local(), e.localSql(), e.query(), v.get(expect));
        });
  }

  private record Count(HttpCall call, String pointer, long maxIncrease) {}

  private static Mapping<Check.Counter> counter() {
    var inner = new Keys();
    var call = inner.required("call", call(), "where the counter is read");
    var pointer = inner.required("pointer", pointer(), "JSON pointer to the number");
    var maxIncrease =
        inner.or("max-increase", number(0, Long.MAX_VALUE), "0", "growth since watch began");
    var count = inner.into(v -> new Count(v.get(call), v.get(pointer), v.get(maxIncrease)));

    var keys = new Keys();
    var name = name(keys);
    var counter = keys.required("counter", count, "an error counter that must not grow");
    return keys.into(
        v -> {
          Count c = v.get(counter);
          return new Check.Counter(v.get(name), c.call(), c.pointer(), c.maxIncrease());
        });
  }

  private static dev.rubicon.yaml.Key<String> name(Keys keys) {
    return keys.required("name", text(), "what it is called in outputs");
  }

  private static Decoder<String> pointer() {
    return matching("^(/([^~]|~[01])*)?$", "a JSON pointer such as /usage/checks");
  }

  static Decoder<String> variable() {
    return matching("^[A-Za-z_][A-Za-z0-9_]*$", "a name of letters, digits and underscores");
  }

  private static void rectangular(Values v, dev.rubicon.yaml.Key<List<List<String>>> expect) {
    if (v.get(expect).stream().mapToInt(List::size).distinct().count() > 1
        || v.get(expect).stream().anyMatch(List::isEmpty)) {
      v.problem(expect, "every row must have the same number of cells, and at least one");
    }
  }
}
