package dev.rubicon.transition;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.installed.Removal;
import dev.rubicon.installed.StoredTransition;
import dev.rubicon.installed.TargetState;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Dependent;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.inplace.ColumnGroup;
import dev.rubicon.transition.inplace.compile.InPlaceCompiler;
import dev.rubicon.transition.rows.BackfillSql;
import dev.rubicon.transition.rows.Verifier;
import dev.rubicon.transition.shadow.compile.ShadowCompiler;
import java.util.List;
import java.util.Map;

/**
 * One relation's way from its legacy to its canonical shape, resolved against the live tables. Its
 * methods are what the phases do; where that is DDL they say which {@link Step}s lead there, and a
 * {@link StepRunner} takes them. No phase asks which kind it has.
 */
public sealed interface Transition permits InPlaceTransition, ShadowTransition {

  /**
   * Resolves the runbook's transition; touches nothing.
   *
   * @throws dev.rubicon.error.RubiconException {@code TRANSITION_UNSUPPORTED}, with what the owner
   *     can do
   */
  static Transition compile(PgSession session, Runbook runbook, Runbook.Transition wanted) {
    return switch (wanted.kind()) {
      case IN_PLACE -> new InPlaceTransition(new InPlaceCompiler(session, runbook).compile(wanted));
      case SHADOW -> new ShadowTransition(new ShadowCompiler(session, runbook).compile(wanted));
    };
  }

  /**
   * Whether canonical's shape is there, by its names; for a target without schema {@code rubicon}.
   */
  static boolean canonicalStands(PgSession session, Runbook.Transition wanted) {
    return switch (wanted.kind()) {
      case IN_PLACE -> {
        TableShape shape = TableShape.read(session, RelationName.parse(wanted.relation()));
        yield wanted.columns().stream()
            .allMatch(c -> shape.column(Naming.column(c.name())).isPresent());
      }
      case SHADOW ->
          session
              .value(
                  "SELECT to_regclass(?) IS NOT NULL",
                  RelationName.parse(wanted.shadow().orElseThrow().to()).sql())
              .equals("t");
    };
  }

  /** Short, safe in names of functions and settings. */
  String id();

  /** Its key in {@code rubicon.transition} on the target, in the ledger and in evidence. */
  String key();

  /** Legacy's name before the cutover. */
  RelationName relation();

  /** Canonical's name from the cutover on. */
  RelationName canonical();

  /** Those of a lower one are installed first. */
  int rank();

  /** Whether this is what the runbook says. */
  boolean is(Runbook.Transition wanted);

  /** Relations whose changes by others concern it, by their object ids. */
  List<Long> oids(PgSession session);

  /** As the target stores it. */
  StoredTransition stored(PgSession session);

  /** The relations of both sides, by their names now. */
  List<RelationName> sides(PgSession session);

  /**
   * Those of them that somebody has not dropped meanwhile.
   *
   * @throws dev.rubicon.error.RubiconException where one that is known by its name has another now
   */
  List<RelationName> standing(PgSession session);

  /** What a comparison reads; quoted. */
  List<String> read();

  /** How many triggers it has on the relations themselves. */
  int triggers();

  /** Columns that are derived from each other, for evidence. */
  default List<ColumnGroup> groups() {
    return List.of();
  }

  /** What hangs on legacy and does not follow to canonical. */
  default List<Dependent> dependents(PgSession session) {
    return List.of();
  }

  // Dual write.

  /** Refuses rows that are there and could not be kept in step; before the first trigger. */
  default void refuseRows(PhaseContext context, Transitions installing) {}

  /** What other transitions' triggers may need; before the first trigger. */
  default List<Step> prepare() {
    return List.of();
  }

  /** From the commit of these on, every write keeps both sides in step. */
  List<Step> install(PgSession session, Runbook runbook, Transitions all);

  /**
   * Owner and grants of what is new, as legacy has them; behind {@link #install}, under its lock.
   */
  default List<Step> grants(PgSession session) {
    return List.of();
  }

  /** For partitions that came later and lack a trigger; one list for each of them. */
  default List<List<Step>> follow(PgSession session) {
    return List.of();
  }

  /**
   * Identity columns of canonical, as {@code schema.relation.column}, whose sequence comes back
   * with contract: until then they draw from legacy's.
   */
  default List<String> identityColumns() {
    return List.of();
  }

  // Backfill and verification.

  /** How its rows are filled. */
  BackfillSql filling(PgSession session);

  /** How both sides are compared. */
  Verifier comparing(PgSession session);

  /** Rules of canonical to the number of rows that break them, in the caller's snapshot. */
  default Map<String, Long> violations(PgSession session) {
    return Map.of();
  }

  /**
   * Canonical's constraints that are missing or not validated.
   *
   * @param crossed whether canonical is the authority by now
   */
  List<ConstraintBuild> constrain(
      PgSession session, Runbook runbook, Transitions all, boolean crossed);

  /** Whether clients may write canonical. */
  default boolean isOpen(PgSession session) {
    return StoredTransition.isOpen(session, key());
  }

  /** From the commit of these on, clients may write canonical. */
  default List<Step> open(PgSession session, Transitions all) {
    return List.of();
  }

  // The crossing, there and back.

  /**
   * The relations that cutover and rollback lock; none where no name and no authority changes
   * hands.
   */
  List<RelationName> lockedAtCutover(PgSession session);

  /**
   * Locks relations of its sides.
   *
   * @param attempt counts from 0
   */
  List<Step> lock(PgSession session, List<RelationName> relations, int attempt);

  /** Whether transactions that are older than the copy would read canonical by legacy's name. */
  default boolean takesLegacysName() {
    return false;
  }

  /** Fills the session's catalog cache with what {@link #cross} reads, before any lock is held. */
  default void lookAhead(PgSession session, Runbook runbook) {}

  /** Makes canonical the authority, under the lock. */
  Crossing cross(PgSession session, Runbook runbook);

  /**
   * @param relaxed rules of legacy that the steps take away, and how they come back
   */
  record Crossing(List<Step> steps, List<TargetState.Relaxed> relaxed) {}

  /** What the target is to remember of the moment before the crossing, under the lock. */
  default void remember(PgSession session) {}

  /**
   * Refuses a way back on which rows would come back that are gone.
   *
   * @param scan has time to read both sides
   */
  default void refuseReturn(PgSession scan) {}

  /** Makes legacy the authority again, under the lock. */
  List<Step> back(PgSession session);

  // The end.

  /** Takes away what ties it to other transitions; before the first of them is removed. */
  default List<Step> untie(PgSession session, Transitions all) {
    return List.of();
  }

  /** What {@link #remove} takes from relations that clients use. */
  default List<Removal> removes(PgSession session) {
    return List.of();
  }

  /** What {@link #retire} takes from relations that clients use, or takes altogether. */
  default List<Removal> retires(PgSession session, Runbook runbook) {
    return List.of();
  }

  /** Takes all of it off again, also where a relation of either side is gone. */
  List<Step> remove(PgSession session, Transitions all);

  /** Refuses to retire rows that are nowhere else. */
  default void refuseRetirement(PgSession scan, Runbook runbook, Transitions all) {}

  /** Archives what the runbook keeps; each list is a transaction that may take long. */
  default List<List<Step>> archive(PgSession session, Runbook runbook) {
    return List.of();
  }

  /** Ends it for good: canonical stands alone. */
  List<Step> retire(PgSession session, Runbook runbook, Transitions all);

  /** What {@link #retire} takes away, for a message. */
  String retired();

  /** Whether a legacy relation ends with it. */
  default boolean endsLegacy() {
    return false;
  }
}
