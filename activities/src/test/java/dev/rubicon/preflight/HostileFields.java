package dev.rubicon.preflight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every field of a runbook that is SQL, and every file, by what somebody might write there. */
final class HostileFields {
  static final String CANONICAL =
      """
      CREATE TABLE public.people (id bigint PRIMARY KEY, full_name text, ssn text, name text);
      CREATE TABLE public.victim (id int PRIMARY KEY);
      CREATE TABLE public.new_log (id bigint PRIMARY KEY, msg text);
      """;

  /** What each field holds where another is the hostile one. */
  private static final Map<String, String> EXPRESSIONS =
      Map.of(
          "up", "full_name",
          "down", "name",
          "default", "'x'",
          "check", "length(name) > 0",
          "rows", "id > 0",
          "canonical-rows", "id > 0",
          "shadow-up", "msg",
          "shadow-down", "msg");

  private static final List<String> QUERIES =
      List.of(
          "throttle",
          "invariant",
          "count",
          "post-condition",
          "smoke",
          "export",
          "local",
          "watch",
          "figure",
          "precondition",
          "own-invariant");

  private static final Map<String, String> OTHERS =
      Map.of(
          "type", "text",
          "index", "CREATE INDEX CONCURRENTLY i1 ON public.people (ssn)",
          "foreign-key", "FOREIGN KEY (name) REFERENCES public.victim (id) ON DELETE CASCADE");

  private static final List<String> FOR_EXPRESSIONS =
      List.of(
          "true); DROP TABLE IF EXISTS public.victim; SELECT (1",
          "full_name) STORED; COMMIT; DROP TABLE public.victim; --",
          "1; DROP TABLE public.victim",
          "1) OR (1=1",
          "1 -- the rest is gone",
          "1 /* the rest is gone",
          "'never ends",
          "$x$ never ends",
          "1, DROP COLUMN ssn",
          "1 UNION SELECT 2",
          "SELECT 1",
          "DELETE FROM public.victim",
          "U&'\\0027'",
          "$rubicon$; DROP TABLE public.victim; $rubicon$",
          "pg_catalog.pg_terminate_backend(1)::text",
          "pg_read_file('/etc/passwd')",
          "\"dblink_exec\"('dbname=postgres', 'ALTER ROLE x NOLOGIN')");

  private static final List<String> FOR_QUERIES =
      List.of(
          "SELECT 1; DROP TABLE public.victim",
          "SELECT 1 WHERE false; COMMIT; DELETE FROM public.victim; SELECT 1 WHERE false",
          "SELECT 1) AS a; COMMIT; DROP TABLE public.victim; SELECT (1",
          "COMMIT",
          "DELETE FROM public.victim",
          "WITH d AS (DELETE FROM public.victim RETURNING 1) SELECT * FROM d",
          "SELECT 1 INTO public.smuggled",
          "SET transaction_read_only = off",
          "COPY (SELECT 1) TO PROGRAM 'touch /tmp/hostile'",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
          "SELECT lo_export(1, '/tmp/hostile')",
          "SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t (a int)",
          "SELECT query_to_xml('COPY t TO PROGRAM ''x''', true, true, '')",
          "SELECT 'never ends",
          "SELECT 1 /* never ends",
          "-- nothing but this");

  private static final List<String> FOR_TYPES =
      List.of(
          "text DEFAULT 'x'",
          "text, DROP COLUMN ssn",
          "text; DROP TABLE public.victim",
          "text CHECK (true)",
          "text) STORED",
          "'text'",
          "varchar(4");

  private static final List<String> FOR_INDEXES =
      List.of(
          "CREATE INDEX CONCURRENTLY i1 ON public.people (ssn); DROP TABLE public.victim",
          "CREATE INDEX CONCURRENTLY i1 ON public.people (ssn",
          "CREATE INDEX CONCURRENTLY i1 ON public.people (ssn)); DROP TABLE public.victim; (",
          "DROP INDEX public.i1",
          "CREATE INDEX CONCURRENTLY i2 ON public.people (ssn)",
          "CREATE INDEX CONCURRENTLY i1 ON public.people (pg_read_file(ssn))");

  private static final List<String> FOR_KEYS =
      List.of(
          "FOREIGN KEY (name) REFERENCES public.victim (id); DROP TABLE public.victim",
          "FOREIGN KEY (name) REFERENCES public.victim (id), DROP COLUMN ssn",
          "CHECK (true)",
          "FOREIGN KEY (name) REFERENCES public.victim (id) -- rest",
          "FOREIGN KEY (name REFERENCES public.victim (id)",
          "FOREIGN KEY (name) REFERENCES public.victim (id) ADD COLUMN x int");

  private static final List<String> FILES =
      List.of(
          "canonical/schema.sql",
          "expand/V1__a.sql",
          "expand/U1__a.sql",
          "contract.sql",
          "local.sql");

  private static final List<String> IN_TRANSACTIONS =
      List.of("expand/V1__a.sql", "expand/U1__a.sql", "contract.sql");

  private static final List<String> BEYOND =
      List.of(
          "ALTER ROLE postgres NOLOGIN",
          "CREATE ROLE hostile SUPERUSER",
          "DROP ROLE IF EXISTS hostile_bystander",
          "ALTER/* */USER hostile_bystander NOLOGIN",
          "GRANT pg_monitor TO hostile_bystander",
          "REVOKE hostile_group FROM hostile_bystander",
          "GRANT CONNECT ON DATABASE postgres TO hostile_bystander",
          "ALTER SYSTEM SET work_mem = '1GB'",
          "CREATE DATABASE hostile",
          "ALTER DATABASE postgres CONNECTION LIMIT 0",
          "CREATE TABLESPACE hostile LOCATION '/tmp'",
          "COPY public.victim TO PROGRAM 'touch /tmp/hostile'",
          "COPY public.victim TO '/tmp/hostile'",
          "SELECT pg_reload_conf()",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'x'",
          "SELECT dblink_exec('dbname=postgres', 'ALTER ROLE hostile_bystander NOLOGIN')",
          "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false)",
          "COMMENT ON ROLE hostile_bystander IS 'hello'",
          "REASSIGN OWNED BY hostile_bystander TO postgres",
          "DO $$ BEGIN ALTER ROLE hostile_bystander NOLOGIN; END $$",
          "DO $$ BEGIN EXECUTE 'ALTER ROLE hostile_bystander NOLOGIN'; END $$",
          "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM pg_reload_conf();"
              + " END'");

  private static final List<String> ENDING_TRANSACTIONS =
      List.of("BEGIN", "SELECT 1; COMMIT; DROP TABLE public.victim", "ROLLBACK", "END");

  /**
   * @param field which is hostile: a field of runbook.yaml, or a file
   */
  record Hostile(String field, String value, Map<String, String> files) {
    String file() {
      return files.containsKey(field) ? field : "runbook.yaml";
    }

    @Override
    public String toString() {
      return field + ": " + value;
    }
  }

  private HostileFields() {}

  static List<Hostile> all() {
    var all = new ArrayList<Hostile>();
    for (String field : EXPRESSIONS.keySet().stream().sorted().toList()) {
      add(all, field, FOR_EXPRESSIONS);
    }
    QUERIES.forEach(field -> add(all, field, FOR_QUERIES));
    add(all, "type", FOR_TYPES);
    add(all, "index", FOR_INDEXES);
    add(all, "foreign-key", FOR_KEYS);
    FILES.forEach(file -> add(all, file, BEYOND));
    IN_TRANSACTIONS.forEach(file -> add(all, file, ENDING_TRANSACTIONS));
    return all;
  }

  private static void add(List<Hostile> all, String field, List<String> values) {
    values.forEach(value -> all.add(new Hostile(field, value, files(field, value))));
  }

  /** The runbook's folder with that value in that field. */
  static Map<String, String> files(String field, String value) {
    var values = new LinkedHashMap<String, String>(EXPRESSIONS);
    values.putAll(OTHERS);
    QUERIES.forEach(query -> values.put(query, "SELECT 1"));
    values.replace(field, value);
    String yaml = template();
    for (Map.Entry<String, String> each : values.entrySet()) {
      String quoted = each.getValue().replace("\\", "\\\\").replace("\"", "\\\"");
      yaml = yaml.replace("«" + each.getKey() + "»", "\"" + quoted + "\"");
    }
    var files = new TreeMap<String, String>();
    files.put("runbook.yaml", yaml);
    files.put("canonical/schema.sql", CANONICAL);
    List.of("expand/V1__a.sql", "expand/U1__a.sql", "contract.sql", "local.sql")
        .forEach(file -> files.put(file, "SELECT 1;\n"));
    files.computeIfPresent(field, (_, _) -> "-- a comment\n" + value + ";\n");
    return files;
  }

  private static String template() {
    try (var in = HostileFields.class.getResourceAsStream("/runbook/hostile/runbook.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
