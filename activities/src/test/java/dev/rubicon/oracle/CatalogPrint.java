package dev.rubicon.oracle;

import dev.rubicon.transition.Bench;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in a database's catalog, as PostgreSQL prints it, an entry for each object. OIDs are
 * replaced by the name that the relation had when it was first seen: names change hands.
 */
final class CatalogPrint {
  /** As the engine writes them, and as PostgreSQL prints what it has parsed: with a cast. */
  private static final Pattern OID = Pattern.compile("\\b(\\d{5,})(?=\\)?::(pg_catalog\\.)?oid)");

  private static final Pattern HASH = Pattern.compile("_[0-9a-f]{8}(?=\\b|_)");
  private static final Pattern NUMBER = Pattern.compile("(?<!\\d)\\d{3}(?!\\d)");

  private static final String OURS =
      "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

  private static final Map<String, String> QUERIES =
      Map.of(
          "relation",
          """
          SELECT format('%I.%I', n.nspname, c.relname),
                 CASE c.relkind WHEN 'v' THEN E'VIEW\\n' || pg_get_viewdef(c.oid)
                   ELSE format(E'kind %s\\n', c.relkind) END
                 || coalesce((
                   SELECT string_agg(
                     format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
                     || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                     || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
                     || CASE a.attidentity WHEN '' THEN '' ELSE ' identity ' || a.attidentity::text END
                     || CASE a.attgenerated WHEN '' THEN '' ELSE ' generated' END
                     || coalesce(' comment ' || col_description(c.oid, a.attnum), ''), E'\\n' ORDER BY a.attnum)
                   FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND c.relkind IN ('r', 'p', 'f')), '')
                 || coalesce(E'\\ngrants ' || replace(nullif(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))::text, current_user, 'OWNER'), '')
                 || coalesce(E'\\ncomment ' || obj_description(c.oid, 'pg_class'), '')
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND $ours
          """,
          "constraint",
          """
          SELECT format('%I on %I.%I', k.conname, n.nspname, c.relname),
                 pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' (not validated)' END
          FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE k.contype <> 'n' AND k.conparentid = 0 AND $ours
          """,
          "index",
          """
          SELECT format('%I.%I', n.nspname, c.relname), pg_get_indexdef(c.oid)
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('i', 'I') AND $ours
          """,
          "trigger",
          """
          SELECT format('%I on %I.%I', t.tgname, n.nspname, c.relname),
                 pg_get_triggerdef(t.oid) || ' (' || t.tgenabled::text || ')'
          FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND $ours
          """,
          "function",
          """
          SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
                 pg_get_functiondef(p.oid) || coalesce(E'\\ngrants ' || replace(nullif(p.proacl, acldefault('f', p.proowner))::text, current_user, 'OWNER'), '')
                 || coalesce(E'\\ncomment ' || obj_description(p.oid, 'pg_proc'), '')
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
          WHERE p.prokind IN ('f', 'p') AND $ours
          """);

  private final Bench bench;
  private final Map<String, String> names = new HashMap<>();

  CatalogPrint(Bench bench) {
    this.bench = bench;
  }

  /** Every object by kind and name. */
  Map<String, String> read() {
    bench
        .rows("SELECT oid, format('%s', oid::regclass) FROM pg_class WHERE oid >= 16384")
        .forEach(
            row ->
                names.putIfAbsent(
                    row.substring(0, row.indexOf('|')), row.substring(row.indexOf('|') + 1)));
    var print = new TreeMap<String, String>();
    QUERIES.forEach(
        (kind, sql) -> {
          for (String row : bench.rows(sql.replace("$ours", OURS))) {
            int bar = row.indexOf('|');
            print.put(kind + " " + row.substring(0, bar), settled(row.substring(bar + 1)));
          }
        });
    return print;
  }

  private String settled(String text) {
    Matcher oids = OID.matcher(text);
    return oids.replaceAll(
        m -> Matcher.quoteReplacement("OID of " + names.getOrDefault(m.group(1), "?")));
  }

  /** Of the objects those that have the number in their name; hashes are no numbers. */
  static Map<String, String> of(int number, Map<String, String> print) {
    var mine = new TreeMap<String, String>();
    print.forEach(
        (object, text) -> {
          Matcher numbers = NUMBER.matcher(HASH.matcher(object).replaceAll(""));
          if (numbers.find() && numbers.group().equals(Integer.toString(number))) {
            mine.put(object, text);
          }
        });
    return mine;
  }

  /** Functions that every shape needs. */
  static Map<String, String> shared(Map<String, String> print) {
    var shared = new TreeMap<>(print);
    shared.keySet().removeIf(o -> !o.matches("function rubicon\\.[a-z_]+\\(.*"));
    return shared;
  }

  /** What has come, has changed, and is gone. */
  static List<String> differences(Map<String, String> before, Map<String, String> after) {
    var lines = new ArrayList<String>();
    var all = new TreeMap<>(before);
    all.putAll(after);
    for (String object : all.keySet()) {
      String was = before.get(object);
      String is = after.get(object);
      if (is == null) {
        lines.add("- " + object);
      } else if (was == null) {
        lines.add("+ " + object + "\n" + is.stripTrailing().indent(4));
      } else if (!was.equals(is)) {
        lines.add("~ " + object + "\n" + is.stripTrailing().indent(4));
      }
    }
    return lines;
  }
}
