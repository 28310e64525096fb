package dev.rubicon.transition.shadow.rows;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.rows.Compared;
import dev.rubicon.transition.rows.Comparing;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.List;
import java.util.Optional;

/**
 * Row by row of two tables.
 *
 * @param open whether clients may have written canonical
 */
public record ShadowComparing(ShadowPlan plan, boolean open) implements Comparing {
  private ShadowVerification verification() {
    return new ShadowVerification(plan, open);
  }

  @Override
  public Optional<String> whole() {
    return TouchedPairs.whole(plan);
  }

  @Override
  public Verified.Look<Compared> since(PgSession session, Verified.Since since) {
    return new TouchedPairs(plan, verification()).run(session, since);
  }

  @Override
  public Compared all(PgSession session) {
    return verification().run(session);
  }

  @Override
  public String repeated() {
    return verification().sql();
  }

  @Override
  public List<CompiledExpression> expressions() {
    return plan.expressions().toList();
  }
}
