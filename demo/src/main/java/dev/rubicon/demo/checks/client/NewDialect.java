package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Side;
import dev.rubicon.demo.checks.client.Content.Gates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The new version: canonical columns, usage in the ledger or in anonymous_usage. */
final class NewDialect implements Dialect {
  private static final int TOKENS = 5;

  private final UUID user;
  private final Values values;

  NewDialect(UUID user, Values values) {
    this.user = user;
    this.values = values;
  }

  @Override
  public Side side() {
    return Side.NEW;
  }

  /**
   * Ready when canonical columns are there and a write to them reaches the legacy side, tried in a
   * transaction that is rolled back. Once legacy is gone, the columns alone decide.
   */
  @Override
  public boolean ready(Connection connection) throws SQLException {
    List<String> columns = Jdbc.columns(connection, "checks");
    if (!columns.containsAll(List.of("claim", "config_json", "pqs", "env", "anon_token"))) {
      return false;
    }
    if (!columns.contains("claim_text")) {
      return true;
    }
    connection.setAutoCommit(false);
    try {
      String runId = values.runId(Side.NEW);
      insert(connection, runId, fresh(values));
      return Jdbc.query(
              connection,
              "SELECT claim_text = claim FROM public.checks WHERE run_id = ?",
              row -> row.getBoolean(1),
              runId)
          .equals(List.of(true));
    } catch (SQLException e) {
      if (Jdbc.connectionLost(e)) {
        throw e;
      }
      // Without dual-write the legacy side refuses (NOT NULL), or a table is not there yet.
      return false;
    } finally {
      if (!connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  @Override
  public Content fresh(Values fresh) {
    var random = ThreadLocalRandom.current();
    Optional<String> token =
        random.nextInt(3) == 0
            ? Optional.of(fresh.prefix() + "t" + random.nextInt(TOKENS))
            : Optional.empty();
    return new Content(
        fresh.claim(),
        random.nextInt(10) == 0 ? Optional.empty() : Optional.of(fresh.config()),
        random.nextInt(10) == 0 ? Optional.empty() : Optional.of(fresh.counts()),
        fresh.gates(),
        token);
  }

  @Override
  public void insert(Connection connection, String runId, Content content) throws SQLException {
    Gates gates = content.gates();
    Jdbc.update(
        connection,
        """
        INSERT INTO public.checks
            (run_id, env, user_id, anon_token, claim, prompt_version, prob_true_rpl, config_json,
             counts_by_template_json, gate_compliance_ok, gate_stability_ok, gate_precision_ok, pqs)
        VALUES (?, 'prod', ?::uuid, ?, ?, 'client-new', 0.5, ?::jsonb, ?::jsonb,
                ?::boolean, ?::boolean, ?::boolean, ?::numeric)\
        """,
        runId,
        content.anonToken().isPresent() ? Optional.empty() : Optional.of(user),
        content.anonToken(),
        content.claim(),
        content.config(),
        content.counts(),
        gates.compliance(),
        gates.stability(),
        gates.precision(),
        gates.pqs());
    if (content.anonToken().isPresent()) {
      Ledger.countAnonymous(connection, content.anonToken().get());
    } else {
      Ledger.count(connection, user);
    }
  }

  @Override
  public String billed(Content content) {
    return content.anonToken().map(token -> "anon:" + token).orElse("user:" + user);
  }

  @Override
  public Content changed(Content before, Values fresh) {
    return switch (ThreadLocalRandom.current().nextInt(3)) {
      case 0 -> before.withClaim(fresh.claim());
      case 1 -> before.withConfig(fresh.config());
      default -> before.withCounts(fresh.counts(), fresh.gates());
    };
  }

  @Override
  public int update(
      Connection connection, String runId, Content before, Content after, Optional<String> expected)
      throws SQLException {
    String guard = expected.isPresent() ? " AND claim = ?" : " AND ?::text IS NULL";
    if (!after.claim().equals(before.claim())) {
      return Jdbc.update(
          connection,
          "UPDATE public.checks SET claim = ? WHERE run_id = ?" + guard,
          after.claim(),
          runId,
          expected);
    }
    if (!after.config().equals(before.config())) {
      return Jdbc.update(
          connection,
          "UPDATE public.checks SET config_json = ?::jsonb WHERE run_id = ?" + guard,
          after.config(),
          runId,
          expected);
    }
    Gates gates = after.gates();
    return Jdbc.update(
        connection,
        """
        UPDATE public.checks
           SET counts_by_template_json = ?::jsonb, gate_compliance_ok = ?::boolean,
               gate_stability_ok = ?::boolean, gate_precision_ok = ?::boolean, pqs = ?::numeric
         WHERE run_id = ?\
        """
            + guard,
        after.counts(),
        gates.compliance(),
        gates.stability(),
        gates.precision(),
        gates.pqs(),
        runId,
        expected);
  }
}
