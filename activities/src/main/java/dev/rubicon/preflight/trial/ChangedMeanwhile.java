package dev.rubicon.preflight.trial;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.preflight.finding.TransitionFindings;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Dependent;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What others changed while the rollout was under way, before the same policy as what preflight
 * found: hazards that the runbook has to allow.
 */
public final class ChangedMeanwhile {
  /** These change nothing for a client: it is enough that the gate names them. */
  private static final Set<ObjectKind> HARMLESS =
      EnumSet.of(ObjectKind.COMMENT, ObjectKind.COLUMN_SETTING, ObjectKind.STATISTICS);

  private final PgSession session;
  private final Runbook runbook;
  private final Transitions transitions;

  public ChangedMeanwhile(PgSession session, Runbook runbook, Transitions transitions) {
    this.session = session;
    this.runbook = runbook;
    this.transitions = transitions;
  }

  /**
   * What stands in the way of the crossing and is not allowed.
   *
   * @param left the catalog as the rollout has left it
   */
  public List<Finding> blocking(CatalogSnapshot left, CatalogSnapshot now) {
    var findings = new ArrayList<Finding>();
    Set<String> known = ids(TransitionFindings.of(left, runbook));
    TransitionFindings.of(now, runbook).stream()
        .filter(finding -> !known.contains(finding.id()))
        .forEach(findings::add);
    List<CatalogChange> changes = CatalogChange.whole(CatalogChange.between(left, now));
    for (Transition transition : transitions) {
      if (transition.endsLegacy()) {
        List<RelationName> sides = transition.sides(session);
        RelationName legacy = sides.getFirst();
        changes.stream()
            .filter(change -> change.entry().kind() == ObjectKind.RULE && change.is().isPresent())
            .filter(change -> isOf(change.entry(), sides.getLast()))
            .map(
                change ->
                    hazard(
                        change,
                        "a rule came to "
                            + sides.getLast()
                            + " after preflight: what is written to "
                            + legacy
                            + " is refused (27000) where it keeps it away"))
            .forEach(findings::add);
        changes.stream()
            .filter(change -> isOf(change.entry(), legacy))
            .filter(change -> !HARMLESS.contains(change.entry().kind()) && !followed(change))
            .map(
                change ->
                    hazard(
                        change,
                        "somebody changed "
                            + legacy
                            + " after preflight, and canonical does not follow"))
            .forEach(findings::add);
        findings.addAll(views(transition, changes));
      }
    }
    return new Dispositions(runbook)
        .apply(findings.stream()).stream().filter(Finding::blocks).toList();
  }

  /** Whether the rollout does the same to canonical: grants on the relation as a whole, owner. */
  public static boolean followed(CatalogChange change) {
    CatalogEntry entry = change.entry();
    return entry.kind() == ObjectKind.NOTE && entry.part().equals("owner")
        || entry.kind() == ObjectKind.GRANT
            && entry.of().startsWith("table:")
            && !entry.part().equals("OWNER");
  }

  public static boolean isOf(CatalogEntry entry, RelationName relation) {
    return entry.schema().equals(relation.schema()) && entry.object().equals(relation.name());
  }

  private static Finding hazard(CatalogChange change, String title) {
    return new Finding(
        "hazard:meanwhile:" + change.id(),
        Finding.Kind.HAZARD,
        title,
        change.is().map(CatalogEntry::definition),
        change.was().map(CatalogEntry::definition),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  /** Views that came since and read what the crossing hides or takes away. */
  private List<Finding> views(Transition transition, List<CatalogChange> changes) {
    Set<String> added =
        changes.stream()
            .filter(change -> change.was().isEmpty())
            .map(change -> change.entry().qualified())
            .collect(Collectors.toSet());
    return transition.dependents(session).stream()
        .filter(dependent -> dependent.kind().equals("view"))
        .filter(dependent -> added.contains(qualified(dependent.name())))
        .map(dependent -> hazard(transition, dependent))
        .toList();
  }

  /** A dependent has the name that the session's search path leaves of it. */
  private String qualified(String name) {
    return session.value(
        "SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE c.oid = pg_catalog.to_regclass(?)",
        name);
  }

  /** As the trial on preflight's copy names it, so that one allowance serves both. */
  static Finding hazard(Transition transition, Dependent dependent) {
    return Trial.hazard(
        "shadow-" + dependent.kind() + ":" + transition.relation() + ":" + dependent.name(),
        dependent.kind() + " " + dependent.name() + " " + dependent.what(),
        dependent.name());
  }

  private static Set<String> ids(List<Finding> findings) {
    return findings.stream().map(Finding::id).collect(Collectors.toSet());
  }
}
