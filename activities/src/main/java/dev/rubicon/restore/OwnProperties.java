package dev.rubicon.restore;

import dev.rubicon.backup.Manifest.DatabaseProperties;
import dev.rubicon.backup.Manifest.Grant;
import dev.rubicon.backup.Manifest.Label;
import dev.rubicon.backup.Manifest.Setting;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What pg_dump leaves out since it belongs to the server: a database's settings, grants, connection
 * limit, comment and labels. Each is made by itself; what cannot be is a note that names it, never
 * its value.
 */
public final class OwnProperties {
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

  private final PgSession admin;
  private final String database;
  private final List<String> notes = new ArrayList<>();
  private final Set<String> absent = new TreeSet<>();

  private OwnProperties(PgSession admin, String database) {
    this.admin = admin;
    this.database = database;
  }

  /**
   * All of them.
   *
   * @param admin session on another database of the server
   * @return what could not be made, and why
   */
  public static List<String> restore(PgSession admin, DatabaseProperties like, String database) {
    var properties = new OwnProperties(admin, database);
    properties.comment(like.comment());
    properties.labels(like.labels());
    properties.settings(like.settings());
    properties.grants(like.owner(), like.grants());
    // Last: from then on it may refuse connections.
    properties.limit(like.connectionLimit());
    return properties.notes();
  }

  /** The settings alone: what a clone's sessions must have in common with the target's. */
  public static List<String> restoreSettings(
      PgSession admin, List<Setting> settings, String database) {
    var properties = new OwnProperties(admin, database);
    properties.settings(settings);
    return properties.notes();
  }

  private List<String> notes() {
    absent.forEach(
        role ->
            notes.add(
                "the server has no role "
                    + role
                    + ": its settings in the database and grants on it are not restored"));
    return List.copyOf(notes);
  }

  private void comment(String comment) {
    if (!comment.isEmpty()) {
      make("the database's comment", "COMMENT ON " + it() + " IS " + Identifiers.literal(comment));
    }
  }

  private void labels(List<Label> labels) {
    for (Label label : labels) {
      make(
          "the database's security label of " + label.provider(),
          "SECURITY LABEL FOR "
              + Identifiers.quote(label.provider())
              + " ON "
              + it()
              + " IS "
              + Identifiers.literal(label.text()));
    }
  }

  private void settings(List<Setting> settings) {
    for (Setting setting : settings) {
      if (setting.role().isEmpty()) {
        make(
            "the database's setting " + setting.name(),
            "ALTER " + it() + " SET " + assignment(setting));
      } else if (isThere(setting.role())) {
        make(
            "the setting " + setting.name() + " of role " + setting.role() + " in the database",
            "ALTER ROLE "
                + Identifiers.quote(setting.role())
                + " IN "
                + it()
                + " SET "
                + assignment(setting));
      }
    }
  }

  private void grants(String owner, List<Grant> grants) {
    if (grants.isEmpty()) {
      return;
    }
    make("the database's revoked grants", "REVOKE ALL ON " + it() + " FROM PUBLIC");
    if (isThere(owner)) {
      make(
          "the grants of the database's owner",
          "REVOKE ALL ON " + it() + " FROM " + Identifiers.quote(owner));
    }
    for (Grant grant : grants) {
      if (grant.role().isEmpty() || isThere(grant.role())) {
        String to = grant.role().isEmpty() ? "PUBLIC" : Identifiers.quote(grant.role());
        make(
            "the grant of " + grant.privilege() + " on the database to " + to,
            "GRANT "
                + privilege(grant)
                + " ON "
                + it()
                + " TO "
                + to
                + (grant.grantable() ? " WITH GRANT OPTION" : ""));
      }
    }
  }

  private void limit(int limit) {
    if (limit >= 0) {
      make("the database's connection limit", "ALTER " + it() + " CONNECTION LIMIT " + limit);
    }
  }

  private void make(String what, String sql) {
    try {
      admin.execute(sql);
    } catch (RubiconException e) {
      if (e.code().retryable()) {
        throw e;
      }
      notes.add(what + " is not restored: the server refused it to this role; the manifest has it");
    }
  }

  private boolean isThere(String role) {
    boolean there =
        admin.first("SELECT 1 FROM pg_roles WHERE rolname = ?", row -> 1, role).isPresent();
    if (!there) {
      absent.add(role);
    }
    return there;
  }

  private String it() {
    return "DATABASE " + Identifiers.quote(database);
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
