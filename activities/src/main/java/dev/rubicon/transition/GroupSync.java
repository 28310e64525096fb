package dev.rubicon.transition;

import dev.rubicon.postgres.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the trigger function does about one group of columns: which side follows which. */
final class GroupSync {
  private final TransitionPlan plan;
  private final Authority authority;
  private final Group group;
  private final StringBuilder out = new StringBuilder();

  GroupSync(TransitionPlan plan, Authority authority, Group group) {
    this.plan = plan;
    this.authority = authority;
    this.group = group;
  }

  /** The branch of an INSERT. */
  String insert() {
    out.append('\n');
    line(4, "-- " + describe());
    List<String> given = new ArrayList<>();
    for (Group.Canonical column : group.canonical()) {
      given.add(givenOnInsert(column));
    }
    line(4, "canonical := " + String.join("\n      OR ", given) + ";");
    line(
        4,
        "legacy := "
            + group.legacy().stream()
                .map(this::givenOnInsert)
                .collect(Collectors.joining("\n      OR "))
            + ";");
    line(4, "IF canonical AND legacy AND side = 'legacy' THEN");
    line(6, "canonical := false;");
    line(4, "ELSIF canonical AND legacy AND side = 'canonical' THEN");
    line(6, "legacy := false;");
    line(4, "END IF;");
    line(4, "IF canonical AND legacy THEN");
    for (Group.Canonical column : group.canonical()) {
      if (group.canonical().size() > 1 && column.up().isPresent()) {
        line(6, "IF NOT (" + givenOnInsert(column) + ") THEN");
        line(8, set(column.name(), derived(column)));
        line(6, "END IF;");
      }
    }
    for (Group.Legacy column : group.legacy()) {
      if (group.legacy().size() > 1 && column.down().isPresent()) {
        line(6, "IF NOT (" + givenOnInsert(column) + ") THEN");
        line(8, set(column.name(), column.down().get().call("NEW")));
        line(6, "END IF;");
      }
    }
    both(6);
    boolean ownDefault =
        group.canonical().stream().anyMatch(c -> c.defaultExpression().isPresent());
    line(
        4,
        "ELSIF canonical" + (ownDefault ? " OR (NOT legacy AND speaks_canonical)" : "") + " THEN");
    downAll(6);
    line(6, "marker := marker | " + group.canonicalWrote() + ";");
    line(4, "ELSE");
    upAll(6);
    line(4, "END IF;");
    wroteLegacy(4, this::givenOnInsert);
    return out.toString();
  }

  /** The branch of an UPDATE. */
  String update() {
    out.append('\n');
    line(2, "-- " + describe());
    line(2, "legacy := " + changed(group.legacy().stream().map(Group.Legacy::name).toList()) + ";");
    long columns = group.canonical().stream().mapToLong(plan::namedBit).sum();
    line(
        2,
        "canonical := "
            + changed(group.canonical().stream().map(Group.Canonical::name).toList())
            + "\n    OR (named & "
            + columns
            + " <> 0 AND named & "
            + plan.namedLegacyBit(group)
            + " = 0);");
    line(2, "IF legacy AND canonical AND side = 'legacy' THEN");
    line(4, "canonical := false;");
    line(2, "ELSIF legacy AND canonical AND side = 'canonical' THEN");
    line(4, "legacy := false;");
    line(2, "END IF;");
    line(2, "IF canonical AND legacy THEN");
    for (Group.Canonical column : group.canonical()) {
      if (group.canonical().size() > 1 && column.up().isPresent()) {
        line(4, "IF NOT (" + written(column) + ") THEN");
        line(6, set(column.name(), derived(column)));
        line(4, "END IF;");
      }
    }
    for (Group.Legacy column : group.legacy()) {
      if (group.legacy().size() > 1 && column.down().isPresent()) {
        line(4, "IF NOT (" + changed(List.of(column.name())) + ") THEN");
        line(6, set(column.name(), column.down().get().call("NEW")));
        line(4, "END IF;");
      }
    }
    both(4);
    line(2, "ELSIF canonical THEN");
    if (group.canonical().size() > 1
        && group.canonical().stream().anyMatch(column -> column.up().isPresent())) {
      line(4, "IF unfilled THEN");
      for (Group.Canonical column : group.canonical()) {
        if (column.up().isPresent()) {
          line(6, "IF NOT (" + written(column) + ") THEN");
          line(8, set(column.name(), derivedFrom(column, "OLD")));
          line(6, "END IF;");
        }
      }
      line(4, "END IF;");
    }
    downAll(4);
    line(4, "marker := marker & ~" + group.mask() + "::bigint | " + group.canonicalWrote() + ";");
    line(2, "ELSIF legacy OR unfilled THEN");
    upAll(4);
    line(4, "marker := marker & ~" + group.mask() + "::bigint;");
    if (!group.shared().isEmpty()) {
      line(2, "ELSIF " + changed(group.shared()) + " THEN");
      line(4, "IF marker & " + group.canonicalWrote() + " <> 0 THEN");
      downAll(6);
      line(4, "ELSIF marker & " + group.bothSet() + " = 0 THEN");
      upAll(6);
      line(4, "END IF;");
    }
    line(2, "END IF;");
    wroteLegacy(2, column -> "(" + changed(List.of(column.name())) + ")");
    return out.toString();
  }

  /** Columns that both shapes have are written by canonical clients too: these do not count. */
  private void wroteLegacy(int indent, Function<Group.Legacy, String> written) {
    List<Group.Legacy> only = group.legacy().stream().filter(Group.Legacy::only).toList();
    if (authority == Authority.LEGACY || only.isEmpty()) {
      return;
    }
    String which =
        only.size() == group.legacy().size()
            ? ""
            : " AND (" + only.stream().map(written).collect(Collectors.joining(" OR ")) + ")";
    line(indent, "wrote_legacy := wrote_legacy OR (legacy" + which + ");");
  }

  /** One writer set both sides: before the cutover both stand, after it canonical decides. */
  private void both(int indent) {
    String clear = "marker := marker & ~" + group.mask() + "::bigint";
    if (authority == Authority.LEGACY
        || group.legacy().stream().allMatch(column -> column.down().isEmpty())) {
      line(indent, clear + " | " + group.bothSet() + ";");
      return;
    }
    String agrees =
        group.canonical().stream()
            .filter(column -> column.up().isPresent())
            .map(
                column ->
                    "ROW("
                        + cell("NEW", column.name())
                        + ")::record *= ROW("
                        + derived(column)
                        + "::"
                        + column.type()
                        + ")::record")
            .collect(Collectors.joining("\n" + " ".repeat(indent) + "   AND "));
    if (agrees.isEmpty()) {
      downAll(indent);
      line(indent, clear + " | " + group.canonicalWrote() + ";");
      return;
    }
    line(indent, "IF " + agrees + " THEN");
    line(indent + 2, clear + ";");
    line(indent, "ELSE");
    downAll(indent + 2);
    line(indent + 2, clear + " | " + group.canonicalWrote() + ";");
    line(indent, "END IF;");
  }

  private void upAll(int indent) {
    boolean any = false;
    for (Group.Canonical column : group.canonical()) {
      if (column.up().isPresent()) {
        line(indent, set(column.name(), derived(column)));
        any = true;
      }
    }
    if (!any) {
      line(indent, "NULL;");
    }
  }

  private void downAll(int indent) {
    boolean any = false;
    for (Group.Legacy column : group.legacy()) {
      if (column.down().isPresent()) {
        line(indent, set(column.name(), column.down().get().call("NEW")));
        any = true;
      }
    }
    if (!any) {
      line(indent, "NULL; -- legacy cannot say it");
    }
  }

  private String givenOnInsert(Group.Canonical column) {
    long bit = 1L << column.bit();
    String named = "omitted & " + bit + " = 0";
    // Without a default of its own, a value can only come from another trigger.
    return column.defaultExpression().isPresent()
        ? named
        : named + " OR " + cell("NEW", column.name()) + " IS NOT NULL";
  }

  private String givenOnInsert(Group.Legacy column) {
    String value = cell("NEW", column.name()) + " IS NOT NULL";
    return column.omitBit() < 0
        ? value
        : "(" + value + " AND omitted & " + (1L << column.omitBit()) + " = 0)";
  }

  private String written(Group.Canonical column) {
    return changed(List.of(column.name()))
        + " OR (named & "
        + plan.namedBit(column)
        + " <> 0 AND named & "
        + plan.namedLegacyBit(group)
        + " = 0)";
  }

  static String derived(Group.Canonical column) {
    return derivedFrom(column, "NEW");
  }

  private static String derivedFrom(Group.Canonical column, String row) {
    String up = column.up().orElseThrow().call(row);
    return column.fallback().map(f -> "coalesce(" + up + ", " + f.call(row) + ")").orElse(up);
  }

  /** By image: sees 1.0 become 1.00, and works for types without equality, such as json. */
  private static String changed(List<String> columns) {
    return "ROW("
        + columns.stream().map(c -> cell("OLD", c)).collect(Collectors.joining(", "))
        + ")::record *<> ROW("
        + columns.stream().map(c -> cell("NEW", c)).collect(Collectors.joining(", "))
        + ")::record";
  }

  private String describe() {
    return "group "
        + group.index()
        + ": "
        + group.canonical().stream()
            .map(Group.Canonical::name)
            .collect(Collectors.joining(", "))
            .replaceAll("\\s", " ")
        + " <-> "
        + group.legacy().stream()
            .map(Group.Legacy::name)
            .collect(Collectors.joining(", "))
            .replaceAll("\\s", " ");
  }

  static String set(String column, String value) {
    return cell("NEW", column) + " := " + value + ";";
  }

  static String cell(String row, String column) {
    return row + "." + Identifiers.quote(column);
  }

  private void line(int indent, String text) {
    out.append(" ".repeat(indent)).append(text).append('\n');
  }
}
