package dev.rubicon.preflight.finding;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;

/**
 * A grant that goes with its object differs from canonical no more, but nobody has put it right.
 *
 * @param before the copy as the target is
 * @param after the copy after the whole trial
 */
public record LostGrants(CatalogSnapshot before, CatalogSnapshot after, Runbook runbook) {

  /** What becomes of the grant; empty for every other difference, and for one that is revoked. */
  public Optional<String> reason(Finding difference) {
    return before.of(ObjectKind.GRANT).stream()
        .filter(grant -> difference.id().equals("extra:" + grant.name()))
        .filter(grant -> goes(grant.of()) || replaced(grant))
        .findFirst()
        .map(
            grant ->
                carried(grant)
                    .map(to -> "goes with its object; given anew on " + to)
                    .orElse(
                        "goes with its object and is given on nothing else: grant it in a"
                            + " migration where it is still needed"));
  }

  private boolean goes(String object) {
    return after.entries().stream().noneMatch(entry -> entry.name().equals(object));
  }

  /** Another table has the name in the end. */
  private boolean replaced(CatalogEntry grant) {
    return runbook.transitions().stream()
        .filter(Runbook.Transition::endsRelation)
        .map(transition -> RelationName.parse(transition.relation()))
        .anyMatch(
            legacy ->
                legacy.schema().equals(grant.schema()) && legacy.name().equals(grant.object()));
  }

  private Optional<String> carried(CatalogEntry grant) {
    return after.of(ObjectKind.GRANT).stream()
        .filter(given -> given.part().equals(grant.part()) && kind(given).equals(kind(grant)))
        .filter(given -> privileges(given).containsAll(privileges(grant)))
        .filter(given -> !before.entries().contains(given))
        .map(CatalogEntry::of)
        .map(of -> of.substring(of.indexOf(':') + 1))
        .findFirst();
  }

  private static String kind(CatalogEntry grant) {
    return grant.of().substring(0, grant.of().indexOf(':'));
  }

  private static HashSet<String> privileges(CatalogEntry grant) {
    return new HashSet<>(Arrays.asList(grant.definition().split(", ")));
  }
}
