package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.abort.Abort;
import dev.rubicon.backfill.Backfill;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.expand.Expand;
import dev.rubicon.rollback.Rollback;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.verify.Verify;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code up} and {@code down} call may come with the runbook's own migrations: the plan tries
 * it behind them, and so does every phase.
 */
@Turn
@Tag("slow")
class FunctionsOfExpandTest {
  private static final String SENSORS =
      "CREATE TABLE public.sensors (id bigint PRIMARY KEY, node_id bigint, metric text);\n";

  private static final String LEGACY =
      SENSORS
          + "CREATE TABLE public.telemetry (id bigint PRIMARY KEY, node_id bigint, metric text);\n";

  private static final String ROWS =
      """
      INSERT INTO public.sensors VALUES (1, 10, 'ph'), (2, 10, 'ec');
      INSERT INTO public.telemetry VALUES (1, 10, 'ph'), (2, 10, 'ec'), (3, 11, 'ph');
      """;

  private static final String FUNCTIONS =
      """
      CREATE FUNCTION public.sensor_of(node bigint, what text) RETURNS bigint LANGUAGE sql STABLE
      AS $$ SELECT id FROM public.sensors WHERE node_id = node AND metric = what $$;
      CREATE FUNCTION public.node_of(sensor bigint) RETURNS bigint LANGUAGE sql STABLE
      AS $$ SELECT node_id FROM public.sensors WHERE id = sensor $$;
      CREATE FUNCTION public.metric_of(sensor bigint) RETURNS text LANGUAGE sql STABLE
      AS $$ SELECT metric FROM public.sensors WHERE id = sensor $$;
      """;

  private static final String UNDO =
      """
      DROP FUNCTION public.sensor_of(bigint, text);
      DROP FUNCTION public.node_of(bigint);
      DROP FUNCTION public.metric_of(bigint);
      """;

  private static final String COLUMN =
      """
            - name: sensor_id
              up: sensor_of(node_id, metric)
              down: {node_id: node_of(sensor_id), metric: metric_of(sensor_id)}
      """;

  private static final String IN_PLACE =
      """
      transitions:
        - relation: public.telemetry
          columns:
      """
          + COLUMN
          + "        type: bigint\n";

  private static final String SHADOW =
      """
      transitions:
        - relation: public.telemetry
          kind: shadow
          to: public.readings
          legacy-name: keep
          columns:
            - {name: id, up: id, down: {id: id}}
      """
          + COLUMN;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {IN_PLACE, SHADOW})
  void planAndEveryPhaseTakeThem(String transitions) {
    boolean shadow = transitions.equals(SHADOW);
    String table =
        shadow ? "CREATE TABLE public.readings (id bigint PRIMARY KEY, sensor_id bigint);" : "";
    Bundle bundle =
        PreflightSamples.bundle(
            temp,
            (shadow ? SENSORS : LEGACY) + FUNCTIONS + table,
            FUNCTIONS + table,
            UNDO + (shadow ? "DROP TABLE public.readings;" : ""),
            transitions + "approvals: {gates: [], self-approval: true}\n");
    var bench = new Bench(LEGACY, ROWS);
    PhaseContext context =
        PreflightSamples.context(bundle, bench.target(), new KeptEvidence()).in(Phase.EXPAND);
    String before = bench.fingerprint();

    assertThat(new Preflight(PreflightSamples.staging()).run(context.in(Phase.PREFLIGHT)).open())
        .isEmpty();
    new Expand().run(context);
    new DualWrite().run(context.in(Phase.DUAL_WRITE));
    new Abort().run(context.in(Phase.ABORT));
    assertThat(bench.fingerprint()).isEqualTo(before);

    new Expand().run(context);
    new DualWrite().run(context.in(Phase.DUAL_WRITE));
    new Backfill().run(context.in(Phase.BACKFILL));
    new Verify().run(context.in(Phase.VERIFY));
    bench.run("INSERT INTO public.telemetry VALUES (4, 10, 'ec')");
    new Cutover().run(context.in(Phase.CUTOVER), CrossingTerms.NONE);
    String canonical = shadow ? "public.readings" : "public.telemetry";
    assertThat(bench.rows("SELECT id, sensor_id FROM " + canonical + " ORDER BY id"))
        .containsExactly("1|1", "2|2", "3|~", "4|2");
    new Rollback().run(context.in(Phase.ROLLBACK), ReturnTerms.NOTHING_LOST);
    assertThat(bench.rows("SELECT id, node_id FROM public.telemetry ORDER BY id"))
        .containsExactly("1|10", "2|10", "3|11", "4|10");
  }

  /** What no migration mends is refused behind them, before an index is built. */
  @Test
  void whatTheMigrationsLeaveOutIsRefusedByPlanAndLaunch() {
    Bundle bundle = PreflightSamples.bundle(temp, LEGACY, "SELECT 1;", "SELECT 1;", IN_PLACE);
    var bench = new Bench(LEGACY, ROWS);
    PhaseContext context =
        PreflightSamples.context(bundle, bench.target(), new KeptEvidence()).in(Phase.EXPAND);

    assertThatThrownBy(
            () -> new Preflight(PreflightSamples.staging()).run(context.in(Phase.PREFLIGHT)))
        .hasMessageContaining("unsupported:transition:public.telemetry");
    assertThatThrownBy(() -> new Expand().run(context))
        .hasMessageContaining("function sensor_of(bigint, text) does not exist");
  }
}
