package dev.rubicon.bench;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.preflight.trial.Effects;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.scaffold.Scaffold;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a large schema costs: reading and comparing it, the draft of a runbook, and its plan.
 * bench/README.md has the command and the figures. Nothing here is asserted.
 */
@EnabledIfSystemProperty(named = "rubicon.bench", matches = "true")
class PlanBench {
  private static final int TABLES = Integer.getInteger("rubicon.tables", 1000);
  private static final boolean PROFILE = Boolean.getBoolean("rubicon.profile");
  private static final List<String> SCHEMAS = List.of("public");

  @TempDir Path temp;

  private static String tables(int from, int to) {
    return IntStream.range(from, to).mapToObj(PlanBench::table).collect(Collectors.joining());
  }

  private static String table(int i) {
    return """
    CREATE TABLE public.t%1$d (
      id bigserial PRIMARY KEY, code text NOT NULL UNIQUE, parent bigint, name varchar(80),
      amount numeric(12,2) DEFAULT 0 NOT NULL, at timestamptz DEFAULT now(), state text DEFAULT 'new',
      note text, flags int[], body jsonb, CONSTRAINT t%1$d_amount CHECK (amount >= 0));
    CREATE INDEX t%1$d_at ON public.t%1$d (at);
    COMMENT ON TABLE public.t%1$d IS 'table %1$d';
    """
            .formatted(i)
        + (i == 0
            ? ""
            : "ALTER TABLE public.t%1$d ADD CONSTRAINT t%1$d_parent FOREIGN KEY (parent) REFERENCES"
                    .formatted(i)
                + " public.t%d;\n".formatted(i / 2))
        + (i % 10 == 0
            ? "CREATE VIEW public.v%1$d AS SELECT id, code, amount FROM public.t%1$d WHERE amount > 0;\n"
                .formatted(i)
            : "");
  }

  private static String columns(int tables) {
    return IntStream.range(0, tables)
        .mapToObj(i -> "ALTER TABLE public.t%d ADD COLUMN more text;\n".formatted(i))
        .collect(Collectors.joining());
  }

  @Test
  void aLargeSchema() throws Exception {
    Target all = CatalogSamples.database("large", tables(0, TABLES));
    String half = tables(0, TABLES * 3 / 4);
    Target part = CatalogSamples.database("part", half);
    CatalogSnapshot[] read = new CatalogSnapshot[2];
    said("read %d tables".formatted(TABLES), () -> read[0] = read(all));
    said("again", () -> read[0] = read(all));
    read[1] = read(part);
    System.out.println(read[0].entries().size() + " entries");
    said("fingerprint", () -> read[0].fingerprint());
    said("compare with itself", () -> CatalogDiff.between(read[0], read[0]).size());
    said(
        "compare, a quarter missing",
        () -> CatalogDiff.between(read[1], read[0]).size() + " findings");
    said(
        "compare, all missing",
        () -> CatalogDiff.between(new CatalogSnapshot(List.of()), read[0]).size() + " findings");

    Path fifty = temp.resolve("fifty");
    write(fifty.resolve("canonical/schema.sql"), tables(0, TABLES) + columns(50));
    write(fifty.resolve("expand/V1__change.sql"), columns(50));
    write(
        fifty.resolve("expand/U1__change.sql"),
        columns(50).replace("ADD COLUMN more text", "DROP COLUMN more"));
    write(
        fifty.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: sample
        title: A sample
        description: For a test
        canonical: {sql: [canonical/schema.sql]}
        backup: {external: elsewhere}
        clone: {none: a test}
        expand: {migrations: expand}
        """);
    said("plan of 50 statements", () -> plan(fifty, all));

    Path wanted = temp.resolve("wanted.sql");
    write(wanted, tables(0, TABLES) + columns(TABLES / 2));
    Path draft = temp.resolve("draft");
    said(
        "draft",
        () ->
            new Scaffold(
                        CatalogSamples.target("postgres"),
                        CatalogSamples.TAG,
                        Optional.empty(),
                        Progress.NONE)
                    .write(draft, "draft", part, new Scaffold.Canonical.SqlFile(wanted), SCHEMAS)
                    .differences()
                    .size()
                + " differences");
    said("plan of it", () -> plan(draft, part));
  }

  private static CatalogSnapshot read(Target target) {
    try (PgSession session = CatalogSamples.open(target)) {
      return CatalogReader.read(session, SCHEMAS);
    }
  }

  private static String plan(Path folder, Target target) {
    Bundle bundle = RunbookReader.read(folder);
    var evidence = new KeptEvidence();
    String end = "no finding open";
    try {
      new Preflight(CatalogSamples.target("postgres"))
          .run(
              new PhaseContext(
                  new PhaseInput("r-1", "test", bundle.digest(), "alice", Phase.PREFLIGHT, 1),
                  bundle,
                  target,
                  evidence,
                  Progress.NONE));
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.FINDING_OPEN && e.code() != ErrorCode.HAZARD_NOT_ALLOWED) {
        throw e;
      }
      end = e.code().toString();
    }
    Effects effects = evidence.get(Effects.EVIDENCE);
    return effects.statements().size() + " statements, " + end;
  }

  private static void said(String what, Supplier<Object> work) {
    long began = System.nanoTime();
    double jvm = ownCpu();
    double server = serverCpu();
    Object result;
    try (var _ = PROFILE ? new StackSamples(Thread.currentThread()) : null) {
      result = work.get();
    }
    System.out.printf(
        "%s: %.1f s (CPU: server %.1f s, JVM %.1f s) %s%n",
        what,
        (System.nanoTime() - began) / 1e9,
        serverCpu() - server,
        ownCpu() - jvm,
        result instanceof CatalogSnapshot ? "" : result);
  }

  private static double ownCpu() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime() / 1e9
        : 0;
  }

  /** Of its sessions that have ended, as Linux counts: on a busy machine, what one can compare. */
  private static double serverCpu() {
    try (PgSession session = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      return Double.parseDouble(
          session.value(
              """
              SELECT (split_part(stat, ' ', 16)::numeric + split_part(stat, ' ', 17)::numeric) / 100
              FROM pg_read_file('/proc/' || split_part(pg_read_file('postmaster.pid'), chr(10), 1)
                                || '/stat') AS stat
              """));
    }
  }

  private static void write(Path file, String content) throws java.io.IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
