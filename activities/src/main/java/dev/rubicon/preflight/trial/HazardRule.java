package dev.rubicon.preflight.trial;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every kind of hazard that is found in what a migration's statements do: its id, when it is found,
 * what happens then, what to do instead, and an example of each, which a test runs on {@link
 * #SCHEMA}. {@code docs/hazards.md} is written from this.
 */
public enum HazardRule {
  REWRITE(
      "rewrite:RELATION",
      "a table of the target gets a new file",
      "nobody can read or write it until every row is written anew",
      "add a column beside it, and a transition",
      "ALTER TABLE t ALTER b TYPE bigint",
      "ALTER TABLE t ADD d int DEFAULT 7 NOT NULL"),
  TRUNCATE(
      "truncate:RELATION",
      "TRUNCATE of a table of the target",
      "every row is gone at the commit; the undo cannot bring them back",
      "archive the relation under contract:",
      "TRUNCATE t CASCADE",
      "CREATE TABLE n (id int); TRUNCATE n"),
  DROP(
      "drop:KIND:NAME",
      "something that the target has is dropped or renamed, in whatever schema",
      "clients that name it fail; what it held is gone",
      "let contract do it: legacy-columns, legacy-relations, contract.sql",
      "DROP TABLE side.journal",
      "CREATE TABLE n (id int); DROP TABLE n"),
  INDEX_DROP(
      "index-drop:NAME",
      "an index of the target is dropped or renamed",
      "queries that used it read the whole table; ACCESS EXCLUSIVE is held for a moment",
      "DROP INDEX CONCURRENTLY in a migration with '-- no transaction:'",
      "DROP INDEX t_a",
      "CREATE TABLE n (id int); CREATE INDEX n_i ON n (id); DROP INDEX n_i"),
  INDEX_NOT_CONCURRENT(
      "index-not-concurrent:RELATION",
      "an index or key is built on a table of the target",
      "nobody can write it meanwhile",
      "put it under expand.concurrently",
      "CREATE INDEX i ON t (b)",
      "CREATE TABLE n (id int); CREATE INDEX n_i ON n (id)"),
  CONSTRAINT_NOT_VALID_MISSING(
      "constraint-not-valid-missing:RELATION",
      "a constraint is added that looks at every row",
      "every row is read under the lock of ADD CONSTRAINT",
      "NOT VALID, and VALIDATE in a migration of its own",
      "ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0)",
      "ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID"),
  VALIDATE_IN_SAME_TRANSACTION(
      "validate-in-same-transaction:RELATION",
      "a file adds a constraint NOT VALID and validates it",
      "a migration is one transaction: the rows are read under the lock of ADD CONSTRAINT",
      "VALIDATE in a migration of its own",
      "ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT k",
      "ALTER TABLE t VALIDATE CONSTRAINT b_small"),
  NOT_NULL_SCAN(
      "not-null-scan:RELATION",
      "SET NOT NULL without a valid CHECK that says so",
      "every row is read under ACCESS EXCLUSIVE",
      "validate CHECK (column IS NOT NULL) before",
      "ALTER TABLE t ALTER b SET NOT NULL",
      "ALTER TABLE t ALTER c SET NOT NULL"),
  NOT_NULL_DROP(
      "not-null-drop:COLUMN",
      "DROP NOT NULL of a column of the target",
      "clients that rely on a value meet NULL",
      "leave it until contract, when no client relies on it",
      "ALTER TABLE t ALTER e DROP NOT NULL",
      "CREATE TABLE n (id int NOT NULL); ALTER TABLE n ALTER id DROP NOT NULL"),
  DEFAULT_DROP(
      "default-drop:COLUMN",
      "DROP DEFAULT of a column of the target",
      "inserts of legacy clients that leave it out get NULL, or fail",
      "leave it until contract",
      "ALTER TABLE t ALTER e DROP DEFAULT",
      "ALTER TABLE t ALTER e SET DEFAULT 8"),
  TYPE_SHRINK(
      "type-shrink:COLUMN",
      "a column's type becomes one that may not hold every value",
      "the migration, or a client's write, fails",
      "add a column beside it, and a transition",
      "ALTER TABLE t ALTER a TYPE varchar(5)",
      "ALTER TABLE t ALTER a TYPE varchar(40)"),
  ENUM_RENAME(
      "enum-rename:TYPE",
      "RENAME VALUE of an enum of the target",
      "clients that write or compare the old value fail",
      "ADD VALUE, and a transition from the old one",
      "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
      "ALTER TYPE mood ADD VALUE 'fine'"),
  DOMAIN_CHANGE(
      "domain-change:DOMAIN",
      "ALTER DOMAIN of one that the target has",
      "every column of it is read under a lock, and clients' values may be refused",
      "a new domain, and a transition",
      "ALTER DOMAIN code ADD CHECK (length(VALUE) < 9)",
      "CREATE DOMAIN code2 AS text; ALTER DOMAIN code2 ADD CHECK (length(VALUE) < 9)"),
  DATA_CHANGE(
      "data-change:RELATION",
      "rows of the target are updated, deleted or merged, whatever the WHERE",
      "one statement locks every row that it finds until the commit; deleted rows are gone",
      "a transition fills in small batches; or '-- no transaction:' and a procedure that commits",
      "DELETE FROM t WHERE id > 0",
      "INSERT INTO t (id, c) VALUES (1, 'x')"),
  ACCESS_EXCLUSIVE(
      "access-exclusive:RELATION",
      "a table is read from end to end under ACCESS EXCLUSIVE",
      "nobody can read or write it meanwhile",
      "make what needs the rows valid beforehand",
      "ALTER TABLE p ATTACH PARTITION free FOR VALUES IN (3)",
      "ALTER TABLE p ATTACH PARTITION checked FOR VALUES IN (3)"),
  LOCK(
      "lock:RELATION",
      "LOCK TABLE of a table of the target",
      "clients wait until the migration's end",
      "leave it out: each statement takes the lock that it needs",
      "LOCK TABLE t IN SHARE MODE",
      "CREATE TABLE n (id int); LOCK TABLE n"),
  REINDEX(
      "reindex:RELATION",
      "REINDEX without CONCURRENTLY",
      "nobody can write the table meanwhile",
      "REINDEX CONCURRENTLY in a migration with '-- no transaction:'",
      "REINDEX TABLE t",
      "CREATE TABLE n (id int PRIMARY KEY); REINDEX TABLE n"),
  DETACH(
      "detach:RELATION",
      "DETACH PARTITION without CONCURRENTLY",
      "rows are no longer in the whole; ACCESS EXCLUSIVE on both",
      "DETACH PARTITION … CONCURRENTLY with '-- no transaction:', or partitions:",
      "ALTER TABLE p DETACH PARTITION p1",
      "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)"),
  ROW_SECURITY(
      "row-security:RELATION",
      "row level security is switched on, or forced",
      "clients without a policy see no rows and cannot write",
      "policies first, then switch it on by hand when clients are ready",
      "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
      "CREATE TABLE n (id int); ALTER TABLE n ENABLE ROW LEVEL SECURITY"),
  REVOKE(
      "revoke:NAME",
      "REVOKE on something that the target has",
      "clients of that role fail at once",
      "leave it until contract, when no client needs it",
      "REVOKE SELECT ON t FROM PUBLIC",
      "CREATE TABLE n (id int); REVOKE ALL ON n FROM PUBLIC"),
  OWNER(
      "owner:RELATION",
      "OWNER TO of a table of the target",
      "the old owner loses every right that it had not been granted",
      "grant first; change it by hand, as manual: says",
      "ALTER TABLE t OWNER TO CURRENT_USER",
      "CREATE TABLE n (id int); ALTER TABLE n OWNER TO CURRENT_USER"),
  TRIGGER_DISABLED(
      "trigger-disabled:RELATION",
      "DISABLE TRIGGER, or ENABLE REPLICA TRIGGER",
      "what the trigger kept true is not kept from then on, for every client",
      "leave it on; a transition writes with the triggers that are there",
      "ALTER TABLE t DISABLE TRIGGER ALL",
      "ALTER TABLE t ENABLE TRIGGER ALL"),
  TRIGGER_NEW(
      "trigger-new:RELATION",
      "a trigger or rule is made on a table of the target",
      "each write of clients runs it, and fails where it fails",
      "make it on the canonical table, or in contract",
      "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()",
      "CREATE TABLE n (id int); CREATE TRIGGER g BEFORE UPDATE ON n FOR EACH ROW EXECUTE FUNCTION"
          + " touch()"),
  REPLACED(
      "replaced:KIND:NAME",
      "a function or view that the target has is replaced",
      "clients get the new one at once; the rollback does not bring the old one back",
      "a new name, or the undo that makes the old one again, and allow it",
      "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL;"
          + " END'",
      "CREATE OR REPLACE FUNCTION touch2() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
  SEQUENCE_SET(
      "sequence-set:POSITION",
      "setval or RESTART of a sequence of the target",
      "clients get numbers that are in use, or skip some; no rollback takes it back",
      "fix: sequences",
      "SELECT setval('s', 7)",
      "CREATE SEQUENCE s2; SELECT setval('s2', 7)"),
  SESSION_SETTING(
      "session-setting:POSITION",
      "SET of lock_timeout, session_replication_role, or of anything without LOCAL",
      "locks are waited for longer than Rubicon lets clients wait; triggers do not fire; statements"
          + " behind it mean something else",
      "leave it out, or SET LOCAL what is harmless",
      "SET lock_timeout = '1h'",
      "SET LOCAL work_mem = '64MB'"),
  STATEMENT(
      "statement:POSITION",
      "a statement cannot run inside a transaction",
      "the migration would fail",
      "expand.concurrently, or '-- no transaction:'",
      "CREATE INDEX CONCURRENTLY i ON t (b)",
      "ALTER TABLE t ADD d int"),
  FAILS(
      "fails:POSITION",
      "a statement fails on a copy of the target, alone or in one transaction with its file",
      "the migration would fail",
      "mend it; an enum's new value is used in the next migration",
      "ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ALTER m SET DEFAULT 'new'",
      "ALTER TYPE mood ADD VALUE 'new'");

  /** What the examples run on. */
  public static final String SCHEMA =
      """
      CREATE TYPE public.mood AS ENUM ('ok');
      CREATE DOMAIN public.code AS text;
      CREATE SEQUENCE public.s;
      CREATE TABLE public.t (id int PRIMARY KEY, a varchar(20), b int, c text, e int DEFAULT 1 NOT NULL,
                             m public.mood, k public.code);
      CREATE INDEX t_a ON public.t (a);
      ALTER TABLE public.t ADD CONSTRAINT b_small CHECK (b < 100) NOT VALID;
      ALTER TABLE public.t ADD CONSTRAINT c_there CHECK (c IS NOT NULL);
      CREATE TABLE public.p (id int) PARTITION BY LIST (id);
      CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES IN (1);
      CREATE TABLE public.free (id int);
      CREATE TABLE public.checked (id int NOT NULL CHECK (id = 3));
      CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      GRANT SELECT ON public.t TO PUBLIC;
      CREATE SCHEMA side;
      CREATE TABLE side.journal (id int PRIMARY KEY, note text);
      """;

  private final String id;
  private final String when;
  private final String happens;
  private final String instead;
  private final String bad;
  private final String good;

  HazardRule(String id, String when, String happens, String instead, String bad, String good) {
    this.id = id;
    this.when = when;
    this.happens = happens;
    this.instead = instead;
    this.bad = bad;
    this.good = good;
  }

  /** What each finding of it begins with: {@code hazard:rewrite:}. */
  public String prefix() {
    return "hazard:" + id.substring(0, id.indexOf(':') + 1);
  }

  /** A migration in which it is found. */
  public String bad() {
    return bad;
  }

  /** One of the same sort in which it is not. */
  public String good() {
    return good;
  }

  /** The page {@code docs/hazards.md}. */
  public static String page() {
    return """
    # Hazards of statements

    `plan` runs each migration on a copy of the target's schema without rows and looks at what its statements do there:
    first each file as one transaction, then statement by statement. What the target already has counts, in whatever
    schema; what the change itself makes is empty and unused. A hazard stops the rollout unless `hazards` in
    [runbook.yaml](runbook.md) allow its id, `*` for any characters, with a reason. Each example is run by
    `HazardRuleTest`, on the tables at the end. This page is written from `HazardRule`.

    """
        + Stream.of(values()).map(HazardRule::section).collect(Collectors.joining("\n"))
        + "\n## The tables of the examples\n\n```sql\n"
        + SCHEMA
        + "```\n";
  }

  private String section() {
    return "## hazard:"
        + id
        + "\n\n**Found** when "
        + when
        + ". **Then** "
        + happens
        + ". **Instead**: "
        + instead
        + ".\n\n```sql\n"
        + bad
        + "; -- this\n"
        + good
        + "; -- not this\n```\n";
  }
}
