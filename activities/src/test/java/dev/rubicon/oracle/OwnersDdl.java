package dev.rubicon.oracle;

import java.util.List;

/**
 * Ordinary work of an owner on a relation of legacy's, and how it is taken back.
 *
 * @param where the relation, however it is called by now
 * @param named how the rollout calls the change, at least
 */
record OwnersDdl(Case of, Relation relation, Kind kind, String where, String name) {
  static final String GRANTEE = "oracle_late";
  static final String REVOKED = "oracle_past";
  static final String OWNER = "oracle_owner";

  enum Kind {
    GRANT("GRANT SELECT ON %1$s TO " + GRANTEE, "REVOKE SELECT ON %1$s FROM " + GRANTEE),
    REVOKE("REVOKE SELECT ON %1$s FROM " + REVOKED, "GRANT SELECT ON %1$s TO " + REVOKED),
    OWNED("ALTER TABLE %1$s OWNER TO " + OWNER, "ALTER TABLE %1$s OWNER TO SESSION_USER"),
    COMMENT("COMMENT ON TABLE %1$s IS 'theirs'", "COMMENT ON TABLE %1$s IS NULL"),
    INDEX("CREATE INDEX %2$s ON %1$s (%3$s)", "DROP INDEX %2$s"),
    COLUMN("ALTER TABLE %1$s ADD COLUMN %2$s text", "ALTER TABLE %1$s DROP COLUMN %2$s"),
    DEFAULT("ALTER TABLE %1$s ADD COLUMN %2$s int DEFAULT 7", "ALTER TABLE %1$s DROP COLUMN %2$s"),
    CHECK(
        "ALTER TABLE %1$s ADD CONSTRAINT %2$s CHECK (%3$s IS NOT NULL)",
        "ALTER TABLE %1$s DROP CONSTRAINT %2$s"),
    VIEW("CREATE VIEW public.%2$s AS SELECT %3$s FROM %1$s", "DROP VIEW public.%2$s"),
    TRIGGER(
        "CREATE TRIGGER %2$s BEFORE UPDATE ON %1$s FOR EACH ROW EXECUTE FUNCTION clock.theirs()",
        "DROP TRIGGER %2$s ON %1$s");

    private final String sql;
    private final String back;

    Kind(String sql, String back) {
      this.sql = sql;
      this.back = back;
    }

    /** The rollout does the same to canonical. */
    boolean followed() {
      return this == GRANT || this == REVOKE || this == OWNED;
    }

    /** It is the gate's to name, and nothing else's. */
    boolean harmless() {
      return this == COMMENT;
    }

    boolean addsColumn() {
      return this == COLUMN || this == DEFAULT;
    }
  }

  static final List<String> PREPARE =
      List.of(
          role(GRANTEE),
          role(REVOKED),
          role(OWNER),
          "GRANT USAGE, CREATE ON SCHEMA public, canon TO " + OWNER,
          "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + REVOKED,
          "CREATE FUNCTION clock.theirs() RETURNS trigger LANGUAGE plpgsql"
              + " AS 'BEGIN RETURN NEW; END'");

  private static String role(String name) {
    return ClientRole.MAKE.replace(ClientRole.NAME, name);
  }

  String sql() {
    return said(kind.sql);
  }

  String back() {
    return said(kind.back);
  }

  private String said(String sql) {
    return sql.formatted(where, name, Sql.quote(relation.key().getFirst()));
  }

  @Override
  public String toString() {
    return "case " + of.number + ", " + sql();
  }

  /** What every line has that names it. */
  String named() {
    return switch (kind) {
      case GRANT -> relation.name() + "." + GRANTEE;
      case REVOKE -> relation.name() + "." + REVOKED;
      case OWNED -> relation.name() + ".owner";
      case COMMENT -> relation.name();
      case INDEX, COLUMN, DEFAULT, CHECK, VIEW, TRIGGER -> name;
    };
  }
}
