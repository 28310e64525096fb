package dev.rubicon.baseline;

import dev.rubicon.preflight.scratch.SqlScript;
import dev.rubicon.preflight.scratch.SqlScript.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A baseline, statement by statement: what stays, and why the rest is left out. The cleaned script
 * builds the same schema from nothing, as whoever runs it, and destroys nothing.
 *
 * @param statements in their order
 */
public record BaselineReview(List<Reviewed> statements) {
  public BaselineReview {
    statements = List.copyOf(statements);
  }

  /**
   * @param why it is left out; empty: it stays
   * @param destroys whether it takes something away: an owner decides on that, not a script
   */
  public record Reviewed(int line, String brief, String sql, String why, boolean destroys) {
    public boolean stays() {
      return why.isEmpty();
    }
  }

  /**
   * @param path for people
   * @param keep lines whose statements stay, whatever they do
   */
  public static BaselineReview of(String path, String text, Set<Integer> keep) {
    var reviewed = new ArrayList<Reviewed>();
    Map<String, Integer> seen = new HashMap<>();
    for (Statement statement : SqlScript.split(path, withoutCommands(text))) {
      String plain = StatementRule.plain(statement.sql());
      if (plain.isEmpty()) {
        continue;
      }
      Integer first = seen.putIfAbsent(plain, statement.line());
      Optional<StatementRule> rule =
          keep.contains(statement.line()) ? Optional.empty() : StatementRule.of(plain);
      String why =
          rule.map(StatementRule::why)
              .orElse(first == null ? "" : "the same as line " + first + " says");
      reviewed.add(
          new Reviewed(
              statement.line(),
              statement.brief(),
              statement.sql().strip(),
              why,
              rule.filter(StatementRule::destroys).isPresent()));
    }
    return new BaselineReview(reviewed);
  }

  /** psql's own lines, as pg_dump writes them, become empty: lines keep their numbers. */
  private static String withoutCommands(String text) {
    return text.replaceAll("(?m)^\\\\(?:restrict|unrestrict|connect)\\b.*$", "");
  }

  /** What stays, ready to run; what was left out stands there as a comment, with the reason. */
  public String cleaned() {
    var out = new StringBuilder();
    for (Reviewed one : statements) {
      if (one.stays()) {
        String sql = one.sql();
        out.append(sql).append(sql.endsWith(";") ? "\n\n" : ";\n\n");
      } else {
        out.append("-- line ").append(one.line()).append(" left out, ").append(one.why());
        out.append(": ").append(one.brief()).append("\n\n");
      }
    }
    return out.toString();
  }

  /** What an owner has to decide on. */
  public List<Reviewed> destroying() {
    return statements.stream().filter(Reviewed::destroys).toList();
  }
}
