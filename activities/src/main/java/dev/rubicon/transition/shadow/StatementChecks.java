package dev.rubicon.transition.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What PostgreSQL checks when a statement ends: foreign keys, and constraints that are deferrable.
 * The other side gets a statement's rows one by one, so there it waits for COMMIT; for that, a
 * foreign key must be deferrable for as long as both sides are kept in step.
 *
 * @param onCanonical whether writes of legacy meet such checks on canonical
 * @param onLegacy the same the other way round
 * @param legacyKeys OIDs of the foreign keys that point at legacy and are not deferrable
 * @see <a href="https://www.postgresql.org/docs/current/sql-set-constraints.html">SET
 *     CONSTRAINTS</a>
 */
public record StatementChecks(boolean onCanonical, boolean onLegacy, List<Long> legacyKeys) {
  private static final Pattern DEFERRABLE = Pattern.compile("(?i)\\bDEFERRABLE\\b");
  private static final Pattern INITIALLY_DEFERRED =
      Pattern.compile("(?i)\\bINITIALLY\\s+DEFERRED\\b");
  private static final Pattern NOT_DEFERRABLE = Pattern.compile("(?i)\\s+NOT\\s+DEFERRABLE\\b");

  public StatementChecks {
    legacyKeys = List.copyOf(legacyKeys);
  }

  /** Whether a client's statement that goes this way has checks to wait for. */
  public boolean wait(Direction way) {
    return way.toCanonical() ? onCanonical : onLegacy;
  }

  /** One of {@link #legacyKeys}, by its names now. */
  public record Key(RelationName table, String name) {
    public String deferrable() {
      return alter() + " DEFERRABLE";
    }

    public String notDeferrable() {
      return alter() + " NOT DEFERRABLE";
    }

    /** As a definition has it. */
    public String as(String definition) {
      if (!isDeferrable(definition)) {
        return notDeferrable();
      }
      return deferrable()
          + (INITIALLY_DEFERRED.matcher(options(definition)).find()
              ? " INITIALLY DEFERRED"
              : " INITIALLY IMMEDIATE");
    }

    private String alter() {
      return "ALTER TABLE " + table.sql() + " ALTER CONSTRAINT " + Identifiers.quote(name);
    }
  }

  /**
   * @param deferrable as they are to stand now
   */
  public List<Key> keys(PgSession session, boolean deferrable) {
    return session.query(
        """
        SELECT n.nspname, r.relname, c.conname FROM pg_catalog.pg_constraint c
        JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
        WHERE c.oid = ANY (?::bigint[]::oid[]) AND c.condeferrable = ?
        ORDER BY 1, 2, 3
        """,
        row -> new Key(new RelationName(row.getString(1), row.getString(2)), row.getString(3)),
        legacyKeys.toString().replace('[', '{').replace(']', '}'),
        deferrable);
  }

  /** Whether a foreign key's definition lets clients defer it. */
  public static boolean isDeferrable(String definition) {
    String options = options(definition);
    return DEFERRABLE.matcher(NOT_DEFERRABLE.matcher(options).replaceAll("")).find();
  }

  /** The definition, with the key deferrable. */
  public static String deferrable(String definition) {
    if (isDeferrable(definition)) {
      return definition;
    }
    int options = optionsFrom(definition);
    return definition.substring(0, options)
        + NOT_DEFERRABLE.matcher(definition.substring(options)).replaceAll("")
        + " DEFERRABLE";
  }

  /**
   * Of the twin of a foreign key: where clients can defer the key, which names that one alone, the
   * twin waits for COMMIT always.
   */
  public static String twin(String definition) {
    return isDeferrable(definition) && !INITIALLY_DEFERRED.matcher(options(definition)).find()
        ? definition + " INITIALLY DEFERRED"
        : deferrable(definition);
  }

  private static String options(String definition) {
    return definition.substring(optionsFrom(definition));
  }

  /** Where the quoted names and column lists end. */
  private static int optionsFrom(String definition) {
    return Math.max(definition.lastIndexOf(')'), definition.lastIndexOf('"')) + 1;
  }
}
