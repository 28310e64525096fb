package dev.rubicon.transition;

import dev.rubicon.target.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the trigger function that keeps both sides of one relation in step. */
final class SyncFunction {
  private final TransitionPlan plan;
  private final Authority authority;
  private final StringBuilder out = new StringBuilder();

  private SyncFunction(TransitionPlan plan, Authority authority) {
    this.plan = plan;
    this.authority = authority;
  }

  /** The whole {@code CREATE OR REPLACE FUNCTION} statement. */
  static String sql(TransitionPlan plan, Authority authority) {
    return new SyncFunction(plan, authority).write();
  }

  private String write() {
    long canonicalBits = plan.canonicalColumns().mapToLong(c -> 1L << c.bit()).sum();
    out.append(
        """
        CREATE OR REPLACE FUNCTION rubicon.%s() RETURNS trigger
          LANGUAGE plpgsql AS $rubicon$
        DECLARE
          side text := nullif(pg_catalog.current_setting('rubicon.side', true), '');
          omitted bigint := 0;      -- INSERT: columns that the statement did not name
          named bigint := 0;        -- UPDATE of an unfilled row: columns that the statement names
          unfilled boolean := false;
          marker bigint := 1;
          canonical boolean;        -- this statement wrote the group's canonical side
          legacy boolean;           -- this statement wrote the group's legacy side
          speaks_canonical boolean; -- INSERT: the statement names some canonical column
          wrote_legacy boolean := false;
        BEGIN
          IF TG_OP = 'INSERT' THEN
            IF NEW._rubicon > 0 THEN
              RETURN NEW;           -- a row on its way to another partition
            ELSIF NEW._rubicon < 0 THEN
              omitted := -(NEW._rubicon + 1);
            ELSE
              omitted := coalesce(nullif(pg_catalog.current_setting('%s', true), ''), '0')::bigint;
              IF omitted <> 0 THEN
                PERFORM pg_catalog.set_config('%s', '', true);
              END IF;
            END IF;
            speaks_canonical := CASE side WHEN 'canonical' THEN true WHEN 'legacy' THEN false
                                ELSE omitted & %d <> %d END;
        """
            .formatted(
                Identifiers.quote(plan.syncFunction()),
                plan.omitSetting(),
                plan.omitSetting(),
                canonicalBits,
                canonicalBits));
    plan.groups().forEach(this::insert);
    out.append(
        """
            NEW._rubicon := marker;
        """);
    note();
    out.append(
        """
            RETURN NEW;
          END IF;

          IF OLD._rubicon IS NULL AND NEW._rubicon = 0 THEN
            NEW := OLD;             -- the backfill: what other triggers changed is taken back
        """);
    for (Group group : plan.groups()) {
      for (Group.Canonical column : group.canonical()) {
        column.up().ifPresent(up -> line(4, set(column.name(), derived(column))));
      }
    }
    for (TransitionPlan.Added column : plan.added()) {
      column
          .late()
          .ifPresent(
              late ->
                  line(
                      4,
                      set(
                          column.name(),
                          "coalesce("
                              + cell("NEW", column.name())
                              + ", "
                              + late.call("NEW")
                              + ")")));
    }
    out.append(
        """
            NEW._rubicon := 1;
            RETURN NEW;
          END IF;

          unfilled := OLD._rubicon IS NULL;
          marker := coalesce(OLD._rubicon, 0) & %d | 1;
          IF unfilled THEN
            named := coalesce(NEW._rubicon, 0);
          END IF;
        """
            .formatted(plan.persistentMask()));
    plan.groups().forEach(this::update);
    for (TransitionPlan.Added column : plan.added()) {
      column
          .late()
          .ifPresent(
              late -> {
                line(2, "IF unfilled THEN");
                line(
                    4,
                    set(
                        column.name(),
                        "coalesce(" + cell("NEW", column.name()) + ", " + late.call("NEW") + ")"));
                line(2, "END IF;");
              });
    }
    line(2, "NEW._rubicon := marker;");
    note();
    out.append(
        """
          RETURN NEW;
        END
        $rubicon$\
        """);
    return out.toString();
  }

  private void insert(Group group) {
    out.append('\n');
    line(4, "-- " + describe(group));
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
    both(group, 6);
    boolean ownDefault =
        group.canonical().stream().anyMatch(c -> c.defaultExpression().isPresent());
    line(
        4,
        "ELSIF canonical" + (ownDefault ? " OR (NOT legacy AND speaks_canonical)" : "") + " THEN");
    downAll(group, 6);
    line(6, "marker := marker | " + group.canonicalWrote() + ";");
    line(4, "ELSE");
    upAll(group, 6);
    line(4, "END IF;");
    wroteLegacy(group, 4, this::givenOnInsert);
  }

  private void update(Group group) {
    out.append('\n');
    line(2, "-- " + describe(group));
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
        line(4, "IF NOT (" + written(group, column) + ") THEN");
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
    both(group, 4);
    line(2, "ELSIF canonical THEN");
    if (group.canonical().size() > 1
        && group.canonical().stream().anyMatch(column -> column.up().isPresent())) {
      line(4, "IF unfilled THEN");
      for (Group.Canonical column : group.canonical()) {
        if (column.up().isPresent()) {
          line(6, "IF NOT (" + written(group, column) + ") THEN");
          line(8, set(column.name(), derivedFrom(column, "OLD")));
          line(6, "END IF;");
        }
      }
      line(4, "END IF;");
    }
    downAll(group, 4);
    line(4, "marker := marker & ~" + group.mask() + "::bigint | " + group.canonicalWrote() + ";");
    line(2, "ELSIF legacy OR unfilled THEN");
    upAll(group, 4);
    line(4, "marker := marker & ~" + group.mask() + "::bigint;");
    if (!group.shared().isEmpty()) {
      line(2, "ELSIF " + changed(group.shared()) + " THEN");
      line(4, "IF marker & " + group.canonicalWrote() + " <> 0 THEN");
      downAll(group, 6);
      line(4, "ELSIF marker & " + group.bothSet() + " = 0 THEN");
      upAll(group, 6);
      line(4, "END IF;");
    }
    line(2, "END IF;");
    wroteLegacy(group, 2, column -> "(" + changed(List.of(column.name())) + ")");
  }

  /** Columns that both shapes have are written by canonical clients too: these do not count. */
  private void wroteLegacy(
      Group group, int indent, java.util.function.Function<Group.Legacy, String> written) {
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
  private void both(Group group, int indent) {
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
      downAll(group, indent);
      line(indent, clear + " | " + group.canonicalWrote() + ";");
      return;
    }
    line(indent, "IF " + agrees + " THEN");
    line(indent + 2, clear + ";");
    line(indent, "ELSE");
    downAll(group, indent + 2);
    line(indent + 2, clear + " | " + group.canonicalWrote() + ";");
    line(indent, "END IF;");
  }

  private void upAll(Group group, int indent) {
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

  private void downAll(Group group, int indent) {
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

  /** After the cutover, who still writes the legacy side is noted, once per session and minute. */
  private void note() {
    if (authority == Authority.LEGACY) {
      return;
    }
    String setting = "rubicon.noted_" + plan.id();
    String indent = "  ";
    out.append(
        """
        IF wrote_legacy THEN
          DECLARE
            slot text := (extract(epoch FROM pg_catalog.clock_timestamp())::bigint / 60)::text
                         || ' ' || pg_catalog.current_setting('application_name');
          BEGIN
            IF pg_catalog.current_setting('%s', true) IS DISTINCT FROM slot THEN
              PERFORM pg_catalog.set_config('%s', slot, false);
              PERFORM rubicon.note_legacy_write(%s, pg_catalog.current_setting('application_name'));
            END IF;
          END;
        END IF;
        """
            .formatted(setting, setting, Identifiers.literal(plan.relation().toString()))
            .indent(indent.length()));
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

  private String written(Group group, Group.Canonical column) {
    return changed(List.of(column.name()))
        + " OR (named & "
        + plan.namedBit(column)
        + " <> 0 AND named & "
        + plan.namedLegacyBit(group)
        + " = 0)";
  }

  private static String derived(Group.Canonical column) {
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

  private static String describe(Group group) {
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

  private static String set(String column, String value) {
    return cell("NEW", column) + " := " + value + ";";
  }

  private static String cell(String row, String column) {
    return row + "." + Identifiers.quote(column);
  }

  private void line(int indent, String text) {
    out.append(" ".repeat(indent)).append(text).append('\n');
  }
}
