package dev.rubicon.demo.checks;

import dev.rubicon.demo.app.MiniJson;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Stands in for the model: estimates a claim's probability from its text, always the same for the
 * same text.
 */
record Harness(double probability, String config, String counts, boolean stable, int quality) {

  static Harness estimate(String claim) {
    int seed = claim.hashCode() & 0xFFFF;
    double probability = 0.05 + (seed % 900) / 1000.0;
    boolean stable = seed % 7 != 0;
    int quality = 40 + seed % 60;
    var config = new LinkedHashMap<String, Object>();
    config.put("K", 8);
    config.put("R", 2);
    config.put("seed", seed);
    var gates = new LinkedHashMap<String, Object>();
    gates.put("compliance_ok", true);
    gates.put("stability_ok", stable);
    gates.put("precision_ok", true);
    var counts = new LinkedHashMap<String, Object>();
    counts.put("counts_by_template", Map.of("t" + seed % 16, 3));
    counts.put("gates", gates);
    counts.put("pqs", quality);
    return new Harness(
        probability, MiniJson.write(config), MiniJson.write(counts), stable, quality);
  }
}
