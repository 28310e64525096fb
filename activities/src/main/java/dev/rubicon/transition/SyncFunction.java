package dev.rubicon.transition;

import dev.rubicon.postgres.Identifiers;

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
    plan.groups().forEach(group -> out.append(of(group).insert()));
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
        column
            .up()
            .ifPresent(up -> line(4, GroupSync.set(column.name(), GroupSync.derived(column))));
      }
    }
    for (TransitionPlan.Added column : plan.added()) {
      column
          .late()
          .ifPresent(
              late ->
                  line(
                      4,
                      GroupSync.set(
                          column.name(),
                          "coalesce("
                              + GroupSync.cell("NEW", column.name())
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
    plan.groups().forEach(group -> out.append(of(group).update()));
    for (TransitionPlan.Added column : plan.added()) {
      column
          .late()
          .ifPresent(
              late -> {
                line(2, "IF unfilled THEN");
                line(
                    4,
                    GroupSync.set(
                        column.name(),
                        "coalesce("
                            + GroupSync.cell("NEW", column.name())
                            + ", "
                            + late.call("NEW")
                            + ")"));
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

  private GroupSync of(Group group) {
    return new GroupSync(plan, authority, group);
  }

  private void line(int indent, String text) {
    out.append(" ".repeat(indent)).append(text).append('\n');
  }
}
