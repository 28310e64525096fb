package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The old version: legacy columns, usage in the ledger. */
final class OldDialect implements Dialect {
  private final UUID user;

  /**
   * @param user who is billed; nobody else writes its usage
   */
  OldDialect(UUID user) {
    this.user = user;
  }

  @Override
  public Side side() {
    return Side.OLD;
  }

  @Override
  public boolean ready(Connection connection) throws SQLException {
    return Jdbc.columns(connection, "checks").contains("claim_text");
  }

  @Override
  public Content fresh(Values values) {
    var random = ThreadLocalRandom.current();
    return Content.old(
        values.claim(),
        random.nextInt(10) == 0 ? Optional.empty() : Optional.of(values.config()),
        random.nextInt(10) == 0 ? Optional.empty() : Optional.of(values.diagnostics()));
  }

  @Override
  public void insert(Connection connection, String runId, Content content) throws SQLException {
    Jdbc.update(
        connection,
        """
        INSERT INTO public.checks
            (run_id, user_id, claim_text, prompt_version, prob_true_rpl, aggregation, diagnostics)
        VALUES (?, ?, ?, 'client-old', 0.5, ?::jsonb, ?::jsonb)\
        """,
        runId,
        user,
        content.claim(),
        content.config(),
        content.counts());
    Ledger.count(connection, user);
  }

  @Override
  public String billed(Content content) {
    return "user:" + user;
  }

  @Override
  public Content changed(Content before, Values values) {
    return switch (ThreadLocalRandom.current().nextInt(3)) {
      case 0 -> before.withClaim(values.claim());
      case 1 -> before.withConfig(values.config());
      default -> before.withDiagnostics(values.diagnostics());
    };
  }

  @Override
  public int update(
      Connection connection, String runId, Content before, Content after, Optional<String> expected)
      throws SQLException {
    String guard = expected.isPresent() ? " AND claim_text = ?" : " AND ?::text IS NULL";
    if (!after.claim().equals(before.claim())) {
      return Jdbc.update(
          connection,
          "UPDATE public.checks SET claim_text = ? WHERE run_id = ?" + guard,
          after.claim(),
          runId,
          expected);
    }
    if (!after.config().equals(before.config())) {
      return Jdbc.update(
          connection,
          "UPDATE public.checks SET aggregation = ?::jsonb WHERE run_id = ?" + guard,
          after.config(),
          runId,
          expected);
    }
    return Jdbc.update(
        connection,
        "UPDATE public.checks SET diagnostics = ?::jsonb WHERE run_id = ?" + guard,
        after.counts(),
        runId,
        expected);
  }
}
