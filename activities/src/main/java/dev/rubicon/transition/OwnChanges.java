package dev.rubicon.transition;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.installed.OthersChanges;
import dev.rubicon.installed.OwnTransactions;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a phase makes of the catalog, told from what others do meanwhile: what it creates, by the
 * transaction that created it; what it changes besides, by the relation, which is its own, and by
 * the column, which it added or writes.
 */
public final class OwnChanges {
  /** A relation with its partitions, and the sequences that belong to any of them. */
  private static final String FAMILY =
      """
      WITH RECURSIVE family AS (
        SELECT unnest(?::bigint[]::oid[]) AS oid
        UNION
        SELECT i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.oid)
      SELECT n.nspname, c.relname
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid IN (SELECT oid FROM family)
         OR c.relkind = 'S' AND EXISTS (
              SELECT FROM pg_depend d JOIN family f ON f.oid = d.refobjid
              WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                AND d.refclassid = 'pg_class'::regclass)
      """;

  private final PgSession session;
  private final Set<String> columns;
  private final Set<RelationName> indexes;
  private final Transitions transitions;

  private OwnChanges(PgSession session, Runbook runbook, Transitions transitions) {
    this.session = session;
    this.transitions = transitions;
    this.columns =
        Stream.concat(
                Stream.of(InPlacePlan.MARKER),
                runbook.transitions().stream()
                    .flatMap(t -> t.columns().stream())
                    .flatMap(c -> Stream.concat(Stream.of(c.name()), c.down().keySet().stream()))
                    .map(name -> Identifiers.split(name).getFirst()))
            .collect(Collectors.toSet());
    this.indexes =
        runbook.expand().concurrently().stream()
            .map(index -> RelationName.parse(index.name()))
            .collect(Collectors.toSet());
  }

  /** Changes by the phase itself count as the rollout's from then on. */
  public static <T> T during(
      PhaseContext context, PgSession session, Transitions transitions, Supplier<T> work) {
    List<String> schemas = context.runbook().schemas();
    var own = new OwnChanges(session, context.runbook(), transitions);
    OthersChanges.begin(session, schemas, context.input().phase());
    try {
      return work.get();
    } finally {
      // Also of a phase that failed in the middle: hours may pass until it is resumed.
      OthersChanges.end(session, schemas, own.made()::contains);
    }
  }

  private Made made() {
    var inPlace = new HashSet<Long>();
    var canonical = new HashSet<Long>();
    for (Transition transition : transitions) {
      List<Long> oids = transition.oids(session);
      (transition.endsLegacy() ? canonical : inPlace).add(oids.getLast());
    }
    Set<RelationName> sides = family(canonical);
    return new Made(
        columns,
        indexes,
        family(inPlace),
        Stream.concat(sides.stream(), ownSequences(sides)).collect(Collectors.toSet()),
        OwnTransactions.made(session));
  }

  /** Dual write takes these away: the catalog no longer says whose they were. */
  private Stream<RelationName> ownSequences(Set<RelationName> sides) {
    return OthersChanges.left(session).of(ObjectKind.SEQUENCE).stream()
        .filter(
            entry ->
                sides.stream()
                    .anyMatch(
                        side -> entry.of().startsWith(ObjectKind.COLUMN.word() + ":" + side + ".")))
        .map(entry -> new RelationName(entry.schema(), entry.object()));
  }

  private Set<RelationName> family(Set<Long> oids) {
    return Set.copyOf(
        session.query(
            FAMILY,
            row -> new RelationName(row.getString(1), row.getString(2)),
            (Object) oids.toArray(Long[]::new)));
  }

  /**
   * @param inPlace the tables that carry both sides, with their partitions
   * @param canonical the other shadow's sides, which go with an abort; likewise
   * @param created by the phase's own transactions
   */
  private record Made(
      Set<String> columns,
      Set<RelationName> indexes,
      Set<RelationName> inPlace,
      Set<RelationName> canonical,
      Set<CatalogChange.Key> created) {

    boolean contains(CatalogChange change) {
      CatalogEntry entry = change.entry();
      var relation = new RelationName(entry.schema(), entry.object());
      boolean ours = canonical.contains(relation);
      return switch (entry.kind()) {
        case CONSTRAINT, INDEX, SEQUENCE ->
            change.is().isEmpty() ? ours : created(entry) || concurrently(entry);
        case COLUMN, COLUMN_SETTING, COMMENT ->
            ours || inPlace.contains(relation) && columns.contains(entry.part());
        case GRANT, NOTE -> ours;
        default -> false;
      };
    }

    private boolean created(CatalogEntry entry) {
      return created.contains(CatalogChange.Key.of(entry));
    }

    /** Built outside any transaction of ours, under the name that the runbook gives it. */
    private boolean concurrently(CatalogEntry entry) {
      return entry.kind() == ObjectKind.INDEX
          && indexes.contains(new RelationName(entry.schema(), entry.part()));
    }
  }
}
