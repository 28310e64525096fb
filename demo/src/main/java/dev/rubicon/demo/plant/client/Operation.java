package dev.rubicon.demo.plant.client;

import java.util.List;

/**
 * What the backend does for its API, with the table's columns as the application knows them.
 * Statements read {@code v (id, value, device, plant)}; the value shows which write a row holds.
 *
 * @param insert of a new row
 * @param update of a row; empty where rows are only added
 * @param read id and value of the rows of these ids
 */
record Operation(String name, String insert, String update, String read) {

  static final Operation DEVICE =
      new Operation(
          "device",
          """
          INSERT INTO public.devices (id, mac_address, mqtt_username, mqtt_password_hash, plant_id, sensor_types, firmware_version)
          SELECT id, 'mac ' || id, 'mqtt ' || id, 'fixture-hash', plant, '["soil_moisture"]', value FROM v\
          """,
          """
          UPDATE public.devices t SET firmware_version = v.value, status = 'online', last_seen_at = now()
            FROM v WHERE t.id = v.id\
          """,
          "SELECT id, firmware_version FROM public.devices WHERE id = ANY (?)");

  /** A reading is found again by the light level, which only this client uses as a number. */
  private static final Operation TELEMETRY =
      new Operation(
          "telemetry",
          """
          INSERT INTO public.telemetry (time, device_id, plant_id, soil_moisture, temperature, humidity, light_level)
          SELECT 'epoch'::timestamptz + id::bigint * interval '1 ms', device, plant, 0.4, 21.5, 0.6, value::double precision
            FROM v\
          """,
          "",
          """
          SELECT (extract(epoch FROM time) * 1000)::bigint::text, light_level::bigint::text FROM public.telemetry
           WHERE time = ANY (SELECT 'epoch'::timestamptz + i::bigint * interval '1 ms' FROM unnest(?) AS i)\
          """);

  private static final Operation ALERT =
      new Operation(
          "alert",
          """
          INSERT INTO public.alerts (plant_id, device_id, metric, value, threshold, direction)
          SELECT plant, device, 'client ' || id, value::double precision, 0.3, 'below' FROM v\
          """,
          "",
          """
          SELECT substr(metric, 8), value::bigint::text FROM public.alerts
           WHERE metric = ANY (SELECT 'client ' || i FROM unnest(?) AS i)\
          """);

  private static final Operation CARE_PLAN =
      new Operation(
          "care plan",
          """
          , p AS (INSERT INTO public.plants (id, name, species, thresholds)
                  SELECT id, 'plant ' || id, 'ficus', '{"soil_moisture": {"min": 0.3}}' FROM v)
          INSERT INTO public.care_plans (plant_id, plan_data)
          SELECT id, jsonb_build_object('version', value) FROM v\
          """,
          """
          INSERT INTO public.care_plans (plant_id, plan_data) SELECT id, jsonb_build_object('version', value) FROM v
          ON CONFLICT (plant_id) DO UPDATE SET plan_data = excluded.plan_data, generated_at = now()\
          """,
          "SELECT plant_id, plan_data ->> 'version' FROM public.care_plans WHERE plant_id = ANY"
              + " (?)");

  private static final Operation SETTING =
      new Operation(
          "setting",
          "INSERT INTO public.settings (key, value) SELECT id, value FROM v",
          """
          INSERT INTO public.settings (key, value) SELECT id, value FROM v
          ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()\
          """,
          "SELECT key, value FROM public.settings WHERE key = ANY (?)");

  static final List<Operation> ALL = List.of(DEVICE, TELEMETRY, ALERT, CARE_PLAN, SETTING);
}
