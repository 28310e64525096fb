package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.MiniJson;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * What a row of checks says, whichever columns say it. The derivation of gates and PQS is this
 * client's own reading of the mapping, not the runbook's SQL.
 *
 * @param config JSON; empty: SQL NULL
 * @param counts JSON; empty: SQL NULL
 * @param anonToken canonical only
 */
record Content(
    String claim,
    Optional<String> config,
    Optional<String> counts,
    Gates gates,
    Optional<String> anonToken) {

  /** Canonical's columns that legacy keeps inside diagnostics. */
  record Gates(
      Optional<Boolean> compliance,
      Optional<Boolean> stability,
      Optional<Boolean> precision,
      Optional<BigDecimal> pqs) {

    /** What canonical must say of a row whose diagnostics were written by the old version. */
    static Gates of(Optional<String> diagnostics) {
      Map<?, ?> top = diagnostics.<Map<?, ?>>map(MiniJson::object).orElse(Map.of());
      Map<?, ?> gates = top.get("gates") instanceof Map<?, ?> map ? map : Map.of();
      return new Gates(
          flag(gates, "compliance_ok"),
          flag(gates, "stability_ok"),
          flag(gates, "precision_ok"),
          score(top.get("pqs")));
    }

    private static Optional<Boolean> flag(Map<?, ?> gates, String name) {
      return gates.get(name) instanceof Boolean value ? Optional.of(value) : Optional.empty();
    }

    private static Optional<BigDecimal> score(Object value) {
      return value instanceof BigDecimal number
              && number.signum() >= 0
              && number.compareTo(BigDecimal.valueOf(100)) <= 0
          ? Optional.of(number.setScale(2, java.math.RoundingMode.HALF_UP))
          : Optional.empty();
    }
  }

  /** A row as the old version wrote it. */
  static Content old(String claim, Optional<String> aggregation, Optional<String> diagnostics) {
    return new Content(claim, aggregation, diagnostics, Gates.of(diagnostics), Optional.empty());
  }

  Content withClaim(String other) {
    return new Content(other, config, counts, gates, anonToken);
  }

  Content withConfig(String other) {
    return new Content(claim, Optional.of(other), counts, gates, anonToken);
  }

  /** The old version wrote diagnostics: canonical derives the gates anew. */
  Content withDiagnostics(String other) {
    return new Content(claim, config, Optional.of(other), Gates.of(Optional.of(other)), anonToken);
  }

  /** The new version wrote counts and gates together. */
  Content withCounts(String other, Gates written) {
    return new Content(claim, config, Optional.of(other), written, anonToken);
  }
}
