package dev.rubicon.preflight.scratch;

import dev.rubicon.postgres.PgSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the target's memory (schema {@code rubicon}) to a copy of its schema: what was installed
 * there, on the copy's relations of the same names.
 */
public final class MemoryCopy {
  /** Tables of the memory that say what is there; the others say what happened. */
  private static final List<String> INSTALLED =
      List.of(
          "rubicon.state",
          "rubicon.transition",
          "rubicon.partition",
          "rubicon.hidden_name",
          "rubicon.archived");

  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])[1-9]\\d{4,9}(?![\\w.])");

  private static final String OBJECTS =
      """
      WITH relations AS (
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'i', 'I', 'f')
           AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_'))
      SELECT oid::bigint::text, name FROM relations
      UNION ALL
      SELECT c.oid::bigint::text, format('constraint %I of %s', c.conname, r.name)
        FROM pg_constraint c JOIN relations r ON r.oid = c.conrelid
      UNION ALL
      SELECT t.oid::bigint::text, format('trigger %I of %s', t.tgname, r.name)
        FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
      """;

  private MemoryCopy() {}

  public static void take(PgSession target, PgSession copy) {
    Map<String, String> ids = ids(target, copy);
    for (String table : INSTALLED) {
      // What a snapshot of the catalog says is no object id.
      boolean state = table.equals("rubicon.state");
      for (String row :
          target.query("SELECT to_jsonb(t) FROM " + table + " t", each -> each.getString(1))) {
        copy.update(
            "INSERT INTO "
                + table
                + " SELECT (jsonb_populate_record(NULL::"
                + table
                + ", ?::jsonb)).*",
            state ? row : there(row, ids));
      }
    }
  }

  /** Object ids on the target to those of the same names on the copy. */
  private static Map<String, String> ids(PgSession target, PgSession copy) {
    var byName = new HashMap<String, String>();
    objects(copy).forEach(object -> byName.put(object.name(), object.id()));
    var ids = new HashMap<String, String>();
    for (Named object : objects(target)) {
      String there = byName.get(object.name());
      if (there != null) {
        ids.put(object.id(), there);
      }
    }
    return ids;
  }

  private record Named(String id, String name) {}

  private static List<Named> objects(PgSession session) {
    return session.query(OBJECTS, row -> new Named(row.getString(1), row.getString(2)));
  }

  /**
   * Object ids stand in the plan as numbers, and in the text of expressions. A number of the
   * owner's that happens to be one is replaced as well: no expression is evaluated on the copy.
   */
  private static String there(String plan, Map<String, String> ids) {
    return NUMBER
        .matcher(plan)
        .replaceAll(
            number -> Matcher.quoteReplacement(ids.getOrDefault(number.group(), number.group())));
  }
}
