package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What somebody may do to the engine's triggers, and the rollouts to which they may do it. */
public final class Touch {
  private Touch() {}

  /**
   * A rollout of relation {@code t}, with 50 rows; a client of legacy writes column {@code old}.
   */
  public enum Kind {
    IN_PLACE("t", "t", "~rubicon_2_sync", "t", "new"),
    SHADOW("t", "t_new", "!rubicon_rows", "t", "old"),
    PARTITIONED("t_low", "u_low", "!rubicon_rows", "t", "old");

    /** Where a trigger of legacy's stands, and one of canonical's before the cutover. */
    public final String legacy;

    public final String canonical;
    public final String trigger;

    /** Canonical's name from the cutover on, and the column that its clients write. */
    public final String crossed;

    public final String column;

    Kind(String legacy, String canonical, String trigger, String crossed, String column) {
      this.legacy = legacy;
      this.canonical = canonical;
      this.trigger = "\"" + trigger + "\"";
      this.crossed = crossed;
      this.column = column;
    }

    /** The partition or relation of canonical's that holds the row with id 1, after the cutover. */
    public String crossedLeaf() {
      return this == SHADOW ? "t" : canonical;
    }

    public Bench bench() {
      return switch (this) {
        case IN_PLACE ->
            plain().transition("public.t", map("new", "text", "old", Map.of("old", "new")));
        case SHADOW ->
            plain()
                .migration("V1__n.sql", "CREATE TABLE t_new (id bigint PRIMARY KEY, old text);")
                .migration("U1__n.sql", "DROP TABLE t_new;")
                .shadow("public.t", to("public.t_new"));
        case PARTITIONED ->
            new Bench(
                    "CREATE TABLE t (id int PRIMARY KEY, old text) PARTITION BY RANGE (id)",
                    "CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (25)",
                    "CREATE TABLE t_high PARTITION OF t FOR VALUES FROM (25) TO (1000)",
                    "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 50) g")
                .migration(
                    "V1__u.sql",
                    """
                    CREATE TABLE u (id bigint PRIMARY KEY, old text) PARTITION BY RANGE (id);
                    CREATE TABLE u_low PARTITION OF u FOR VALUES FROM (0) TO (40);
                    CREATE TABLE u_high PARTITION OF u FOR VALUES FROM (40) TO (1000);
                    """)
                .migration("U1__u.sql", "DROP TABLE u;")
                .shadow("public.t", to("public.u"));
      };
    }

    private static Bench plain() {
      return new Bench(
          "CREATE TABLE t (id int PRIMARY KEY, old text)",
          "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 50) g");
    }

    private static Shadow to(String built) {
      return new Shadow("public.t", Optional.of(built), LegacyName.HIDE, List.of());
    }
  }

  /** Something done to a trigger, a write that nothing follows, and back as it was. */
  public enum Way {
    DISABLED {
      @Override
      void touch(Bench bench, Kind kind, String relation, String write) {
        bench.run(
            "ALTER TABLE " + relation + " DISABLE TRIGGER " + kind.trigger,
            write,
            "ALTER TABLE " + relation + " ENABLE ALWAYS TRIGGER " + kind.trigger);
      }
    },
    ALL_DISABLED_AT_ONCE {
      @Override
      void touch(Bench bench, Kind kind, String relation, String write) {
        bench.run(
            """
            BEGIN;
            ALTER TABLE %s DISABLE TRIGGER USER;
            %s;
            DO $$
            DECLARE one text;
            BEGIN
              FOR one IN SELECT tgname FROM pg_trigger
                         WHERE tgrelid = '%s'::regclass AND NOT tgisinternal LOOP
                EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %%I', one);
              END LOOP;
            END $$;
            COMMIT
            """
                .formatted(relation, write, relation, relation));
      }
    },
    DROPPED {
      @Override
      void touch(Bench bench, Kind kind, String relation, String write) {
        // Of a partition it cannot be dropped alone.
        String root =
            bench.one(
                """
                SELECT coalesce(max(p.tgrelid), max(t.tgrelid))::regclass FROM pg_trigger t
                LEFT JOIN pg_trigger p ON p.oid = t.tgparentid
                WHERE t.tgrelid = '%s'::regclass AND quote_ident(t.tgname) = '%s'
                """
                    .formatted(relation, kind.trigger));
        String definition =
            bench.one(
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = '%s'::regclass AND quote_ident(tgname) = '%s'"
                    .formatted(root, kind.trigger));
        bench.run(
            "DROP TRIGGER " + kind.trigger + " ON " + root,
            write,
            definition,
            "ALTER TABLE " + root + " ENABLE ALWAYS TRIGGER " + kind.trigger);
      }
    },
    FUNCTION_REPLACED {
      @Override
      void touch(Bench bench, Kind kind, String relation, String write) {
        String function =
            bench.one(
                "SELECT tgfoid::regprocedure FROM pg_trigger WHERE tgrelid = '%s'::regclass AND quote_ident(tgname) = '%s'"
                    .formatted(relation, kind.trigger));
        String definition =
            bench.one("SELECT pg_get_functiondef('" + function + "'::regprocedure)");
        bench.run(
            "CREATE OR REPLACE FUNCTION "
                + function
                + " RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            write,
            definition);
      }
    };

    abstract void touch(Bench bench, Kind kind, String relation, String write);

    public void ofLegacy(Bench bench, Kind kind, String write) {
      touch(bench, kind, kind.legacy, write);
    }

    /** After the cutover. */
    public void ofCanonical(Bench bench, Kind kind, String write) {
      touch(bench, kind, kind.crossedLeaf(), write);
    }
  }
}
