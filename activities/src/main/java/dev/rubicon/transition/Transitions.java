package dev.rubicon.transition;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.Removal;
import dev.rubicon.installed.StoredJson;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.inplace.ColumnGroup;
import dev.rubicon.transition.inplace.InPlacePlan;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The transitions of a rollout, in the order in which they are installed: a part of a row after the
 * row of which it is one. What undoes goes the other way.
 */
public record Transitions(List<Transition> all) implements Iterable<Transition> {
  /** Columns that are kept in step together, by relation. */
  public static final EvidenceName<Map<String, List<ColumnGroup>>> GROUPS =
      EvidenceName.of("groups", new TypeReference<>() {});

  public Transitions {
    all = List.copyOf(all);
  }

  /** Those that the target has. */
  public static Transitions installed(PgSession session) {
    record Row(String kind, String plan) {}
    List<Transition> stored =
        session
            .query(
                "SELECT kind, plan FROM rubicon.transition ORDER BY relation",
                row -> new Row(row.getString(1), row.getString(2)))
            .stream()
            .map(row -> stored(row.kind(), row.plan()))
            .toList();
    return of(stored);
  }

  private static Transition stored(String kind, String plan) {
    return switch (kind) {
      case InPlaceTransition.KIND ->
          new InPlaceTransition(StoredJson.read(plan, new TypeReference<InPlacePlan>() {}));
      case ShadowTransition.KIND ->
          new ShadowTransition(StoredJson.read(plan, new TypeReference<ShadowPlan>() {}));
      default ->
          throw new RubiconException(
              ErrorCode.INTERNAL,
              "the target holds a transition of kind "
                  + kind
                  + ", which this version does not know",
              "use the version that launched the rollout");
    };
  }

  /**
   * Those that the target lacks, resolved: all of them before the first is installed: a refusal
   * leaves nothing behind.
   */
  public Transitions missing(PgSession session, Runbook runbook) {
    return of(
        runbook.transitions().stream()
            .filter(wanted -> all.stream().noneMatch(t -> t.is(wanted)))
            .map(wanted -> Transition.compile(session, runbook, wanted))
            .toList());
  }

  /** In the order in which they are installed. */
  public static Transitions of(List<Transition> unordered) {
    return new Transitions(
        unordered.stream().sorted(Comparator.comparing(Transition::rank)).toList());
  }

  public Transitions with(Transitions more) {
    return of(Stream.concat(all.stream(), more.all.stream()).toList());
  }

  /**
   * Writers of all sides wait behind these; readers do not.
   *
   * @param besides relations that are to stand still with them
   */
  public List<Step> readOnly(PgSession session, List<RelationName> besides) {
    return Stream.concat(stream().flatMap(t -> t.sides(session).stream()), besides.stream())
        .map(relation -> Step.lock("read-only " + relation, relation, Step.Mode.SHARE))
        .toList();
  }

  /** What each locks, asked when those before it are taken. */
  public List<Supplier<List<Step>>> locks(Function<Transition, List<Step>> of) {
    return all.stream().<Supplier<List<Step>>>map(t -> () -> of.apply(t)).toList();
  }

  public Stream<Transition> stream() {
    return all.stream();
  }

  @Override
  public Iterator<Transition> iterator() {
    return all.iterator();
  }

  public List<Transition> reversed() {
    return all.reversed();
  }

  /** In the order in which contract ends them: legacy relations go last. */
  public List<Transition> toRetire() {
    return Stream.concat(
            reversed().stream().filter(t -> !t.endsLegacy()),
            reversed().stream().filter(Transition::endsLegacy))
        .toList();
  }

  /** What an abort takes away of relations that clients use. */
  public List<Removal> removes(PgSession session) {
    return all.stream().flatMap(t -> t.removes(session).stream()).toList();
  }

  /** What contract takes away of them. */
  public List<Removal> retires(PgSession session, Runbook runbook) {
    return all.stream().flatMap(t -> t.retires(session, runbook).stream()).toList();
  }

  /** Plans of the shadows among them, for those that share a relation. */
  List<ShadowPlan> shadows() {
    return all.stream()
        .filter(ShadowTransition.class::isInstance)
        .map(t -> ((ShadowTransition) t).plan())
        .toList();
  }

  /** Legacy relations that contract takes away, and their foreign keys with them. */
  Set<Long> leaving() {
    return shadows().stream().map(plan -> plan.legacy().oid()).collect(Collectors.toSet());
  }

  /** Whether any partition that came later lacks a trigger; changes nothing. */
  public boolean anyToFollow(PgSession session) {
    return all.stream().anyMatch(t -> !t.follow(session).isEmpty());
  }

  /**
   * Gives partitions that came since dual write began the triggers that PostgreSQL does not give
   * them: one short transaction for each, which holds off its writers, not its readers. Twins of
   * foreign keys that their owner has dropped go. The caller holds the target's lock.
   */
  public static void follow(PhaseContext context, LockLadder ladder) {
    try (PgSession session = context.open(SessionLimits.SHORT)) {
      var followed = new TreeMap<String, List<LockLadder.Attempt>>();
      var runner = new StepRunner(session, context.progress(), ladder);
      for (Transition transition : installed(session)) {
        for (List<Step> steps : transition.follow(session)) {
          RelationName partition = steps.getFirst().locks().getFirst().relation();
          context.progress().update(partition.toString(), 0, 0, "following what its owner did");
          try {
            followed.put(
                partition.toString(), runner.run(List.of(partition), _ -> steps, () -> {}));
          } catch (RubiconException e) {
            if (!SqlFailure.state(e).equals("42P01")) {
              throw e;
            }
            // Dropped meanwhile: the owner's retention goes on.
          }
        }
      }
      if (!followed.isEmpty()) {
        context.evidence().record(LockEvidence.PARTITIONS_FOLLOWED, followed);
      }
    }
  }

  /** Column groups by relation, for evidence. */
  public Map<String, List<ColumnGroup>> groups() {
    var groups = new LinkedHashMap<String, List<ColumnGroup>>();
    for (Transition transition : all) {
      if (!transition.groups().isEmpty()) {
        groups.put(transition.key(), transition.groups());
      }
    }
    return groups;
  }
}
