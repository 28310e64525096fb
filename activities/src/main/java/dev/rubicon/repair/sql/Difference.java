package dev.rubicon.repair.sql;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.finding.Finding;
import java.util.Optional;

/**
 * One finding with the entries that it compares.
 *
 * @param name of the entries
 */
public record Difference(
    Finding finding, String name, Optional<CatalogEntry> ours, Optional<CatalogEntry> theirs) {

  public static Difference of(Finding finding, Side from, Side to) {
    String name =
        switch (finding.kind()) {
          case MISSING, EXTRA, CHANGED, INVALID ->
              finding.id().substring(finding.id().indexOf(':') + 1);
          case VALUE_DRIFT, HAZARD, UNSUPPORTED, NOTE -> finding.id();
        };
    return new Difference(finding, name, from.find(name), to.find(name));
  }

  public String id() {
    return finding.id();
  }

  public CatalogEntry entry() {
    return theirs.or(() -> ours).orElseThrow();
  }

  public boolean missing() {
    return ours.isEmpty();
  }

  public boolean extra() {
    return theirs.isEmpty();
  }
}
