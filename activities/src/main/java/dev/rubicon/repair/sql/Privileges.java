package dev.rubicon.repair.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Privileges of one grantee on one object.
 *
 * @param all with and without grant option
 * @param grantable those that may be granted on
 */
public record Privileges(Set<String> all, Set<String> grantable) {
  public static final Privileges NONE = new Privileges(Set.of(), Set.of());

  private static final String OPTION = " WITH GRANT OPTION";

  /** Reads what a snapshot's grants print. */
  public static Privileges of(String printed) {
    var all = new TreeSet<String>();
    var grantable = new TreeSet<String>();
    for (String one : printed.split(", ")) {
      String name = one.endsWith(OPTION) ? one.substring(0, one.length() - OPTION.length()) : one;
      all.add(name);
      if (one.endsWith(OPTION)) {
        grantable.add(name);
      }
    }
    return new Privileges(all, grantable);
  }

  /**
   * Statements that lead here from what was.
   *
   * @param column quoted, or empty
   */
  public List<Statement> since(Privileges was, String column, String on, String grantee) {
    return statements(was, column, " ON " + on, grantee, "");
  }

  public List<Statement> statements(
      Privileges was, String column, String on, String grantee, String before) {
    var statements = new ArrayList<Statement>();
    add(statements, "REVOKE ", minus(was.all, all), column, on + " FROM " + grantee, before);
    Set<String> option = minus(was.grantable, grantable);
    option.retainAll(all);
    add(statements, "REVOKE GRANT OPTION FOR ", option, column, on + " FROM " + grantee, before);
    Set<String> plain = minus(all, was.all);
    plain.removeAll(grantable);
    add(statements, "GRANT ", plain, column, on + " TO " + grantee, before);
    add(
        statements,
        "GRANT ",
        minus(grantable, was.grantable),
        column,
        on + " TO " + grantee + OPTION,
        before);
    return statements;
  }

  private static void add(
      List<Statement> statements,
      String verb,
      Set<String> privileges,
      String column,
      String rest,
      String before) {
    if (!privileges.isEmpty()) {
      String list =
          String.join(
              ", ",
              privileges.stream()
                  .map(one -> column.isEmpty() ? one : one + " (" + column + ")")
                  .toList());
      statements.add(Statement.ddl(before + verb + list + rest));
    }
  }

  private static Set<String> minus(Set<String> one, Set<String> other) {
    var rest = new TreeSet<>(one);
    rest.removeAll(other);
    return rest;
  }
}
