package dev.rubicon.catalog;

import dev.rubicon.finding.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The differences between two snapshots, as findings in a stable order. */
public final class CatalogDiff {
  private CatalogDiff() {}

  /**
   * What separates the target from canonical. Where an object is missing or extra as a whole, its
   * parts are not listed again. Dispositions are left {@link Finding.Disposition#OPEN}; SQL comes
   * from {@code dev.rubicon.repair}.
   */
  public static List<Finding> between(CatalogSnapshot target, CatalogSnapshot canonical) {
    Map<Key, CatalogEntry> here = byKey(target);
    Map<Key, CatalogEntry> there = byKey(canonical);
    Set<String> absentHere = absent(there, here);
    Set<String> absentThere = absent(here, there);
    var findings = new ArrayList<Finding>();
    for (CatalogEntry entry : merged(target, canonical)) {
      CatalogEntry ours = here.get(Key.of(entry));
      CatalogEntry theirs = there.get(Key.of(entry));
      if (ours == null) {
        if (!absentHere.contains(entry.of())) {
          findings.add(missing(entry));
        }
      } else if (theirs == null) {
        if (!absentThere.contains(entry.of())) {
          findings.add(extra(entry));
        }
      } else if (!ours.definition().equals(theirs.definition())) {
        if (!repeatsConstraint(ours, here, there)) {
          findings.add(changed(ours, theirs));
        }
      } else if (ours.valid() != theirs.valid()) {
        findings.add(invalid(ours, theirs));
      }
    }
    return List.copyOf(findings);
  }

  private record Key(ObjectKind kind, String schema, String object, String part) {
    static Key of(CatalogEntry entry) {
      return new Key(entry.kind(), entry.schema(), entry.object(), entry.part());
    }
  }

  private static Map<Key, CatalogEntry> byKey(CatalogSnapshot snapshot) {
    var map = new HashMap<Key, CatalogEntry>();
    snapshot.entries().forEach(entry -> map.put(Key.of(entry), entry));
    return map;
  }

  /** Names of what one side has and the other has not. */
  private static Set<String> absent(Map<Key, CatalogEntry> from, Map<Key, CatalogEntry> other) {
    var names = new HashSet<String>();
    from.forEach(
        (key, entry) -> {
          if (!other.containsKey(key)) {
            names.add(entry.name());
          }
        });
    return names;
  }

  private static List<CatalogEntry> merged(CatalogSnapshot target, CatalogSnapshot canonical) {
    var seen = new HashSet<Key>();
    var all = new ArrayList<CatalogEntry>();
    for (CatalogSnapshot side : List.of(target, canonical)) {
      side.entries().stream().filter(entry -> seen.add(Key.of(entry))).forEach(all::add);
    }
    return all.stream().sorted().toList();
  }

  /** The index behind a changed primary key, unique or exclusion constraint changed with it. */
  private static boolean repeatsConstraint(
      CatalogEntry entry, Map<Key, CatalogEntry> here, Map<Key, CatalogEntry> there) {
    var key = new Key(ObjectKind.CONSTRAINT, entry.schema(), entry.object(), entry.part());
    CatalogEntry ours = here.get(key);
    CatalogEntry theirs = there.get(key);
    return entry.kind() == ObjectKind.INDEX
        && entry.of().startsWith("constraint:")
        && ours != null
        && theirs != null
        && !ours.definition().equals(theirs.definition());
  }

  private static Finding missing(CatalogEntry entry) {
    if (entry.kind() == ObjectKind.UNSUPPORTED) {
      return unsupported(" is in canonical, and Rubicon cannot make it", null, entry);
    }
    return new Finding(
        note(entry) ? entry.name() : "missing:" + entry.name(),
        note(entry) ? Finding.Kind.NOTE : Finding.Kind.MISSING,
        title(entry) + " is in canonical and not in the target",
        Optional.empty(),
        Optional.of(shown(entry)),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  /** What lies in no schema is in no transition's way. */
  private static Finding extra(CatalogEntry entry) {
    if (entry.kind() == ObjectKind.UNSUPPORTED && !entry.schema().isEmpty()) {
      return unsupported(" is not in canonical, and Rubicon cannot carry it over", entry, null);
    }
    return new Finding(
        note(entry) ? entry.name() : "extra:" + entry.name(),
        note(entry) ? Finding.Kind.NOTE : Finding.Kind.EXTRA,
        title(entry) + " is in the target and not in canonical",
        Optional.of(shown(entry)),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  private static Finding changed(CatalogEntry ours, CatalogEntry theirs) {
    if (ours.kind() == ObjectKind.UNSUPPORTED) {
      return unsupported(" differs from canonical, and Rubicon cannot change it", ours, theirs);
    }
    return new Finding(
        note(ours) ? ours.name() : "changed:" + ours.name(),
        note(ours) ? Finding.Kind.NOTE : Finding.Kind.CHANGED,
        title(ours) + " differs from canonical",
        Optional.of(shown(ours)),
        Optional.of(shown(theirs)),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  private static Finding invalid(CatalogEntry ours, CatalogEntry theirs) {
    String state =
        ours.valid()
            ? " is valid, and not so in canonical"
            : " is not valid, and is so in canonical";
    return new Finding(
        "invalid:" + ours.name(),
        Finding.Kind.INVALID,
        title(ours) + state,
        Optional.of(shown(ours)),
        Optional.of(shown(theirs)),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  private static Finding unsupported(String how, CatalogEntry ours, CatalogEntry theirs) {
    CatalogEntry either = ours == null ? theirs : ours;
    return new Finding(
        either.name(),
        Finding.Kind.UNSUPPORTED,
        title(either) + how,
        Optional.ofNullable(ours).map(CatalogDiff::shown),
        Optional.ofNullable(theirs).map(CatalogDiff::shown),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  private static boolean note(CatalogEntry entry) {
    return entry.kind() == ObjectKind.NOTE;
  }

  private static String shown(CatalogEntry entry) {
    String definition = entry.definition().isEmpty() ? entry.qualified() : entry.definition();
    return entry.valid()
        ? definition
        : definition + (entry.kind() == ObjectKind.INDEX ? " (invalid)" : " NOT VALID");
  }

  private static String title(CatalogEntry entry) {
    return entry.kind().word().replace('-', ' ') + " " + entry.qualified();
  }
}
