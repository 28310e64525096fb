package dev.rubicon.change;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What shares its names with relations has others until the cutover: indexes, constraints that have
 * one, sequences of identity columns.
 *
 * @param until name that it has today, to the one until the cutover
 */
record BuiltNames(RelationName table, Map<String, String> until) {
  BuiltNames {
    until = Collections.unmodifiableMap(new LinkedHashMap<>(until));
  }

  static BuiltNames of(PgSession session, ChangedTable table) {
    List<String> today =
        session.query(
            """
            SELECT c.relname FROM pg_class c
            WHERE c.oid IN (SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = ?::bigint::oid)
               OR c.relkind = 'S' AND c.oid IN (
                 SELECT d.objid FROM pg_depend d
                 WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                   AND d.refobjid = ?::bigint::oid AND d.deptype = 'i')
            ORDER BY c.relname
            """,
            row -> row.getString(1),
            table.oid(),
            table.oid());
    String old = table.name().name() + "_";
    var free = new FreeNames(session);
    var until = new LinkedHashMap<String, String>();
    for (String name : today) {
      String rest = name.startsWith(old) ? name.substring(old.length()) : name;
      String built = Identifiers.fitting(table.built().name() + "_" + rest);
      for (int i = 2;
          until.containsValue(built) || !free.free(new RelationName(table.name().schema(), built));
          i++) {
        built = Identifiers.fitting(table.built().name() + "_" + rest + i);
      }
      until.put(name, built);
    }
    return new BuiltNames(table.built(), until);
  }

  /** Of an index, or a constraint that has one. */
  String built(String today) {
    return until.get(today);
  }
}
