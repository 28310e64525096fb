package dev.rubicon.backup;

import dev.rubicon.backup.Manifest.DatabaseProperties;
import dev.rubicon.backup.Manifest.Grant;
import dev.rubicon.backup.Manifest.Label;
import dev.rubicon.backup.Manifest.Setting;
import dev.rubicon.postgres.Identifiers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The statements that make what pg_dump leaves out since it belongs to the server: a database's
 * settings, grants, connection limit, comment and labels. A restore sends them, {@code restore.sh}
 * has them written down.
 */
public final class PropertyStatements {
  /** Settings whose value is a list of quoted names; one literal would be one name. */
  private static final Set<String> LISTS =
      Set.of(
          "local_preload_libraries",
          "search_path",
          "session_preload_libraries",
          "shared_preload_libraries",
          "temp_tablespaces",
          "unix_socket_directories");

  private static final Pattern NAME = Pattern.compile("\"((?:[^\"]|\"\")*)\"|([^\",\\s]+)");

  private final String it;
  private final List<Statement> statements = new ArrayList<>();

  private PropertyStatements(String database) {
    this.it = "DATABASE " + database;
  }

  /**
   * @param what in words, without values
   * @param role that must be there; empty: none
   */
  public record Statement(String what, String role, String sql) {}

  /**
   * All of them, in their order.
   *
   * @param database as SQL has it, quoted
   */
  public static List<Statement> all(DatabaseProperties like, String database) {
    var properties = new PropertyStatements(database);
    properties.comment(like.comment());
    properties.labels(like.labels());
    properties.settings(like.settings());
    properties.grants(like.owner(), like.grants());
    // Last: from then on it may refuse connections.
    properties.limit(like.connectionLimit());
    return List.copyOf(properties.statements);
  }

  /** Those of its settings. */
  public static List<Statement> settings(List<Setting> settings, String database) {
    var properties = new PropertyStatements(database);
    properties.settings(settings);
    return List.copyOf(properties.statements);
  }

  private void comment(String comment) {
    if (!comment.isEmpty()) {
      add("the database's comment", "COMMENT ON " + it + " IS " + Identifiers.literal(comment));
    }
  }

  private void labels(List<Label> labels) {
    for (Label label : labels) {
      add(
          "the database's security label of " + label.provider(),
          "SECURITY LABEL FOR "
              + Identifiers.quote(label.provider())
              + " ON "
              + it
              + " IS "
              + Identifiers.literal(label.text()));
    }
  }

  private void settings(List<Setting> settings) {
    for (Setting setting : settings) {
      if (setting.role().isEmpty()) {
        add(
            "the database's setting " + setting.name(),
            "ALTER " + it + " SET " + assignment(setting));
      } else {
        add(
            "the setting " + setting.name() + " of role " + setting.role() + " in the database",
            setting.role(),
            "ALTER ROLE "
                + Identifiers.quote(setting.role())
                + " IN "
                + it
                + " SET "
                + assignment(setting));
      }
    }
  }

  private void grants(String owner, List<Grant> grants) {
    if (grants.isEmpty()) {
      return;
    }
    add("the database's revoked grants", "REVOKE ALL ON " + it + " FROM PUBLIC");
    add(
        "the grants of the database's owner",
        owner,
        "REVOKE ALL ON " + it + " FROM " + Identifiers.quote(owner));
    for (Grant grant : grants) {
      String to = grant.role().isEmpty() ? "PUBLIC" : Identifiers.quote(grant.role());
      add(
          "the grant of " + grant.privilege() + " on the database to " + to,
          grant.role(),
          "GRANT "
              + privilege(grant)
              + " ON "
              + it
              + " TO "
              + to
              + (grant.grantable() ? " WITH GRANT OPTION" : ""));
    }
  }

  private void limit(int limit) {
    if (limit >= 0) {
      add("the database's connection limit", "ALTER " + it + " CONNECTION LIMIT " + limit);
    }
  }

  private void add(String what, String sql) {
    add(what, "", sql);
  }

  private void add(String what, String role, String sql) {
    statements.add(new Statement(what, role, sql));
  }

  private static String privilege(Grant grant) {
    return switch (grant.privilege()) {
      case "CONNECT", "CREATE", "TEMPORARY" -> grant.privilege();
      default -> throw new IllegalArgumentException(grant.privilege());
    };
  }

  private static String assignment(Setting setting) {
    return parameter(setting.name()) + " TO " + value(setting);
  }

  /** A parameter's name with a dot is two names. */
  private static String parameter(String name) {
    return String.join(".", Arrays.stream(name.split("\\.")).map(Identifiers::quote).toList());
  }

  private static String value(Setting setting) {
    if (!LISTS.contains(setting.name())) {
      return Identifiers.literal(setting.value());
    }
    var names =
        NAME.matcher(setting.value())
            .results()
            .map(found -> found.group(1) == null ? found.group(2) : unquoted(found.group(1)))
            .map(Identifiers::literal)
            .toList();
    return names.isEmpty() ? "''" : String.join(", ", names);
  }

  private static String unquoted(String name) {
    return name.replace("\"\"", "\"");
  }
}
