package dev.rubicon.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a rollout leaves behind, without what differs from one undisturbed run to the next.
 *
 * @param rows digest of the rows that no client touched
 * @param facts per phase and round
 */
record Outcome(
    String outcome,
    String fingerprint,
    String stamp,
    String rows,
    String ofRubicon,
    Map<String, JsonNode> facts) {

  /** Durations, and what counts the clients' writes or names this very run. */
  private static final List<String> OF_THIS_RUN =
      List.of(
          "predicted",
          "bytes",
          "key",
          "digest",
          "golden",
          "location",
          "moved",
          "throttled",
          "blocked");

  static Outcome of(TestSite site, int loaded, int adopted) {
    var rollout = site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow();
    var facts = new TreeMap<String, JsonNode>();
    for (var phase : site.rollouts.ledger().phases().of(rollout.id())) {
      facts.put(
          phase.phase() + "/" + phase.round() + "/" + phase.outcome(), settled(phase.facts()));
    }
    return new Outcome(
        rollout.outcome(),
        site.fingerprint(),
        site.ask("heretix", "SELECT string_agg(version_num, ',') FROM public.alembic_version"),
        site.ask("heretix", ROWS.formatted(loaded, loaded, adopted)),
        site.ask("heretix", "SELECT stage FROM rubicon.state"),
        facts);
  }

  /** Times of creation come from the clock at load; they are not compared. */
  private static final String ROWS =
      """
      SELECT count(*) || ' ' || md5(string_agg(md5((to_jsonb(c) - 'created_at')::text), '' ORDER BY id))
        FROM public.checks c
       WHERE id <= %d
         AND run_id NOT IN (SELECT run_id FROM public.checks WHERE id <= %d ORDER BY md5(run_id) LIMIT %d)
      """;

  private static JsonNode settled(JsonNode facts) {
    JsonNode copy = facts.deepCopy();
    if (copy instanceof ObjectNode object) {
      object.remove(OF_THIS_RUN);
      if (object.get("rows") instanceof ObjectNode rows) {
        rows.fieldNames().forEachRemaining(relation -> rows.put(relation, "some"));
      }
    }
    return copy;
  }
}
