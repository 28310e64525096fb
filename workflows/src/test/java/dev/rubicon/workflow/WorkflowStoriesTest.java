package dev.rubicon.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.machine.Plans;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.Way;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random stories on the real workflow: activities of which any may fail, decisions in any order, a
 * cancellation, a target that changes; on a Temporal server that skips time. The same seed gives
 * the same faults and decisions.
 */
@Timeout(600)
final class WorkflowStoriesTest {
  private static final int STORIES = Integer.getInteger("rubicon.stories", 200);
  private static final long SEED = Long.getLong("rubicon.seed", 1);
  private static TestWorkflowEnvironment temporal;

  @BeforeAll
  static void start() {
    var options = TestEnvironmentOptions.newBuilder();
    for (String name : Attributes.NAMES) {
      options.registerSearchAttribute(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD);
    }
    temporal = TestWorkflowEnvironment.newInstance(options.build());
    var control = temporal.newWorker(RolloutWorkflow.CONTROL_QUEUE);
    control.registerWorkflowImplementationTypes(RolloutWorkflowImpl.class);
    var router = new ActivityRouter();
    control.registerActivitiesImplementations(router.activities());
    temporal
        .newWorker(RolloutWorkflow.DDL_QUEUE)
        .registerActivitiesImplementations(router.activities());
    temporal
        .newWorker(RolloutWorkflow.DATA_QUEUE)
        .registerActivitiesImplementations(router.activities());
    temporal
        .newWorker(RolloutWorkflow.WATCH_QUEUE)
        .registerActivitiesImplementations(router.activities());
    WorkflowStoriesTest.router = router;
    temporal.start();
  }

  private static ActivityRouter router;

  @AfterAll
  static void stop() {
    temporal.close();
  }

  @Test
  void theRulesHoldOnTheWorkflowItself() throws InterruptedException {
    for (int i = 0; i < STORIES; i++) {
      long seed = SEED * 1000 + i;
      new Telling(seed).run();
    }
  }

  /** One story. */
  private static final class Telling {
    private final long seed;
    private final Random random;
    private final FaultyActivities activities;
    private final RolloutWorkflow rollout;
    private boolean cancelled;

    Telling(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      Plan plan = Plans.of(random.nextInt(Plans.KINDS));
      this.activities = new FaultyActivities(plan, seed, random.nextInt(3) * 0.06);
      String target = "t" + seed;
      router.open(target, activities);
      var request = new RolloutRequest("r-" + seed, target, "b".repeat(64), "small", "alice");
      rollout =
          temporal
              .getWorkflowClient()
              .newWorkflowStub(
                  RolloutWorkflow.class,
                  WorkflowOptions.newBuilder()
                      .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
                      .setWorkflowId(RolloutWorkflow.workflowId(target))
                      .setTypedSearchAttributes(Attributes.atLaunch(request))
                      .build());
      WorkflowClient.start(rollout::run, request);
    }

    void run() throws InterruptedException {
      for (int turn = 0; turn < 60; turn++) {
        RolloutStatus status = standsStill();
        if (status.state().ended()) {
          break;
        }
        rules();
        decide(status, turn);
      }
      rules();
      RolloutStatus last = rollout.status();
      assertThat(last.state().ended()).as("%s: ended, %s", seed, activities.told()).isTrue();
      if (last.state() == RolloutStatus.State.FAILED) {
        assertThat(activities.installed())
            .as("%s: FAILED while installed, %s", seed, activities.told())
            .isFalse();
      }
    }

    private void rules() {
      assertThat(activities.broken()).as("%s: %s", seed, activities.told()).isEmpty();
      assertThat(activities.automaticReturns())
          .as("%s: automatic rollbacks, %s", seed, activities.told())
          .isLessThanOrEqualTo(1);
    }

    /** When nothing happens any more by itself. */
    private RolloutStatus standsStill() throws InterruptedException {
      while (true) {
        RolloutStatus status = rollout.status();
        if (status.state() != RolloutStatus.State.RUNNING || status.paused()) {
          return status;
        }
        activities.stood.poll(20, TimeUnit.MILLISECONDS);
      }
    }

    private void decide(RolloutStatus status, int turn) {
      int dice = random.nextInt(100);
      if (dice < 4 && !cancelled) {
        cancelled = true;
        activities.say("cancelled in the UI");
        WorkflowStub.fromTyped(rollout).cancel();
      } else if (dice < 8) {
        activities.targetChanges();
      } else if (dice < 12) {
        send(status, new Decision.Pause(by(status)));
      } else if (status.windowOpens().isPresent() && dice < 80) {
        temporal.sleep(
            Duration.between(now(), status.windowOpens().get()).plus(Duration.ofSeconds(1)));
      } else if (dice < 18) {
        temporal.sleep(Duration.ofMinutes(random.nextInt(90)));
      } else {
        way(status, turn);
      }
    }

    /** Any way that status names must be accepted; late in the story those that end it. */
    private void way(RolloutStatus status, int turn) {
      List<Way> ways = new ArrayList<>(status.ways());
      if (turn > 25 && ways.contains(Way.ABORT)) {
        ways.retainAll(List.of(Way.ABORT));
      }
      if (turn > 25 && ways.contains(Way.ROLLBACK)) {
        ways.retainAll(List.of(Way.ROLLBACK));
      }
      if (ways.isEmpty()) {
        return;
      }
      Way way = ways.get(random.nextInt(ways.size()));
      send(
          status,
          switch (way) {
            case APPROVE ->
                new Decision.Approve(
                    status.waitingFor().orElseThrow(), status.digest().orElseThrow(), by(status));
            case SIGN_OFF -> new Decision.SignOff(status.signOffs().getFirst(), by(status));
            case RESUME -> new Decision.Resume(by(status));
            case ABORT -> new Decision.Abort(by(status));
            case ROLLBACK -> new Decision.Rollback(List.of(), by(status));
            case LAUNCH, CONTRACT -> throw new AssertionError("of a rollout that goes on");
          });
    }

    private void send(RolloutStatus before, Decision decision) {
      activities.say("bob: " + decision.action());
      try {
        switch (decision) {
          case Decision.Approve d -> rollout.approve(d);
          case Decision.SignOff d -> rollout.signOff(d);
          case Decision.Pause d -> {
            rollout.pause(d);
            activities.paused(true);
          }
          case Decision.Resume d -> {
            if (before.held().filter(f -> !f.code().isEmpty()).isPresent()) {
              activities.resumed();
            }
            rollout.resume(d);
          }
          case Decision.Throttle d -> rollout.throttle(d);
          case Decision.Abort d -> rollout.abort(d);
          case Decision.Rollback d -> {
            activities.returnOrdered();
            rollout.rollback(d);
          }
          case Decision.ExtendWatch d -> rollout.extendWatch(d);
        }
      } catch (WorkflowUpdateException refused) {
        activities.say("refused: " + refused.getCause().getMessage());
      } catch (WorkflowException ended) {
        activities.say("too late: " + ended.getClass().getSimpleName());
      }
    }

    private static Decision.By by(RolloutStatus status) {
      return new Decision.By("bob", "because", status.run(), now().plusSeconds(60));
    }

    private static Instant now() {
      return Instant.ofEpochMilli(temporal.currentTimeMillis());
    }
  }
}
