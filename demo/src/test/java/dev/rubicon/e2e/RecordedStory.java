package dev.rubicon.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A fetched history, read as the Temporal UI shows it: no worker and no query takes part. */
final class RecordedStory {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<HistoryEvent> events;

  /**
   * An activity.
   *
   * @param result empty text where it has none
   * @param identity of the worker that ran it
   */
  record Ran(
      String type,
      Instant at,
      String summary,
      List<JsonNode> input,
      JsonNode result,
      String identity) {}

  RecordedStory(WorkflowExecutionHistory history) {
    this.events = history.getEvents();
  }

  List<HistoryEvent> events() {
    return events;
  }

  private WorkflowExecutionStartedEventAttributes start() {
    return events.getFirst().getWorkflowExecutionStartedEventAttributes();
  }

  JsonNode memo(String name) {
    return json(start().getMemo().getFieldsOrThrow(name));
  }

  /** What the workflow was started with. */
  JsonNode input() {
    return json(start().getInput().getPayloads(0));
  }

  /** As they stand at the end; one that was taken away is absent. */
  Map<String, String> searchAttributes() {
    var values = new LinkedHashMap<String, String>();
    start()
        .getSearchAttributes()
        .getIndexedFieldsMap()
        .forEach((name, value) -> put(values, name, value));
    for (HistoryEvent event : events) {
      event
          .getUpsertWorkflowSearchAttributesEventAttributes()
          .getSearchAttributes()
          .getIndexedFieldsMap()
          .forEach((name, value) -> put(values, name, value));
    }
    return values;
  }

  private static void put(Map<String, String> values, String name, Payload payload) {
    JsonNode value = json(payload);
    JsonNode word = value.isArray() ? value.path(0) : value;
    if (word.isTextual()) {
      values.put(name, word.asText());
    } else {
      values.remove(name);
    }
  }

  /** The activities of a type that were completed, in order of their beginning. */
  List<Ran> ran(String type) {
    return ran().stream().filter(activity -> activity.type().equals(type)).toList();
  }

  List<Ran> ran() {
    var scheduled = new LinkedHashMap<Long, HistoryEvent>();
    var identities = new LinkedHashMap<Long, String>();
    var ran = new LinkedHashMap<Long, Ran>();
    for (HistoryEvent event : events) {
      if (event.hasActivityTaskScheduledEventAttributes()) {
        scheduled.put(event.getEventId(), event);
      } else if (event.hasActivityTaskStartedEventAttributes()) {
        var started = event.getActivityTaskStartedEventAttributes();
        identities.put(started.getScheduledEventId(), started.getIdentity());
      } else if (event.hasActivityTaskCompletedEventAttributes()) {
        var completed = event.getActivityTaskCompletedEventAttributes();
        long id = completed.getScheduledEventId();
        ran.put(id, ran(scheduled.get(id), completed.getResult(), identities.get(id)));
      }
    }
    return new ArrayList<>(new java.util.TreeMap<>(ran).values());
  }

  private static Ran ran(HistoryEvent scheduled, Payloads result, String identity) {
    var what = scheduled.getActivityTaskScheduledEventAttributes();
    return new Ran(
        what.getActivityType().getName(),
        Instant.ofEpochSecond(
            scheduled.getEventTime().getSeconds(), scheduled.getEventTime().getNanos()),
        json(scheduled.getUserMetadata().getSummary()).asText(),
        what.getInput().getPayloadsList().stream().map(RecordedStory::json).toList(),
        Optional.of(result)
            .filter(payloads -> payloads.getPayloadsCount() > 0)
            .map(payloads -> json(payloads.getPayloads(0)))
            .orElseGet(() -> JSON.getNodeFactory().textNode("")),
        identity);
  }

  private static JsonNode json(Payload payload) {
    try {
      return payload.getData().isEmpty()
          ? JSON.getNodeFactory().nullNode()
          : JSON.readTree(payload.getData().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
