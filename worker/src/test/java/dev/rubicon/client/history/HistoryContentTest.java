package dev.rubicon.client.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.temporal.PayloadCodecAesGcm;
import io.temporal.api.common.v1.ActivityType;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskCompletedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is read of one history. */
class HistoryContentTest {
  private static final String RUN = "0199f1c2-6d2e-7a51-8000-000000000001";
  private static final PhaseInput HERE =
      new PhaseInput("r1", "prod", "b".repeat(64), "alice", Phase.EXPAND, 1);

  private static DataConverter key(String id, int fill) {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) fill);
    var codec = PayloadCodecAesGcm.of(id + ":" + Base64.getEncoder().encodeToString(key));
    return new CodecDataConverter(DefaultDataConverter.newDefaultInstance(), List.of(codec));
  }

  private static HistoryEvent.Builder event(long id) {
    var event = HistoryEvent.newBuilder().setEventId(id);
    event.getEventTimeBuilder().setSeconds(id);
    return event;
  }

  private static HistoryEvent scheduled(long id, String type, Payloads input) {
    return event(id)
        .setActivityTaskScheduledEventAttributes(
            ActivityTaskScheduledEventAttributes.newBuilder()
                .setActivityId("a" + id)
                .setActivityType(ActivityType.newBuilder().setName(type))
                .setInput(input))
        .build();
  }

  private static HistoryEvent completed(long id, long of, Payloads result) {
    return event(id)
        .setActivityTaskCompletedEventAttributes(
            ActivityTaskCompletedEventAttributes.newBuilder()
                .setScheduledEventId(of)
                .setResult(result))
        .build();
  }

  private static List<HistoryEvent> history(DataConverter converter) {
    var by = new Decision.By("bob", "why", RUN, Instant.EPOCH);
    var request = new RolloutRequest("r1", "prod", "b".repeat(64), "checks", "alice");
    return List.of(
        scheduled(
            5, "OpenRollout", converter.toPayloads(request, "rollout/prod", RUN).orElseThrow()),
        scheduled(
            6,
            "RecordOrder",
            converter.toPayloads(HERE, "abort", by, AuditHead.NONE).orElseThrow()),
        completed(7, 6, converter.toPayloads(new AuditHead(1, "h", RUN)).orElseThrow()),
        completed(8, 5, converter.toPayloads(Map.of("plan", Map.of("title", "t"))).orElseThrow()));
  }

  private static HistoryContent read(DataConverter reader, DataConverter writer) throws Exception {
    return HistoryContent.read(reader, "rollout/prod", RUN, false, history(writer));
  }

  @Test
  void aLaunchStandsWhereItWasScheduledWheneverItEnded() throws Exception {
    HistoryContent content = read(key("k1", 1), key("k1", 1));
    assertThat(content.events())
        .extracting(
            e -> e.change().newEntry().action() + " " + e.at().getEpochSecond() + " " + e.entered())
        .containsExactly("launched 5 true", "abort 7 true");
    assertThat(content.bases()).isEmpty();
  }

  @Test
  void aRunThatTemporalMustKnowAndDoesNotNeverWas() {
    Map<String, String> runs = new java.util.LinkedHashMap<>();
    runs.put("first", "r1");
    runs.put("second", "r1");
    runs.put("third", "r1");
    Map<String, String> lost =
        Map.of("first", HistoryReader.UNKNOWN, "third", HistoryReader.UNKNOWN);
    // The oldest is forgotten first; a younger one than one that is known is not.
    assertThat(HistoryReader.neverWere(runs, Set.of("second"), lost, Set.of()))
        .containsExactly("third");
    assertThat(HistoryReader.neverWere(runs, Set.of("second"), lost, Set.of("r1")))
        .containsExactlyInAnyOrder("first", "third");
    assertThat(HistoryReader.neverWere(runs, Set.of(), lost, Set.of())).isEmpty();
    assertThat(
            HistoryReader.neverWere(
                runs, Set.of("second"), Map.of("third", "unreadable"), Set.of("r1")))
        .isEmpty();
  }

  @Test
  void anotherKeysPayloadsAreUnreadableAndNoFault() {
    assertThatThrownBy(() -> read(key("k2", 2), key("k1", 1)))
        .isInstanceOf(HistoryContent.UnreadableException.class)
        .hasMessageContaining("temporal.payload-key");
    // The same name, and yet another key.
    assertThatThrownBy(() -> read(key("k1", 2), key("k1", 1)))
        .isInstanceOf(HistoryContent.UnreadableException.class);
    assertThatThrownBy(() -> read(DefaultDataConverter.newDefaultInstance(), key("k1", 1)))
        .isInstanceOf(HistoryContent.UnreadableException.class);
  }
}
