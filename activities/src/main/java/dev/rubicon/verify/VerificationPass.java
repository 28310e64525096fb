package dev.rubicon.verify;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import dev.rubicon.transition.rows.VerificationResult;
import dev.rubicon.transition.rows.Verifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One look at both sides of every transition, in one snapshot: at all rows the first time, later
 * only at those that were written since. A later one never says that sides differ; where it cannot
 * say that they agree, all rows are compared, and that is the verdict.
 */
public final class VerificationPass {
  public static final EvidenceName<List<Scope>> COMPARED =
      EvidenceName.ofList("compared", Scope.class);

  private final PhaseContext context;
  private final PgSession session;
  private final Transitions transitions;

  /** Read before the snapshot: what changes in between then shows the next time. */
  private final Map<String, String> storage = new HashMap<>();

  private final List<VerificationResult> results = new ArrayList<>();
  private final List<Scope> scopes = new ArrayList<>();
  private String horizon = "";

  VerificationPass(PhaseContext context, PgSession session, Transitions transitions) {
    this.context = context;
    this.session = session;
    this.transitions = transitions;
    transitions.forEach(t -> storage.put(t.key(), storage(t)));
  }

  /**
   * What was looked at; goes into the evidence.
   *
   * @param rows of legacy
   * @param touched rows written since the pass before, on either side; 0 where all were compared
   * @param whole why all were compared; empty where only those were
   */
  public record Scope(String relation, long rows, long touched, Optional<String> whole) {}

  List<VerificationResult> results() {
    return results;
  }

  List<Scope> scopes() {
    return scopes;
  }

  /** In the caller's transaction, whose snapshot holds still or which keeps writers off. */
  void compare() {
    compare(() -> {});
  }

  /**
   * The same.
   *
   * @param before runs before each transition is looked at
   */
  void compare(Runnable before) {
    horizon = Verified.horizon(session);
    for (Transition transition : transitions) {
      context.progress().checkCancelled();
      context.progress().update(transition.relation().toString(), 0, 0, "comparing both sides");
      before.run();
      results.add(look(transition));
    }
  }

  private VerificationResult look(Transition transition) {
    Verifier comparing = transition.comparing(session);
    String before = storage.get(transition.key());
    Verified.Since since =
        Verified.since(session, transition.key(), before, comparing.expressions());
    Optional<String> whole = since.whole().or(comparing::whole);
    Verified.Look<VerificationResult> look =
        whole.isPresent() ? Verified.Look.whole(whole.get()) : comparing.since(session, since);
    if (look.result().isPresent() && !storage(transition).equals(before)) {
      look = Verified.Look.whole("its storage changed meanwhile");
    }
    VerificationResult result = look.result().orElseGet(() -> comparing.all(session));
    scopes.add(new Scope(transition.key(), result.rows(), look.touched(), look.whole()));
    return result;
  }

  /** Once all of it is found to agree. */
  void keep() {
    storage.forEach((transition, files) -> Verified.keep(session, transition, horizon, files));
  }

  private String storage(Transition transition) {
    return Verified.storage(session, transition.sides(session));
  }
}
