package dev.rubicon.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How two crossings of the same runbook changed two databases differently. */
public final class OtherChanges {
  private static final int MOST = 20;
  private static final int LONGEST = 200;

  private OtherChanges() {}

  /**
   * @param target what the crossing changed there
   * @param clone what the rehearsal's changed
   * @return a line for each object, the first of them
   */
  public static List<String> between(CatalogSnapshot target, CatalogSnapshot clone) {
    Map<String, String> here = definitions(target);
    Map<String, String> there = definitions(clone);
    var names = new LinkedHashMap<>(here);
    there.forEach(names::putIfAbsent);
    var lines = new ArrayList<String>();
    for (String name : names.keySet().stream().sorted().toList()) {
      String onTarget = here.getOrDefault(name, "unchanged");
      String onClone = there.getOrDefault(name, "unchanged");
      if (!onTarget.equals(onClone)) {
        lines.add(
            name + " on the target: " + shorten(onTarget) + ", on the clone: " + shorten(onClone));
      }
    }
    if (lines.size() > MOST) {
      List<String> first = new ArrayList<>(lines.subList(0, MOST));
      first.add((lines.size() - MOST) + " more");
      return List.copyOf(first);
    }
    return List.copyOf(lines);
  }

  /** Several entries may share a name: functions of one name. */
  private static Map<String, String> definitions(CatalogSnapshot changes) {
    return changes.entries().stream()
        .filter(entry -> entry.kind() != ObjectKind.NOTE)
        .collect(
            Collectors.groupingBy(
                CatalogEntry::name,
                Collectors.mapping(
                    (Function<CatalogEntry, String>)
                        e -> e.definition() + (e.valid() ? "" : " INVALID"),
                    Collectors.joining("; "))));
  }

  private static String shorten(String definition) {
    return definition.length() <= LONGEST ? definition : definition.substring(0, LONGEST) + "…";
  }
}
