package dev.rubicon.baseline;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Why a statement has no place in a baseline; the first that fits counts. */
enum StatementRule {
  SETTING(
      "SET |SELECT pg_catalog\\.set_config\\(|RESET ", "a setting of the session that wrote it"),
  TRANSACTION(
      "(?:BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK)\\b(?! PREPARED)",
      "who runs a baseline decides on the transaction"),
  OWNER("ALTER .* OWNER TO ", "objects belong to whoever runs it"),
  EXTENSION_COMMENT("COMMENT ON EXTENSION ", "only the extension's owner may"),
  PUBLIC_SCHEMA(
      "(?:CREATE SCHEMA (?!IF NOT EXISTS)|COMMENT ON SCHEMA )\"?public\"?(?: |$)",
      "every database has that schema"),
  TOOLS_TABLE(
      "(?:CREATE TABLE|ALTER TABLE|ALTER TABLE ONLY|INSERT INTO|COPY)(?: IF NOT EXISTS)?"
          + " (?:\"?\\w+\"?\\.)?\"?(?:_prisma_migrations|alembic_version|schema_migrations)\"?(?:"
          + " |$|\\()",
      "the migration tool's own table"),
  DROP("DROP ", "it takes something away", true),
  TRUNCATE("TRUNCATE ", "it takes rows away", true),
  DELETE("DELETE FROM ", "it takes rows away", true),
  DROP_PART(
      "ALTER TABLE .* DROP (?:COLUMN|CONSTRAINT|DEFAULT|NOT NULL|IDENTITY|EXPRESSION|\")",
      "it takes something away",
      true),
  RETYPE(
      "ALTER TABLE .* ALTER (?:COLUMN )?.*(?:SET DATA )?TYPE ",
      "it rewrites a column, which may not take every value: a transition does it",
      true);

  private final Pattern begins;
  private final String why;
  private final boolean destroys;

  StatementRule(String begins, String why) {
    this(begins, why, false);
  }

  StatementRule(String begins, String why, boolean destroys) {
    this.begins = Pattern.compile(begins, Pattern.CASE_INSENSITIVE);
    this.why = why;
    this.destroys = destroys;
  }

  String why() {
    return why;
  }

  boolean destroys() {
    return destroys;
  }

  /**
   * @param plain as {@link #plain} has it
   */
  static Optional<StatementRule> of(String plain) {
    return Stream.of(values()).filter(rule -> rule.begins.matcher(plain).lookingAt()).findFirst();
  }

  /** Without comments before it and the semicolon, on one line. */
  static String plain(String sql) {
    return sql.strip()
        .replaceAll("(?s)^(?:\\s*(?:--[^\\n]*(?:\\n|$)|/\\*.*?\\*/))+", "")
        .strip()
        .replaceAll("\\s*;$", "")
        .replaceAll("\\s+", " ");
  }
}
