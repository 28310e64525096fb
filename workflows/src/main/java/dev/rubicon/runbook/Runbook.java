package dev.rubicon.runbook;

import dev.rubicon.rollout.Phase;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The declarative description of a change: {@code runbook.yaml}, as immutable records. Every path
 * is relative to the runbook's folder and exists in the bundle; every default of docs/runbook.md is
 * already filled in. {@code docs/runbook.md} is the reference of the keys.
 *
 * @param schemas the schemas that the runbook owns; what lies elsewhere is not looked at
 */
public record Runbook(
    String name,
    String title,
    String description,
    List<String> schemas,
    Canonical canonical,
    Preflight preflight,
    Backup backup,
    CloneSource cloneSource,
    Rehearse rehearse,
    Expand expand,
    List<Transition> transitions,
    Backfill backfill,
    Verify verify,
    Cutover cutover,
    List<Check> smoke,
    Watch watch,
    Contract contract,
    Approvals approvals,
    List<ManualItem> manual,
    List<Disposition> findings,
    List<HazardAllowance> hazards,
    Documentation documentation) {

  public Runbook {
    schemas = List.copyOf(schemas);
    transitions = List.copyOf(transitions);
    smoke = List.copyOf(smoke);
    manual = List.copyOf(manual);
    findings = List.copyOf(findings);
    hazards = List.copyOf(hazards);
  }

  /**
   * How the canonical shape is built in a scratch database of the same major version.
   *
   * @param sql files, applied in order
   */
  public record Canonical(List<String> sql) {
    public Canonical {
      sql = List.copyOf(sql);
    }
  }

  /**
   * @param samples relations of which a few rows are recorded as evidence, {@code schema.name}
   * @param sampleRows rows per relation
   * @param redact whether sampled values are replaced by their type and length; true unless the
   *     runbook says otherwise
   */
  public record Preflight(List<String> samples, int sampleRows, boolean redact) {
    public Preflight {
      samples = List.copyOf(samples);
    }
  }

  /** Where the way back of last resort comes from. */
  public sealed interface Backup {
    /** {@code pg_dump -Fc} of one exported snapshot, streamed to the object store. */
    record PgDump() implements Backup {}

    /** Backed up elsewhere; Rubicon then proves nothing about it, and the plan says so. */
    record External(String reference) implements Backup {}
  }

  /** Where the rehearsal's copy comes from. */
  public sealed interface CloneSource {
    /** Restored from this rollout's own backup. */
    record FromBackup() implements CloneSource {}

    /** An existing staging target (a Neon branch, a DBLab clone, a snapshot). */
    record Staging(String target) implements CloneSource {}

    /** No clone and no rehearsal; the plan says what the rollout then cannot promise. */
    record None(String reason) implements CloneSource {}
  }

  /**
   * @param deploy started against the clone before the checks, e.g. the new build of the
   *     application
   * @param checks run on the clone after the second cutover
   * @param undeploy always run after the checks
   */
  public record Rehearse(
      Optional<HttpCall> deploy, List<Check> checks, Optional<HttpCall> undeploy) {
    public Rehearse {
      checks = List.copyOf(checks);
    }
  }

  /**
   * @param migrations folder of Flyway versioned migrations ({@code V1__name.sql}), each with its
   *     {@code U1__name.sql} that abort runs; empty when there is none
   * @param concurrently statements that cannot run in a transaction, each an activity of its own
   */
  public record Expand(Optional<String> migrations, List<ConcurrentIndex> concurrently) {
    public Expand {
      concurrently = List.copyOf(concurrently);
    }
  }

  /**
   * @param name schema-qualified name of the index
   * @param sql one {@code CREATE [UNIQUE] INDEX CONCURRENTLY} statement
   */
  public record ConcurrentIndex(String name, String sql) {}

  /**
   * One legacy relation mapped to one canonical relation.
   *
   * @param relation the legacy relation, {@code schema.name}, as in SQL: quoted where it needs
   *     quotes
   * @param shadow the canonical relation; there exactly with {@link Kind#SHADOW}
   * @param foreignKeys in place: keys of the new columns, added once every row has them; a shadow
   *     has its own
   */
  public record Transition(
      String relation,
      Kind kind,
      List<ColumnMapping> columns,
      Optional<Shadow> shadow,
      List<ForeignKey> foreignKeys) {
    public Transition {
      columns = List.copyOf(columns);
      foreignKeys = List.copyOf(foreignKeys);
    }

    public Transition(String relation, Kind kind, List<ColumnMapping> columns) {
      this(relation, kind, columns, Optional.empty(), List.of());
    }

    public Transition(
        String relation, Kind kind, List<ColumnMapping> columns, Optional<Shadow> shadow) {
      this(relation, kind, columns, shadow, List.of());
    }

    /** Relations that must be there before it can be resolved, as the runbook writes them. */
    public List<String> relations() {
      return Stream.concat(Stream.of(relation), shadow.stream().map(Shadow::before)).toList();
    }

    /** Whether contract ends the legacy relation itself, and not only columns of it. */
    public boolean endsRelation() {
      return shadow.isPresent();
    }

    /** How the canonical side stands beside the legacy side. */
    public enum Kind {
      /** New columns of the same table. */
      IN_PLACE,
      /** Another relation, which a migration of {@code expand} creates. */
      SHADOW
    }
  }

  /**
   * The canonical relation of a shadow transition.
   *
   * @param to its name from the cutover on, {@code schema.name}
   * @param builtAs its name until then, where that differs: the cutover renames it
   * @param legacyName what becomes of the legacy relation's name at the cutover
   * @param foreignKeys added once every row is there: before, they would refuse rows whose
   *     counterpart has not been copied yet
   * @param rows which legacy rows have a counterpart, as a condition over legacy's row; all if
   *     empty. So one relation is split into several.
   * @param canonicalRows which canonical rows have a counterpart, as a condition over canonical's
   *     row; all if empty. So several relations are merged into one.
   * @param partOf whose row holds more than the other's
   */
  public record Shadow(
      String to,
      Optional<String> builtAs,
      LegacyName legacyName,
      List<ForeignKey> foreignKeys,
      Optional<String> rows,
      Optional<String> canonicalRows,
      PartOf partOf) {
    public Shadow {
      foreignKeys = List.copyOf(foreignKeys);
    }

    /** One relation for one relation, row by row. */
    public Shadow(
        String to, Optional<String> builtAs, LegacyName legacyName, List<ForeignKey> foreignKeys) {
      this(
          to, builtAs, legacyName, foreignKeys, Optional.empty(), Optional.empty(), PartOf.NEITHER);
    }

    /** The name under which the canonical relation stands before the cutover. */
    public String before() {
      return builtAs.orElse(to);
    }
  }

  /** Whether a row of one side is only a part of the other side's row. */
  public enum PartOf {
    /** Row for row. */
    NEITHER,
    /** Canonical's row is a part of legacy's: deleting it clears its columns in legacy. */
    LEGACY,
    /** Legacy's row is a part of canonical's. */
    CANONICAL
  }

  /**
   * What becomes of the legacy name at the cutover; the legacy rows are kept in sync throughout.
   */
  public enum LegacyName {
    /** It stays the name of the legacy table. */
    KEEP,
    /** It becomes an updatable view. */
    VIEW,
    /** It is gone (or the canonical relation's); the legacy table waits in schema rubicon. */
    HIDE
  }

  /**
   * @param sql from {@code FOREIGN KEY} on
   */
  public record ForeignKey(String name, String sql) {}

  /**
   * One canonical column.
   *
   * @param name canonical column, as in SQL
   * @param type SQL type; empty in a shadow transition, where the canonical relation says so
   * @param up SQL expression over the legacy columns of the row; absent for a new column without a
   *     counterpart in legacy
   * @param down legacy column to SQL expression over the canonical columns
   * @param irreversible why there is no {@code down}; exactly one of the two is given when there is
   *     an {@code up}
   * @param defaultExpression becomes the column's default, for canonical inserts that omit it
   * @param nullable false: validated NOT NULL at cutover
   * @param check SQL condition, added NOT VALID, validated before cutover
   * @param comment becomes the column's comment
   */
  public record ColumnMapping(
      String name,
      String type,
      Optional<String> up,
      Map<String, String> down,
      Optional<String> irreversible,
      Optional<String> defaultExpression,
      boolean nullable,
      Optional<String> check,
      Optional<String> comment) {
    public ColumnMapping {
      down = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(down));
    }
  }

  /**
   * @param batchTarget time that one batch aims at
   * @param throttle what slows the backfill down
   * @param parallel ranges of one relation that are filled at once, each on a session of its own
   */
  public record Backfill(Duration batchTarget, Throttle throttle, int parallel) {}

  /**
   * @param maxReplicationLag of any streaming replica
   * @param maxActiveSessions active client backends other than Rubicon's; 0 means no limit
   * @param query returns one boolean: true means wait
   */
  public record Throttle(
      Duration maxReplicationLag, int maxActiveSessions, Optional<String> query) {}

  /**
   * @param invariants SQL that must return no rows
   * @param counts SQL whose number of rows becomes evidence and stops nothing
   * @param parallel parallel workers that PostgreSQL may use for a comparison; empty: as it is set
   */
  public record Verify(
      List<Invariant> invariants, List<Invariant> counts, Optional<Integer> parallel) {
    public Verify {
      invariants = List.copyOf(invariants);
      counts = List.copyOf(counts);
    }

    public Verify(List<Invariant> invariants) {
      this(invariants, List.of(), Optional.empty());
    }
  }

  public record Invariant(String name, String sql) {}

  /**
   * @param window when the crossing may happen; empty means at any time
   * @param readOnly when set, clients are held read-only for at most this long around the swap
   * @param lockTimeout of each attempt; clients stall for at most that long
   * @param budget how long attempts go on
   * @param stamps versions to write for the owner's own migration tool
   * @param postConditions SQL that must return no rows, checked before commit
   * @param deploy called after the commit, switches traffic to the new build
   * @param rollbackDeploy called on rollback, switches traffic back
   * @param onSmokeFailure what happens when a smoke check fails right after the crossing
   * @param terminateBlockersAfter when set, who keeps the crossing waiting with a transaction that
   *     has been open for so long is ended
   */
  public record Cutover(
      Optional<Window> window,
      Optional<Duration> readOnly,
      Duration lockTimeout,
      Duration budget,
      List<Stamp> stamps,
      List<Invariant> postConditions,
      Optional<HttpCall> deploy,
      Optional<HttpCall> rollbackDeploy,
      OnSmokeFailure onSmokeFailure,
      Optional<Duration> terminateBlockersAfter) {
    public Cutover {
      stamps = List.copyOf(stamps);
      postConditions = List.copyOf(postConditions);
    }

    /** No session is ended. */
    public Cutover(
        Optional<Window> window,
        Optional<Duration> readOnly,
        Duration lockTimeout,
        Duration budget,
        List<Stamp> stamps,
        List<Invariant> postConditions,
        Optional<HttpCall> deploy,
        Optional<HttpCall> rollbackDeploy,
        OnSmokeFailure onSmokeFailure) {
      this(
          window,
          readOnly,
          lockTimeout,
          budget,
          stamps,
          postConditions,
          deploy,
          rollbackDeploy,
          onSmokeFailure,
          Optional.empty());
    }
  }

  public enum OnSmokeFailure {
    ROLLBACK,
    HOLD
  }

  /** A recurring window of time; {@code to} before {@code from} means that it ends the next day. */
  public record Window(List<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {
    public Window {
      days = List.copyOf(days);
    }
  }

  /**
   * @param tool whose version table it is; only {@code alembic} so far
   * @param table {@code schema.name}
   * @param from version that must be found there; empty accepts any single head
   */
  public record Stamp(String tool, String table, Optional<String> from, String version) {}

  /**
   * An HTTP call; {@code ${name}} in url, headers and body is replaced by a variable of the target
   * ({@code rubicon.yaml}) or by a value captured by an earlier check.
   */
  public record HttpCall(
      String method,
      String url,
      Map<String, String> headers,
      Optional<String> body,
      Duration timeout) {
    public HttpCall {
      headers = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(headers));
    }
  }

  /** One check of smoke, rehearsal or watch. */
  public sealed interface Check {
    String name();

    /**
     * @param status expected
     * @param json JSON pointer to expected value (as text)
     * @param capture variable name to JSON pointer, for later checks
     */
    record Http(
        String name,
        HttpCall call,
        int status,
        Map<String, String> json,
        Map<String, String> capture)
        implements Check {
      public Http {
        json = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(json));
        capture = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(capture));
      }
    }

    /**
     * @param parameters values of the {@code ?} placeholders, {@code ${name}} replaced; bound as
     *     text, cast in the query
     * @param expect rows expected, cells as text, null for NULL; no rows expected when empty
     */
    record Sql(String name, String query, List<String> parameters, List<List<String>> expect)
        implements Check {
      public Sql {
        parameters = List.copyOf(parameters);
        expect = List.copyOf(expect);
      }
    }

    /** A program run on the worker; succeeds when it exits 0 within the timeout. */
    record Command(String name, List<String> argv, Duration timeout) implements Check {
      public Command {
        argv = List.copyOf(argv);
      }
    }

    /**
     * Fresh rows exported as Parquet and read by DuckDB together with an export of a local
     * canonical database.
     *
     * @param export name of the DuckDB view to the SQL query run on the target
     * @param local name of the DuckDB view to SQL run on a canonical scratch database filled by
     *     {@code localSql}
     * @param localSql files applied to the canonical scratch database first (sample rows)
     * @param query DuckDB SQL over those views
     * @param expect as in {@link Sql}
     */
    record DuckDb(
        String name,
        Map<String, String> export,
        Map<String, String> local,
        List<String> localSql,
        String query,
        List<List<String>> expect)
        implements Check {
      public DuckDb {
        export = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(export));
        local = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(local));
        localSql = List.copyOf(localSql);
        expect = List.copyOf(expect);
      }
    }

    /**
     * An error counter read over HTTP; alerts when it grew by more than allowed since watch began.
     *
     * @param pointer JSON pointer to the number
     */
    record Counter(String name, HttpCall call, String pointer, long maxIncrease) implements Check {}
  }

  /**
   * @param duration how long after the crossing
   * @param every how often the checks run
   */
  public record Watch(Duration duration, Duration every, List<Check> checks) {
    public Watch {
      checks = List.copyOf(checks);
    }
  }

  /**
   * @param quietPeriod time without a legacy write that contract demands
   * @param legacyColumns what happens to each legacy column of an in-place transition
   * @param legacyRelations what happens to each legacy relation of a shadow transition
   * @param preconditions SQL that must return no rows, asked before anything is taken away
   * @param sql files that take the owner's own shims away, each once, before the legacy columns go
   */
  public record Contract(
      Duration quietPeriod,
      List<LegacyColumn> legacyColumns,
      List<LegacyRelation> legacyRelations,
      List<Invariant> preconditions,
      List<String> sql) {
    public Contract {
      legacyColumns = List.copyOf(legacyColumns);
      legacyRelations = List.copyOf(legacyRelations);
      preconditions = List.copyOf(preconditions);
      sql = List.copyOf(sql);
    }

    public Contract(
        Duration quietPeriod,
        List<LegacyColumn> legacyColumns,
        List<LegacyRelation> legacyRelations) {
      this(quietPeriod, legacyColumns, legacyRelations, List.of(), List.of());
    }
  }

  /**
   * What becomes of the legacy relation of a shadow transition; dropped where nothing is said.
   *
   * @param reason why it is kept; only with {@link LegacyColumn.Action#KEEP}
   */
  public record LegacyRelation(
      String relation, LegacyColumn.Action action, Optional<String> reason) {}

  /**
   * @param relation {@code schema.name}
   * @param reason why it is kept; only with {@link Action#KEEP}
   */
  public record LegacyColumn(
      String relation, String column, Action action, Optional<String> reason) {
    public enum Action {
      DROP,
      ARCHIVE,
      KEEP
    }
  }

  /**
   * @param gates which gates ask a human; expand and cutover and contract unless the runbook says
   *     otherwise
   * @param selfApproval whether the requester may approve
   */
  public record Approvals(List<Gate> gates, boolean selfApproval) {
    public Approvals {
      gates = List.copyOf(gates);
    }
  }

  public enum Gate {
    EXPAND,
    CUTOVER,
    CONTRACT
  }

  /**
   * Something that a human does outside and signs off.
   *
   * @param blocks the phase that waits for it
   */
  public record ManualItem(String id, String title, String owner, Phase blocks) {}

  /**
   * What is to happen with a finding.
   *
   * @param match finding id, {@code *} matches any run of characters
   */
  public record Disposition(String match, Kind kind, String reason, Optional<String> owner) {
    public enum Kind {
      FIX,
      ACCEPT,
      MAP,
      IGNORE
    }
  }

  /**
   * @param hazard hazard id, {@code *} matches any run of characters
   */
  public record HazardAllowance(String hazard, String reason) {}

  /**
   * @param changeLog one-paragraph entry for the owner's change log
   */
  public record Documentation(Optional<String> changeLog) {}
}
