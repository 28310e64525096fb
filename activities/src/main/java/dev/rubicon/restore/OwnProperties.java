package dev.rubicon.restore;

import dev.rubicon.backup.Manifest.DatabaseProperties;
import dev.rubicon.backup.Manifest.Setting;
import dev.rubicon.backup.PropertyStatements;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes what a database has besides its objects. Each property is made by itself; what cannot be is
 * a note that names it, never its value.
 */
public final class OwnProperties {
  private OwnProperties() {}

  /**
   * All of them.
   *
   * @param admin session on another database of the server
   * @return what could not be made, and why
   */
  public static List<String> restore(PgSession admin, DatabaseProperties like, String database) {
    return make(admin, PropertyStatements.all(like, Identifiers.quote(database)));
  }

  /** The settings alone: what a clone's sessions must have in common with the target's. */
  public static List<String> restoreSettings(
      PgSession admin, List<Setting> settings, String database) {
    return make(admin, PropertyStatements.settings(settings, Identifiers.quote(database)));
  }

  private static List<String> make(PgSession admin, List<PropertyStatements.Statement> statements) {
    List<String> notes = new ArrayList<>();
    Set<String> absent = new TreeSet<>();
    for (PropertyStatements.Statement statement : statements) {
      if (!statement.role().isEmpty() && !isThere(admin, statement.role())) {
        absent.add(statement.role());
        continue;
      }
      try {
        admin.execute(statement.sql());
      } catch (RubiconException e) {
        if (e.code().retryable()) {
          throw e;
        }
        notes.add(
            statement.what()
                + " is not restored: the server refused it to this role; the manifest has it");
      }
    }
    absent.forEach(
        role ->
            notes.add(
                "the server has no role "
                    + role
                    + ": its settings in the database and grants on it are not restored"));
    return List.copyOf(notes);
  }

  private static boolean isThere(PgSession admin, String role) {
    return admin.first("SELECT 1 FROM pg_roles WHERE rolname = ?", row -> 1, role).isPresent();
  }
}
