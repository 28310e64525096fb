package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rubicon.message.RolloutStatus;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.workflow.UpdateMethod;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Updates as somebody with another client could send them: whatever JSON it is, the workflow
 * rejects it before it leaves a trace, and goes on.
 */
final class RawUpdates {
  private static final Object[] NONE = {};

  private final Case subject;
  private final String id;

  RawUpdates(Case subject, String id) {
    this.subject = subject;
    this.id = id;
  }

  /**
   * @param workflow whose Updates are tried, each of them
   */
  void areRejected(Class<?> workflow) {
    List<String> names =
        Arrays.stream(workflow.getMethods())
            .filter(method -> method.isAnnotationPresent(UpdateMethod.class))
            .map(Method::getName)
            .sorted()
            .toList();
    assertThat(names).contains("approve", "signOff", "resume", "abort");
    long accepted = count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
    RolloutStatus before = status();
    for (String name : names) {
      for (Object[] arguments : malformed()) {
        rejected(name, arguments);
      }
    }
    rejected("nonsense", new Object[] {Map.of("by", by())});
    assertThat(count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)).isEqualTo(accepted);
    assertThat(count(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)).isZero();
    assertThat(status()).isEqualTo(before);
  }

  private List<Object[]> malformed() {
    return List.of(
        NONE,
        new Object[] {null},
        new Object[] {42},
        new Object[] {"text"},
        new Object[] {List.of(1, 2)},
        new Object[] {Map.of()},
        new Object[] {Map.of("by", 7)},
        new Object[] {Map.of("by", Map.of("principal", "mallory"))},
        new Object[] {Map.of("by", Map.of("principal", List.of(), "expires", "tomorrow"))},
        new Object[] {
          Map.of("gate", "nonsense", "digest", "0".repeat(64), "item", Map.of(), "by", nobody()),
        },
        new Object[] {
          Map.of("rowsPerSecond", "many", "extension", "for ever", "losing", 1, "by", nobody()),
        });
  }

  /** As if it came from a person. */
  private Map<String, Object> by() {
    return Map.of(
        "principal",
        "mallory",
        "reason",
        "to see",
        "run",
        stub().describe().getExecution().getRunId(),
        "expires",
        Instant.now().plusSeconds(60).toString());
  }

  /** Without a principal: what is ignored beside it does not make a decision of it. */
  private Map<String, Object> nobody() {
    var by = new HashMap<>(by());
    by.remove("principal");
    return by;
  }

  /** One whose author is in order, so that only what is decided can be wrong. */
  void isRejected(String name, Map<String, Object> decision) {
    var whole = new HashMap<>(decision);
    whole.put("by", by());
    long accepted = count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
    rejected(name, new Object[] {whole});
    assertThat(count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)).isEqualTo(accepted);
    assertThat(count(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)).isZero();
  }

  private void rejected(String name, Object[] arguments) {
    var options =
        UpdateOptions.newBuilder(RolloutStatus.class)
            .setUpdateName(name)
            .setUpdateId(UUID.randomUUID().toString())
            .setWaitForStage(WorkflowUpdateStage.COMPLETED)
            .build();
    // A workflow task that fails is tried again for ever: its sender would wait as long.
    var answer =
        CompletableFuture.supplyAsync(
            () -> stub().startUpdate(options, arguments).getResult(),
            task -> Thread.ofVirtual().start(task));
    Throwable thrown = catchThrowable(() -> answer.get(20, TimeUnit.SECONDS));
    assertThat(thrown)
        .as(name + Arrays.deepToString(arguments))
        .hasCauseInstanceOf(WorkflowUpdateException.class);
  }

  private long count(EventType type) {
    return subject.history(id).stream()
        .map(HistoryEvent::getEventType)
        .filter(type::equals)
        .count();
  }

  private RolloutStatus status() {
    return stub().query("status", RolloutStatus.class);
  }

  private WorkflowStub stub() {
    return subject.workflow(id);
  }
}
