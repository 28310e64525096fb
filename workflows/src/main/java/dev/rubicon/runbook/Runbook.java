package dev.rubicon.runbook;

import dev.rubicon.runbook.change.Change;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
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
 * @param fix what the rollout itself sets right beside the schema
 * @param invariants what must hold of rows before anything is touched
 * @param timeseries empty: the runbook leaves it to its own SQL
 * @param keyTables what foreign keys point at instead of a partitioned relation
 * @param partitions relations whose partitions come and go by functions that the rollout leaves
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
    Documentation documentation,
    Optional<Fix> fix,
    List<DataInvariant> invariants,
    List<Partitions> partitions,
    List<KeyTable> keyTables,
    Optional<Partitions.TimeSeries> timeseries) {

  public Runbook {
    schemas = List.copyOf(schemas);
    transitions = List.copyOf(transitions);
    smoke = List.copyOf(smoke);
    manual = List.copyOf(manual);
    findings = List.copyOf(findings);
    hazards = List.copyOf(hazards);
    invariants = List.copyOf(invariants);
    partitions = List.copyOf(partitions);
    keyTables = List.copyOf(keyTables);
  }

  /** What a broken invariant does. */
  public enum Severity {
    /** It stops the rollout in the plan. */
    ERROR,
    /** It is shown. */
    WARNING
  }

  /**
   * @param sql returns a row for each offender
   * @param allow as many may be
   */
  public record DataInvariant(String name, String sql, Severity severity, long allow) {}

  /** Values that no difference of schemas shows. */
  public enum Fix {
    /** Those that would hand out numbers which are in use. */
    SEQUENCES
  }

  /**
   * @param samples relations of which a few rows are recorded as evidence, {@code schema.name}
   * @param sampleRows rows per relation
   * @param redact whether sampled values are replaced by their type and length; true unless the
   *     runbook says otherwise
   * @param extensions whose absence the plan warns of
   */
  public record Preflight(
      List<String> samples, int sampleRows, boolean redact, List<OptionalExtension> extensions) {
    public Preflight {
      samples = List.copyOf(samples);
      extensions = List.copyOf(extensions);
    }

    public Preflight(List<String> samples, int sampleRows, boolean redact) {
      this(samples, sampleRows, redact, List.of());
    }
  }

  /**
   * An extension that the change uses where it is there.
   *
   * @param without what it means that it is not
   */
  public record OptionalExtension(String name, String without) {}

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
   * @param shadow the canonical relation; with {@link Kind#SHADOW}, but for the short form
   * @param foreignKeys in place: keys of the new columns, added once every row has them; a shadow
   *     has its own
   * @param change of the short form, which has no more than this
   */
  public record Transition(
      String relation,
      Kind kind,
      List<ColumnMapping> columns,
      Optional<Shadow> shadow,
      List<ForeignKey> foreignKeys,
      Optional<Change> change) {
    public Transition {
      columns = List.copyOf(columns);
      foreignKeys = List.copyOf(foreignKeys);
    }

    public Transition(String relation, Kind kind, List<ColumnMapping> columns) {
      this(relation, kind, columns, Optional.empty(), List.of(), Optional.empty());
    }

    public Transition(
        String relation, Kind kind, List<ColumnMapping> columns, Optional<Shadow> shadow) {
      this(relation, kind, columns, shadow, List.of(), Optional.empty());
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
   * @param tool whose version table it is; {@link #HAND_MADE} where no tool keeps it
   * @param table {@code schema.name}
   * @param from version that must be found there; empty accepts any
   * @param versions to be there afterwards, in the order in which the tool would apply them
   * @param folder of the runbook with the tool's migrations; where the tool keeps their checksums
   * @param column of a hand-made table that holds the version
   * @param set what other columns of a hand-made table get, as text
   */
  public record Stamp(
      String tool,
      String table,
      Optional<String> from,
      List<String> versions,
      Optional<String> folder,
      String column,
      Map<String, String> set) {
    /** In place of a tool's name: the owner's own table, whose columns the runbook gives. */
    public static final String HAND_MADE = "table";

    public Stamp {
      versions = List.copyOf(versions);
      set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    }

    /** One version of a tool that keeps no checksums. */
    public Stamp(String tool, String table, Optional<String> from, String version) {
      this(tool, table, from, List.of(version), Optional.empty(), "version", Map.of());
    }

    /** The versions, for people. */
    public String version() {
      return String.join(", ", versions);
    }
  }

  /**
   * @param duration how long after the crossing
   * @param every how often the checks run
   * @param figures what each round records beside the checks
   * @param asked whether the runbook says anything of it
   */
  public record Watch(
      Duration duration, Duration every, List<Check> checks, List<Figure> figures, boolean asked) {
    public Watch {
      checks = List.copyOf(checks);
      figures = List.copyOf(figures);
    }

    public Watch(Duration duration, Duration every, List<Check> checks) {
      this(duration, every, checks, List.of(), false);
    }
  }

  /**
   * @param sql gives one number, or rows of a name and a number
   */
  public record Figure(String name, String sql) {}

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
  }

  /**
   * What the runbook asks for; the policy of {@code rubicon.yaml} may demand more.
   *
   * @param asked which gates ask a human; empty: the runbook says nothing of it
   * @param self whether the requester may approve; empty: the runbook says nothing of it
   */
  public record Approvals(Optional<List<Gate>> asked, Optional<Boolean> self) {
    public Approvals {
      asked = asked.map(List::copyOf);
    }

    /** Expand and cutover and contract unless the runbook says otherwise. */
    public List<Gate> gates() {
      return asked.orElse(List.of(Gate.values()));
    }

    public boolean selfApproval() {
      return self.orElse(false);
    }
  }

  public enum Gate {
    EXPAND,
    CUTOVER,
    CONTRACT
  }

  /**
   * What is to happen with a finding.
   *
   * @param match finding id, {@code *} matches any run of characters
   * @param until last day on which an acceptance counts
   */
  public record Disposition(
      String match, Kind kind, String reason, Optional<String> owner, Optional<LocalDate> until) {
    public Disposition(String match, Kind kind, String reason, Optional<String> owner) {
      this(match, kind, reason, owner, Optional.empty());
    }

    /** Whether it counts no longer. */
    public boolean expired(LocalDate today) {
      return until.filter(today::isAfter).isPresent();
    }

    public enum Kind {
      FIX,
      /** What canonical has not is dropped by a migration or by contract; the plan suggests how. */
      DROP,
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
