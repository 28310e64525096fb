package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.finding.Finding;
import java.util.Optional;

/**
 * One finding with the entries that it compares.
 *
 * @param name of the entries
 */
record Difference(
    Finding finding, String name, Optional<CatalogEntry> ours, Optional<CatalogEntry> theirs) {

  static Difference of(Finding finding, Side from, Side to) {
    String name =
        switch (finding.kind()) {
          case MISSING, EXTRA, CHANGED, INVALID ->
              finding.id().substring(finding.id().indexOf(':') + 1);
          case VALUE_DRIFT, HAZARD, UNSUPPORTED, NOTE -> finding.id();
        };
    return new Difference(finding, name, from.find(name), to.find(name));
  }

  String id() {
    return finding.id();
  }

  CatalogEntry entry() {
    return theirs.or(() -> ours).orElseThrow();
  }

  boolean missing() {
    return ours.isEmpty();
  }

  boolean extra() {
    return theirs.isEmpty();
  }
}
