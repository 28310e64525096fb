package dev.rubicon.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.check.CheckSamples;
import dev.rubicon.check.CheckSamples.Probe;
import dev.rubicon.check.CheckSamples.Web;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.notify.Notifier;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch tells changes once, goes on after a crash, and ends when it is told. */
@Tag("slow")
class WatchTest {
  private static final String CHECKS =
      """
      watch:
        duration: 1h
        every: 50ms
        checks:
          - name: insert-failures
            counter: {call: {url: "${app}/metrics"}, pointer: /failures, max-increase: 0}
          - name: database
            sql: "SELECT current_database()"
            expect: [["${database}"]]
      """;

  @TempDir Path folder;
  private final Probe probe = new Probe();
  private final AtomicLong failures = new AtomicLong(5);
  private final Web app =
      new Web(r -> new Web.Reply(200, "{\"failures\": " + failures.get() + "}"));
  private final Web hook = new Web(r -> new Web.Reply(200, ""));
  private Target target;
  private PhaseContext context;
  private Watch watch;

  @BeforeEach
  void prepare() {
    target = CheckSamples.target(SharedPostgres.freshDatabase("watch"), Map.of("app", app.url()));
    Bundle bundle = CheckSamples.bundle(folder, "CREATE TABLE item (id int)", CHECKS);
    context = CheckSamples.context(bundle, target, Phase.WATCH, probe);
    watch = new Watch(target, new Notifier(Optional.of(URI.create(hook.url()))));
  }

  @org.junit.jupiter.api.AfterEach
  void end() {
    app.close();
    hook.close();
  }

  @Test
  void aCounterThatStoodSomewhereBeforeIsNoAlert() throws Exception {
    CompletableFuture<Facts.Watch> running = start(Optional.empty());
    until(p -> p.rounds() > 1);
    probe.cancel();

    assertThatThrownBy(running::get).hasCauseInstanceOf(Progress.PhaseCancelled.class);
    assertThat(position().alerts()).isEmpty();
    assertThat(hook.requests).isEmpty();
    assertThat(position().baselines()).containsEntry("insert-failures", 5L);
  }

  @Test
  void aPlantedInsertFailureIsToldOnceAndSoIsItsRecovery() throws Exception {
    CompletableFuture<Facts.Watch> running = start(Optional.empty());
    until(p -> p.rounds() > 1);
    failures.incrementAndGet();
    until(p -> p.failing().contains("insert-failures"));
    long then = position().rounds();
    until(p -> p.rounds() > then + 3);
    failures.set(5);
    until(p -> p.failing().isEmpty());
    probe.cancel();

    assertThatThrownBy(running::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(Progress.PhaseCancelled.class);
    assertThat(position().alerts()).containsExactly("insert-failures");
    assertThat(hook.requests)
        .extracting(r -> new ObjectMapper().readTree(r.body()).at("/event").asText())
        .containsExactly("ALERT", "RECOVERED");
    assertThat(hook.requests.getFirst().body())
        .contains("grew by 1, at most 0 is expected")
        .contains("\"target\":\"prod\"");
    assertThat(position().changes())
        .extracting(WatchPosition.Change::told)
        .containsOnly("delivered");
  }

  @Test
  void aSequenceThatCollidesIsToldAndSoIsItsEnd() throws Exception {
    CompletableFuture<Facts.Watch> running = start(Optional.empty());
    until(p -> p.rounds() > 1);
    assertThat(position().alerts()).isEmpty();
    try (var session = CatalogSamples.open(target)) {
      session.execute("CREATE TABLE public.made (id serial PRIMARY KEY)");
      session.execute("INSERT INTO public.made VALUES (1), (77)");
      until(p -> p.failing().contains(Watch.AHEAD));
      session.execute("SELECT setval('public.made_id_seq', 77)");
      until(p -> p.failing().isEmpty());
      session.execute("SELECT setval('public.made_id_seq', 2000000000)");
      until(p -> p.failing().contains(Watch.IN_RANGE));
    }
    probe.cancel();

    assertThatThrownBy(running::get).hasCauseInstanceOf(Progress.PhaseCancelled.class);
    assertThat(position().alerts()).containsExactly(Watch.AHEAD, Watch.IN_RANGE);
    assertThat(hook.requests.getFirst().body())
        .contains("public.made_id_seq will hand out values that public.made.id holds")
        .doesNotContain("77");
  }

  @Test
  void eachRoundRecordsFiguresAndANewAttemptGoesOnWithThem() throws Exception {
    try (var session = CatalogSamples.open(target)) {
      session.execute("CREATE TABLE public.made (id serial PRIMARY KEY, kind text)");
      session.execute("INSERT INTO public.made (kind) VALUES ('a'), ('a'), ('b')");
      Bundle bundle =
          CheckSamples.bundle(
              folder.resolve("figures"),
              "CREATE TABLE made (id serial PRIMARY KEY, kind text)",
              """
              watch:
                duration: 1h
                every: 50ms
                figures:
                  - {name: in all, sql: SELECT count(*) FROM made}
                  - {name: of kind, sql: "SELECT kind, count(*) FROM made GROUP BY kind"}
                  - {name: broken, sql: SELECT count(*) FROM nowhere}
              """);
      PhaseContext recording = CheckSamples.context(bundle, target, Phase.WATCH, probe);
      watch.run(recording, Instant.now().minusSeconds(1), Optional.empty());
      assertThat(values("in all")).containsExactly(3.0);
      assertThat(values("of kind a")).containsExactly(2.0);
      assertThat(values("sequence public.made_id_seq next")).containsExactly(4.0);
      assertThat(position().figures()).extracting(Series::name).contains("rows of public.made");
      assertThat(position().failing()).containsExactly("figure broken");

      var json = new ObjectMapper();
      WatchPosition kept = json.readValue(json.writeValueAsString(position()), WatchPosition.class);
      session.execute("INSERT INTO public.made (kind) VALUES ('b')");
      CompletableFuture<Facts.Watch> running =
          CompletableFuture.supplyAsync(
              () -> watch.run(recording, Instant.now().plusSeconds(120), Optional.of(kept)));
      until(p -> p.rounds() > 1);
      probe.cancel();
      assertThatThrownBy(running::get).hasCauseInstanceOf(Progress.PhaseCancelled.class);
    }
    assertThat(values("in all")).startsWith(3.0, 4.0);
    assertThat(values("of kind b")).startsWith(1.0, 2.0);
    assertThat(values("sequence public.made_id_seq next")).startsWith(4.0, 5.0);
    assertThat(position().figures())
        .filteredOn(series -> series.name().equals("in all"))
        .allMatch(series -> series.perDay() > 0);
  }

  private List<Double> values(String name) {
    return position().figures().stream()
        .filter(series -> series.name().equals(name))
        .flatMap(series -> series.points().stream())
        .map(Series.Point::value)
        .toList();
  }

  @Test
  void aSeriesStaysShortAndKeepsItsEnds() {
    List<Series> series = List.of();
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    for (int round = 0; round < 5000; round++) {
      series =
          Series.with(
              series, Map.of("grows", (double) round, "stays", 7.0), at.plusSeconds(30L * round));
    }
    assertThat(series).hasSize(2);
    for (Series one : series) {
      boolean grows = one.name().equals("grows");
      assertThat(one.points()).hasSizeBetween(2, Series.MOST_POINTS);
      assertThat(one.points().getFirst()).isEqualTo(new Series.Point(at.toString(), grows ? 0 : 7));
      assertThat(one.points().getLast().at()).isEqualTo(at.plusSeconds(30 * 4999).toString());
      assertThat(one.perDay()).isEqualTo(grows ? 2880 : 0);
    }
    assertThat(series)
        .filteredOn(one -> one.name().equals("stays"))
        .allMatch(one -> one.points().size() == 2);
  }

  @Test
  void aNewAttemptComparesWithTheFirstBaselineAndDoesNotTellAgain() throws Exception {
    CompletableFuture<Facts.Watch> first = start(Optional.empty());
    failures.set(5);
    until(p -> p.rounds() > 0);
    failures.set(9);
    until(p -> p.failing().contains("insert-failures"));
    probe.cancel();
    assertThatThrownBy(first::get).isInstanceOf(ExecutionException.class);
    var kept = new ObjectMapper();
    WatchPosition read = kept.readValue(kept.writeValueAsString(position()), WatchPosition.class);

    Probe second = new Probe();
    Facts.Watch facts =
        watch.run(
            CheckSamples.context(context.bundle(), target, Phase.WATCH, second),
            Instant.now().plusMillis(400),
            Optional.of(read));

    assertThat(facts.alerts()).containsExactly("insert-failures");
    assertThat(hook.requests).as("the alert was told by the first attempt").hasSize(1);
    assertThat(second.evidence.get(WatchPosition.EVIDENCE).rounds()).isGreaterThan(read.rounds());
  }

  @Test
  void aWatchWhoseEndIsPastLooksOnceUnlessItLookedBefore() {
    watch.run(context, Instant.now().minusSeconds(1), Optional.empty());
    assertThat(position().rounds()).isEqualTo(1);
    assertThat(app.requests).hasSize(1);

    watch.run(context, Instant.now().minusSeconds(1), Optional.of(position()));
    assertThat(app.requests).hasSize(1);
  }

  @Test
  void aTargetThatCannotBeReachedIsAnAlertAndNotTheEnd() throws Exception {
    PhaseContext nowhere =
        context.on(
            new Target(
                "prod",
                "jdbc:postgresql://127.0.0.1:1/x",
                "u",
                new dev.rubicon.postgres.Secret("p"),
                target.variables()));

    CompletableFuture<Facts.Watch> running =
        CompletableFuture.supplyAsync(
            () -> watch.run(nowhere, Instant.now().minusSeconds(1), Optional.empty()));
    until(p -> p.rounds() > 0);
    // Its time is over, and nobody has seen what it is to end on.
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!probe.last().contains("cannot be seen")) {
      assertThat(running).isNotDone();
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(10);
    }
    probe.cancel();

    assertThatThrownBy(running::get).hasCauseInstanceOf(Progress.PhaseCancelled.class);
    assertThat(position().alerts()).containsExactly(Watch.REACHABLE);
    assertThat(hook.requests.getFirst().body()).contains("TARGET_UNREACHABLE");
  }

  @Test
  void aWebhookThatIsDownIsRecordedAndTheWatchGoesOn() throws Exception {
    hook.close();
    CompletableFuture<Facts.Watch> running = start(Optional.empty());
    until(p -> p.rounds() > 0);
    failures.incrementAndGet();
    until(p -> !p.changes().isEmpty());
    probe.cancel();

    assertThatThrownBy(running::get).hasCauseInstanceOf(Progress.PhaseCancelled.class);
    assertThat(position().changes().getFirst().told()).isEqualTo("ConnectException");
  }

  private CompletableFuture<Facts.Watch> start(Optional<WatchPosition> resume) {
    return CompletableFuture.supplyAsync(
        () -> watch.run(context, Instant.now().plusSeconds(120), resume));
  }

  private WatchPosition position() {
    return probe.evidence.find(WatchPosition.EVIDENCE).orElse(WatchPosition.START);
  }

  private void until(Predicate<WatchPosition> condition) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.test(position())) {
      assertThat(System.nanoTime()).as("a deadline of 60 s").isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
