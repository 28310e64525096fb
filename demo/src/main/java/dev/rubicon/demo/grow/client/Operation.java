package dev.rubicon.demo.grow.client;

import dev.rubicon.demo.app.client.Side;
import java.util.List;

/**
 * What a service writes. Statements read {@code v (name, value, id)}; the row's key is what the
 * statement returns, and the value shows which write it holds.
 *
 * @param table whose keys these are
 * @param insert of a new row, returning its key
 * @param update of a row, returning its key
 * @param read key and value of the rows of these keys
 */
record Operation(String table, String insert, String update, String read) {
  private static final String A_SENSOR =
      "(SELECT min(s.id) FROM public.sensors s WHERE s.type = 'PH')";
  private static final String NEWEST_REVISION =
      "(SELECT r.id FROM public.recipe_revisions r WHERE r.recipe_id = 1 AND r.revision_number ="
          + " 2)";
  private static final String PHASE =
      "(SELECT p.id FROM public.phases p WHERE p.recipe_revision_id = "
          + NEWEST_REVISION
          + " AND p.phase_index = v.value::bigint % 3)";

  private static final Operation COMMAND =
      new Operation(
          "commands",
          """
          INSERT INTO public.commands (zone_id, cmd, params, cmd_id)
          SELECT 1, 'dose', jsonb_build_object('ml', value), name FROM v RETURNING id\
          """,
          """
          UPDATE public.commands t SET status = 'DONE', ack_at = now(), params = jsonb_build_object('ml', v.value)
            FROM v WHERE t.id = v.id RETURNING t.id\
          """,
          "SELECT id, params ->> 'ml' FROM public.commands WHERE id = ANY (?)");

  private static final Operation EVENT =
      new Operation(
          "zone_events",
          """
          INSERT INTO public.zone_events (zone_id, type, details)
          SELECT 2, 'ALERT_CREATED', jsonb_build_object('v', value) FROM v RETURNING id\
          """,
          """
          UPDATE public.zone_events t SET details = jsonb_build_object('v', v.value)
            FROM v WHERE t.id = v.id RETURNING t.id\
          """,
          "SELECT id, details ->> 'v' FROM public.zone_events WHERE id = ANY (?)");

  private static final String READ_SAMPLE =
      "SELECT id, value::bigint::text FROM public.telemetry_samples WHERE id = ANY (?)";
  private static final String UPDATE_SAMPLE =
      "UPDATE public.telemetry_samples t SET value = v.value::double precision FROM v WHERE t.id ="
          + " v.id RETURNING t.id";

  /** The ingester's, as long as a sample is a zone's. */
  static final Operation SAMPLE_OF_ZONE =
      new Operation(
          "telemetry_samples",
          """
          INSERT INTO public.telemetry_samples (zone_id, node_id, metric_type, channel, value, ts)
          SELECT 1, 1, 'PH', 'a', value::double precision, now() AT TIME ZONE 'UTC' FROM v RETURNING id\
          """,
          UPDATE_SAMPLE,
          READ_SAMPLE);

  /** The same once a sample is a sensor's. */
  static final Operation SAMPLE_OF_SENSOR =
      new Operation(
          "telemetry_samples",
          "INSERT INTO public.telemetry_samples (sensor_id, value, ts) SELECT "
              + A_SENSOR
              + ", value::double precision, now() FROM v RETURNING id",
          UPDATE_SAMPLE,
          READ_SAMPLE);

  /** What both builds of the user interface show of samples. */
  static final String READ_RAW =
      "SELECT value::bigint::text FROM public.telemetry_raw WHERE id = ? AND zone_id IS NOT NULL"
          + " AND metric_type = 'PH' AND ts IS NOT NULL";

  private static final String READ_AGGREGATE =
      """
      SELECT a.id, CASE WHEN s.type = 'PH' THEN a.value_avg::bigint::text ELSE 'torn' END
        FROM public.telemetry_agg_1m a JOIN public.sensors s ON s.id = a.sensor_id WHERE a.id = ANY (?)\
      """;
  private static final String UPDATE_AGGREGATE =
      "UPDATE public.telemetry_agg_1m t SET value_avg = v.value::double precision FROM v WHERE t.id"
          + " = v.id RETURNING t.id";

  private static final Operation AGGREGATE_BEFORE =
      new Operation(
          "telemetry_agg_1m",
          """
          INSERT INTO public.telemetry_agg_1m (zone_id, node_id, metric_type, channel, value_avg, sample_count, ts)
          SELECT 3, NULL, 'PH', NULL, value::double precision, 1, to_timestamp(value::bigint) FROM v RETURNING id\
          """,
          UPDATE_AGGREGATE,
          READ_AGGREGATE);

  private static final Operation AGGREGATE =
      new Operation(
          "telemetry_agg_1m",
          "INSERT INTO public.telemetry_agg_1m (sensor_id, value_avg, sample_count, ts) SELECT "
              + A_SENSOR
              + ", value::double precision, 1, to_timestamp(value::bigint) FROM v RETURNING id",
          UPDATE_AGGREGATE,
          READ_AGGREGATE);

  /** A sensor's last value; its key is the number in the metric's name. */
  private static final String READ_LAST =
      """
      SELECT substr(s.type, 8)::bigint, l.value::bigint::text
        FROM public.telemetry_last l JOIN public.sensors s ON s.id = l.sensor_id
       WHERE s.type = ANY (SELECT 'client ' || i FROM unnest(?) AS i)\
      """;

  private static final Operation LAST_BEFORE =
      new Operation(
          "telemetry_last",
          """
          INSERT INTO public.telemetry_last (zone_id, metric_type, value, updated_at)
          SELECT 4, name, value::double precision, now() AT TIME ZONE 'UTC' FROM v RETURNING substr(metric_type, 8)::bigint\
          """,
          """
          INSERT INTO public.telemetry_last AS t (zone_id, node_id, metric_type, channel, value, updated_at)
          SELECT 4, 0, 'client ' || id, '', value::double precision, now() AT TIME ZONE 'UTC' FROM v
          ON CONFLICT (zone_id, node_id, metric_type, channel)
          DO UPDATE SET value = EXCLUDED.value, updated_at = EXCLUDED.updated_at RETURNING substr(t.metric_type, 8)::bigint\
          """,
          READ_LAST);

  private static final Operation LAST =
      new Operation(
          "telemetry_last",
          """
          , s AS (INSERT INTO public.sensors (zone_id, type) SELECT 5, name FROM v RETURNING id, type)
          INSERT INTO public.telemetry_last (sensor_id, value, last_ts)
          SELECT s.id, v.value::double precision, now() FROM s, v RETURNING (SELECT substr(s.type, 8)::bigint FROM s)\
          """,
          """
          UPDATE public.telemetry_last t SET value = v.value::double precision, last_ts = now()
            FROM v, public.sensors s WHERE s.type = 'client ' || v.id AND t.sensor_id = s.id RETURNING v.id\
          """,
          READ_LAST);

  /** Also shows a cycle whose phase is another than its last writer's. */
  private static final String READ_CYCLE =
      """
      SELECT c.id, CASE WHEN p.phase_index = c.notes::bigint % 3 AND p.recipe_revision_id = c.recipe_revision_id
                        THEN c.notes ELSE 'torn' END
        FROM public.grow_cycles c LEFT JOIN public.phases p ON p.id = c.current_phase_id WHERE c.id = ANY (?)\
      """;

  private static final Operation CYCLE_BEFORE =
      new Operation(
          "grow_cycles",
          """
          INSERT INTO public.grow_cycles (zone_id, recipe_id, status, current_phase_index, notes)
          SELECT 6, 1, 'HARVESTED', (value::bigint % 3)::integer, value FROM v RETURNING id\
          """,
          """
          UPDATE public.grow_cycles t SET current_phase_index = (v.value::bigint % 3)::integer, notes = v.value
            FROM v WHERE t.id = v.id RETURNING t.id\
          """,
          READ_CYCLE);

  private static final Operation CYCLE =
      new Operation(
          "grow_cycles",
          "INSERT INTO public.grow_cycles (zone_id, recipe_revision_id, status, current_phase_id,"
              + " notes) SELECT 7, "
              + NEWEST_REVISION
              + ", 'HARVESTED', "
              + PHASE
              + ", value FROM v RETURNING id",
          "UPDATE public.grow_cycles t SET current_phase_id = "
              + PHASE
              + ", notes = v.value FROM v WHERE t.id = v.id RETURNING t.id",
          READ_CYCLE);

  /** Goes without a successor: only the old build writes it. */
  private static final Operation INSTANCE =
      new Operation(
          "zone_recipe_instances",
          """
          INSERT INTO public.zone_recipe_instances (zone_id, recipe_id, current_phase_index, started_at)
          SELECT 6, 1, value::integer, now() FROM v RETURNING id\
          """,
          """
          UPDATE public.zone_recipe_instances t SET current_phase_index = v.value::integer
            FROM v WHERE t.id = v.id RETURNING t.id\
          """,
          "SELECT id, current_phase_index::text FROM public.zone_recipe_instances WHERE id = ANY"
              + " (?)");

  /**
   * All that a build's services do.
   *
   * @param bySensor whether the ingester's build of after the crossing is there
   */
  static List<Operation> of(Side side, boolean bySensor) {
    Operation sample = bySensor ? SAMPLE_OF_SENSOR : SAMPLE_OF_ZONE;
    return side == Side.OLD
        ? List.of(COMMAND, EVENT, sample, AGGREGATE_BEFORE, LAST_BEFORE, CYCLE_BEFORE, INSTANCE)
        : List.of(COMMAND, EVENT, sample, AGGREGATE, LAST, CYCLE);
  }

  boolean isSample() {
    return table.equals("telemetry_samples");
  }
}
