package dev.rubicon.phase;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.Programs;
import dev.rubicon.change.LongForm;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.TargetCheck;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.audit.Forgeries;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.message.Decision;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Tool;
import dev.rubicon.rollout.Worked;
import dev.rubicon.signing.Authored;
import dev.rubicon.signing.SignedRollout;
import dev.rubicon.signing.TrustedKeys;
import io.temporal.activity.Activity;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a phase as a Temporal activity: resolves names, heartbeats, keeps the ledger, and turns
 * errors into coded failures that Temporal may or may not retry.
 */
public final class PhaseRunner {
  private static final Logger LOG = LoggerFactory.getLogger(PhaseRunner.class);

  private final RubiconConfig config;
  private final Ledger ledger;
  private final Function<String, Bundle> bundles;
  private final SignedRollout launched;
  private final Map<String, Bundle> known = new ConcurrentHashMap<>();

  public PhaseRunner(RubiconConfig config, Ledger ledger, Function<String, Bundle> bundles) {
    this.config = config;
    this.ledger = ledger;
    this.bundles = bundles;
    this.launched = new SignedRollout(TrustedKeys.of(config), ledger);
  }

  /** What was asked for belongs to a launch that is under way. */
  void requireLaunched(PhaseInput input) {
    String run = Activity.getExecutionContext().getInfo().getWorkflowRunId();
    entered(input, () -> launched.require(input, run, PhaseRunner::firstRun));
  }

  /** The execution that asks is the one that was launched. */
  void requireAsker(PhaseInput input) {
    String run = Activity.getExecutionContext().getInfo().getWorkflowRunId();
    entered(input, () -> launched.requireAsker(input, run, PhaseRunner::firstRun));
  }

  /** Enters it, where it is that execution which asks. */
  AuditHead entered(Ledger ledger, PhaseInput input, NewAuditEntry newEntry, AuditHead seen) {
    requireAsker(input);
    String run = Activity.getExecutionContext().getInfo().getWorkflowRunId();
    return coded(() -> ledger.decisions().enter(newEntry, seen, run));
  }

  /** What only that execution may have entered. */
  void asked(PhaseInput input, Runnable work) {
    requireAsker(input);
    coded(work);
  }

  /** Of the execution that asks: the server says it, which knows what a Reset has made of what. */
  private static String firstRun() {
    var context = Activity.getExecutionContext();
    var info = context.getInfo();
    return context
        .getWorkflowClient()
        .newUntypedWorkflowStub(
            WorkflowTargetOptions.newBuilder()
                .setWorkflowId(info.getWorkflowId())
                .setRunId(info.getWorkflowRunId())
                .build(),
            Optional.empty())
        .describe()
        .getRawDescription()
        .getWorkflowExecutionInfo()
        .getFirstRunId();
  }

  /** Somebody has signed that these rows may be lost. */
  void requireLoss(PhaseInput input, List<String> losing) {
    entered(input, () -> launched.requireLoss(input, losing));
  }

  /** What is to be entered in somebody's name was signed for that person. */
  void requireAuthored(TrustedKeys keys, PhaseInput input, Decision decision) {
    String workflowId = Activity.getExecutionContext().getInfo().getWorkflowId();
    entered(input, () -> Authored.require(keys, workflowId, input, decision));
  }

  /** What was refused to somebody, that person has decided. */
  void requireRefused(
      TrustedKeys keys, PhaseInput input, String action, Decision.By by, String text) {
    String workflowId = Activity.getExecutionContext().getInfo().getWorkflowId();
    entered(input, () -> Authored.requireRefused(keys, workflowId, input, action, by, text));
  }

  /** A refusal of what nobody decided stands in the trail. */
  void entered(PhaseInput input, Runnable check) {
    coded(
        () -> {
          try {
            check.run();
          } catch (RubiconException e) {
            if (e.code() == ErrorCode.DECISION_FORGED || e.code() == ErrorCode.APPROVAL_VOID) {
              var info = Activity.getExecutionContext().getInfo();
              ledger
                  .decisions()
                  .note(
                      Forgeries.step(
                          info.getWorkflowRunId() + "/" + info.getActivityId(),
                          input,
                          e.code(),
                          e.getMessage()));
            }
            throw e;
          }
        });
  }

  Bundle bundle(String digest) {
    return known.computeIfAbsent(digest, d -> LongForm.require(bundles.apply(d)));
  }

  /** Runs a phase that has a place in the ledger. */
  <T extends Facts.OfPhase> Worked<T> phase(PhaseInput input, Function<PhaseContext, T> body) {
    requireLaunched(input);
    var context = Activity.getExecutionContext();
    return coded(
        () -> {
          try (var progress = HeartbeatProgress.start(context, ledger, input)) {
            try {
              ledger.phases().started(input);
              PhaseContext phase = context(input, progress);
              TargetCheck.require(phase);
              T facts = body.apply(phase);
              ledger.phases().ended(input, "done", facts.line(), facts);
              return new Worked<>(
                  facts, Tool.VERSION, context.getWorkflowClient().getOptions().getIdentity());
            } catch (RubiconException | Progress.PhaseCancelled e) {
              // After a cancellation every failure counts as its consequence.
              if (progress.stopped().isPresent()) {
                if (progress.stopped().get() instanceof ActivityCanceledException) {
                  // Only a cancelled attempt reports it; a superseded one reports nothing.
                  ledger.phases().ended(input, "stopped", "called off", Map.of());
                }
                throw progress.stopped().get();
              }
              // A ledger that has lost entries gets nothing new until they are brought back.
              if (e instanceof RubiconException coded
                  && !coded.code().retryable()
                  && coded.code() != ErrorCode.LEDGER_BEHIND) {
                ledger
                    .phases()
                    .ended(input, "failed", coded.code() + ": " + coded.getMessage(), Map.of());
              }
              throw e;
            }
          }
        });
  }

  PhaseContext context(PhaseInput input, Progress progress) {
    Bundle bundle = bundle(input.bundle());
    Programs.require(bundle.runbook(), config.commands().allowed());
    return new PhaseContext(
        input, bundle, config.target(input.target()), ledger.evidence(input), progress);
  }

  /** Runs something short that only needs its errors coded. */
  static <T> T coded(Supplier<T> work) {
    try {
      return work.get();
    } catch (RubiconException e) {
      throw failure(e);
    } catch (io.temporal.client.ActivityCompletionException | ApplicationFailure e) {
      // A failure has its code already: one such piece of work may be part of another.
      throw e;
    } catch (RuntimeException e) {
      // A defect of Rubicon: its stack goes to the log; its message may hold values and stays
      // there.
      LOG.error("unexpected failure", e);
      throw failure(
          new RubiconException(
              ErrorCode.INTERNAL,
              "unexpected " + e.getClass().getSimpleName() + " (see the worker's log)",
              "it is retried; if it stays, report it with the worker's log"));
    }
  }

  static void coded(Runnable work) {
    coded(
        () -> {
          work.run();
          return true;
        });
  }

  private static ApplicationFailure failure(RubiconException e) {
    // With the stack: where a statement failed is not in its message. It holds no row values.
    LOG.warn("{}: {}", e.code(), e.getMessage(), e);
    return e.code().retryable()
        ? ApplicationFailure.newFailure(e.getMessage(), e.code().name(), e.next())
        : ApplicationFailure.newNonRetryableFailure(e.getMessage(), e.code().name(), e.next());
  }
}
