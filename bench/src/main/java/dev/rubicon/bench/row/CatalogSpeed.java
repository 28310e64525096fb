package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Program;
import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.Scale;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.rollout.Phase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What a schema's size costs: reading and comparing it, and a plan that changes little of it. */
public final class CatalogSpeed implements Benchmark {
  private static final String DUMP = "pg_dump -s";
  private static final List<String> SCHEMAS = List.of("public");

  @Override
  public String name() {
    return "catalog";
  }

  @Override
  public String what() {
    return "read a schema and compare it with itself; plan one new index in it";
  }

  @Override
  public String of() {
    return "tables";
  }

  @Override
  public IntStream sizes(Scale scale) {
    return scale.quick() ? IntStream.of(100, 1_000) : IntStream.of(100, 1_000, 5_000);
  }

  @Override
  public List<Way> ways(World world, int size) {
    Map<String, String> environment = world.environment(world.target("schema_" + size));
    return List.of(
        new Way(
            DUMP,
            "pg_dump -s",
            () -> {
              database(world, size);
              return Map.of(
                  "s",
                  Events.seconds(
                      () -> Program.bash(environment, "pg_dump -s", List.of("pg_dump"))));
            }),
        new Way(
            DUMP + " twice, and diff",
            "diff <(pg_dump -s) <(pg_dump -s)",
            () -> {
              database(world, size);
              return Map.of(
                  "s",
                  Events.seconds(
                      () ->
                          Program.bash(
                              environment,
                              "diff <(pg_dump -s) <(pg_dump -s)",
                              List.of("pg_dump", "diff"))));
            }),
        new Way(
            "Rubicon",
            "read both, and compare; the phase preflight of a runbook with one concurrent index",
            () -> {
              Target target = database(world, size);
              var figures = new HashMap<String, Double>();
              var rollout = rollout(target);
              try (PgSession session =
                  PgSession.open(
                      target, rollout.context(Phase.PREFLIGHT).tag(), SessionLimits.SHORT)) {
                figures.put(
                    "s",
                    Events.seconds(
                        () -> {
                          CatalogSnapshot one = CatalogReader.read(session, SCHEMAS);
                          CatalogDiff.between(one, CatalogReader.read(session, SCHEMAS));
                        }));
              }
              figures.put("plan s", Events.seconds(() -> plan(world, rollout)));
              return figures;
            }));
  }

  /** Findings of the draft stop it at its end, when all is done. */
  private static void plan(World world, Rollout rollout) {
    try {
      new Preflight(world.target("postgres")).run(rollout.context(Phase.PREFLIGHT));
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.FINDING_OPEN) {
        throw e;
      }
    }
  }

  private static Rollout rollout(Target target) {
    return new Rollout(
        target,
        """
        expand:
          concurrently: [{name: t1_note, sql: "CREATE INDEX CONCURRENTLY t1_note ON t1 (note)"}]
        """,
        Map.of());
  }

  private static Target database(World world, int tables) {
    world.template(
        "schema_" + tables,
        IntStream.range(0, tables).mapToObj(CatalogSpeed::table).toArray(String[]::new));
    return world.target("schema_" + tables);
  }

  private static String table(int i) {
    return """
    CREATE TABLE t%1$d (
      id bigserial PRIMARY KEY, code text NOT NULL UNIQUE, parent bigint, name varchar(80),
      amount numeric(12,2) DEFAULT 0 NOT NULL, at timestamptz DEFAULT now(), state text DEFAULT 'new',
      note text, flags int[], body jsonb, CONSTRAINT t%1$d_amount CHECK (amount >= 0));
    CREATE INDEX t%1$d_at ON t%1$d (at);
    COMMENT ON TABLE t%1$d IS 'table %1$d';
    """
            .formatted(i)
        + (i == 0
            ? ""
            : "ALTER TABLE t%1$d ADD CONSTRAINT t%1$d_parent FOREIGN KEY (parent) REFERENCES t%2$d;"
                .formatted(i, i / 2));
  }

  @Override
  public List<Aim> aims() {
    return List.of(Aim.atMost("s", "Rubicon", DUMP + " twice, and diff", 1));
  }
}
