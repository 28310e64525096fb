package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.MiniJson;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Side;
import dev.rubicon.demo.checks.client.Content.Gates;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A row as the database holds it, on each side that exists.
 *
 * @param copies rows with this run id
 */
record StoredRow(int copies, Optional<Legacy> legacy, Optional<Canonical> canonical) {

  record Legacy(Optional<String> claim, Optional<String> config, Optional<String> counts) {
    boolean holds(Content content) {
      return claim.equals(Optional.of(content.claim()))
          && same(config, content.config())
          && same(counts, content.counts());
    }
  }

  record Canonical(
      Optional<String> claim,
      Optional<String> config,
      Optional<String> counts,
      Gates gates,
      Optional<String> env,
      Optional<String> anonToken) {
    boolean holds(Content content) {
      return claim.equals(Optional.of(content.claim()))
          && same(config, content.config())
          && same(counts, content.counts())
          && gates.equals(content.gates())
          && env.equals(Optional.of("prod"))
          && anonToken.equals(content.anonToken());
    }
  }

  boolean holds(Side side, Content content) {
    return switch (side) {
      case OLD -> legacy.isPresent() && legacy.get().holds(content);
      case NEW -> canonical.isPresent() && canonical.get().holds(content);
    };
  }

  private static boolean same(Optional<String> left, Optional<String> right) {
    return left.map(MiniJson::parse).equals(right.map(MiniJson::parse));
  }

  /** Reads rows by run id; those that are not there are not in the map. */
  static Map<String, StoredRow> read(Connection connection, Collection<String> runIds)
      throws SQLException {
    List<String> columns = Jdbc.columns(connection, "checks");
    boolean legacy = columns.contains("claim_text");
    boolean canonical = columns.contains("claim");
    String sql =
        "SELECT run_id"
            + (legacy ? ", claim_text, aggregation, diagnostics" : "")
            + (canonical
                ? ", claim, config_json, counts_by_template_json, gate_compliance_ok,"
                    + " gate_stability_ok, gate_precision_ok, pqs, env, anon_token"
                : "")
            + " FROM public.checks WHERE run_id = ANY (?)";
    var found = new HashMap<String, StoredRow>();
    var all = new ArrayList<>(runIds);
    for (int from = 0; from < all.size(); from += 1000) {
      List<String> some = all.subList(from, Math.min(all.size(), from + 1000));
      Jdbc.query(
          connection,
          sql,
          row ->
              found.merge(
                  row.getString("run_id"), map(row, legacy, canonical), StoredRow::together),
          connection.createArrayOf("text", some.toArray()));
    }
    return found;
  }

  private static StoredRow together(StoredRow one, StoredRow other) {
    return new StoredRow(one.copies + other.copies, one.legacy, one.canonical);
  }

  private static StoredRow map(ResultSet row, boolean legacy, boolean canonical)
      throws SQLException {
    return new StoredRow(
        1,
        legacy
            ? Optional.of(
                new Legacy(
                    text(row, "claim_text"), text(row, "aggregation"), text(row, "diagnostics")))
            : Optional.empty(),
        canonical ? Optional.of(canonical(row)) : Optional.empty());
  }

  private static Canonical canonical(ResultSet row) throws SQLException {
    return new Canonical(
        text(row, "claim"),
        text(row, "config_json"),
        text(row, "counts_by_template_json"),
        new Gates(
            flag(row, "gate_compliance_ok"),
            flag(row, "gate_stability_ok"),
            flag(row, "gate_precision_ok"),
            Optional.<BigDecimal>ofNullable(row.getBigDecimal("pqs"))),
        text(row, "env"),
        text(row, "anon_token"));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  private static Optional<Boolean> flag(ResultSet row, String column) throws SQLException {
    boolean value = row.getBoolean(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }
}
