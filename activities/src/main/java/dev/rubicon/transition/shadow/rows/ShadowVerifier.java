package dev.rubicon.transition.shadow.rows;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.rows.VerificationResult;
import dev.rubicon.transition.rows.Verifier;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.List;
import java.util.Optional;

/**
 * Row by row of two tables.
 *
 * @param open whether clients may have written canonical
 */
public record ShadowVerifier(ShadowPlan plan, boolean open) implements Verifier {
  private ShadowComparisonSql sql() {
    return new ShadowComparisonSql(plan, open);
  }

  @Override
  public Optional<String> whole() {
    return TouchedPairs.whole(plan);
  }

  @Override
  public Verified.Look<VerificationResult> since(PgSession session, Verified.Since since) {
    return new TouchedPairs(plan, sql()).run(session, since);
  }

  @Override
  public VerificationResult all(PgSession session) {
    return new ShadowVerification(plan, sql()).run(session);
  }

  @Override
  public String statement() {
    return sql().rows();
  }

  @Override
  public List<CompiledExpression> expressions() {
    return plan.expressions().toList();
  }
}
