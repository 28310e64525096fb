package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.stack.suite.Turn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a real subscriber makes of a rollout is what {@code preflight.PublicationFindings} says of
 * its publication.
 */
@Turn
@Tag("slow")
@Timeout(300)
@LocalServer("it needs wal_level = logical, and a subscriber")
class SubscriberTest {
  private static final String FEED = "CREATE TABLE public.feed (id int PRIMARY KEY, body text);";

  /** The view has the subscriptions of all databases. */
  private static final String OF_THIS_DATABASE =
      " FROM pg_stat_subscription_stats t JOIN pg_subscription s ON s.oid = t.subid"
          + " JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()";

  @TempDir static Path folder;
  private static LocalPostgres publisher;
  private static LocalPostgres subscriber;
  private static int databases;

  @BeforeAll
  static void start() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    publisher =
        LocalPostgres.start(
            folder.resolve("publisher"),
            Map.of("wal_level", "logical", "max_replication_slots", "30", "max_wal_senders", "30"));
    subscriber =
        LocalPostgres.start(
            folder.resolve("subscriber"),
            Map.of(
                "wal_retrieve_retry_interval",
                "200ms",
                "max_replication_slots",
                "30",
                "max_logical_replication_workers",
                "30",
                "max_worker_processes",
                "40"));
    assumeTrue(
        Integer.parseInt(bench(publisher).one("SHOW server_version_num")) >= 150_000,
        "column lists and schemas of publications are PostgreSQL 15's");
  }

  @AfterAll
  static void stop() {
    subscriber.discard();
    publisher.discard();
  }

  private static Bench bench(LocalPostgres server, String... setup) {
    String database = "published_" + ++databases;
    new Bench(server, "postgres", "CREATE DATABASE " + database);
    return new Bench(server, database, setup);
  }

  private static Bench published(String what) {
    return bench(
        publisher,
        FEED,
        "INSERT INTO public.feed SELECT g, 'b' || g FROM generate_series(1, 10) g",
        "CREATE PUBLICATION pub " + what);
  }

  /** Subscribed, with the rows of before. */
  private static Bench subscribed(Bench from, String tables) {
    Bench to = bench(subscriber, tables);
    to.run(
        "CREATE SUBSCRIPTION %s CONNECTION 'host=%s port=%d dbname=%1$s user=%s password=%s' PUBLICATION pub"
            .formatted(
                from.database(),
                publisher.host(),
                publisher.port(),
                publisher.superuser(),
                publisher.password()));
    Bench.until(() -> to.one("SELECT count(*) FROM public.feed").equals("10"));
    Bench.until(
        () -> to.one("SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel").equals("t"));
    return to;
  }

  private static Bench inPlace(Bench bench) {
    return bench.transition(
        "public.feed", map("content", "text", "body", Map.of("body", "content")));
  }

  private static void stops(Bench to) {
    Bench.until(() -> to.one("SELECT sum(apply_error_count) > 0" + OF_THIS_DATABASE).equals("t"));
  }

  private static void arrives(Bench to, int id) {
    Bench.until(() -> to.one("SELECT count(*) FROM public.feed WHERE id = " + id).equals("1"));
  }

  /** The hazard's text: with every new column, unless its table has them. */
  @ParameterizedTest
  @ValueSource(strings = {"FOR TABLE public.feed", "FOR TABLES IN SCHEMA public"})
  void aSubscriberStopsAtTheNewColumnsUntilItHasThem(String what) {
    Bench from = inPlace(published(what));
    Bench to = subscribed(from, FEED);
    from.install();
    from.run("INSERT INTO public.feed VALUES (11, 'new')");
    stops(to);
    assertThat(to.one("SELECT count(*) FROM public.feed")).isEqualTo("10");

    to.run("ALTER TABLE public.feed ADD content text, ADD _rubicon bigint");
    arrives(to, 11);
    assertThat(to.rows("SELECT body, content FROM public.feed WHERE id = 11"))
        .isEqualTo(List.of("new|new"));
  }

  /** What the hazard's text asks for, done before dual write. */
  @Test
  void aSubscriberThatHasTheColumnsGoesOnThroughTheWholeRollout() {
    Bench from = inPlace(published("FOR TABLE public.feed"));
    Bench to = subscribed(from, FEED.replace(");", ", content text, _rubicon bigint);"));
    wholeRollout(from, "INSERT INTO public.feed (id, content) VALUES (12, 'c')");
    arrives(to, 12);
    assertThat(to.rows("SELECT id, body, content FROM public.feed WHERE id >= 10 ORDER BY id"))
        .containsExactly("10|b10|b10", "11|l|l", "12|c|c");
    neverStopped(to);
  }

  @Test
  void aColumnListGoesOnWithoutTheNewColumns() {
    Bench from = inPlace(published("FOR TABLE public.feed (id, body)"));
    Bench to = subscribed(from, FEED);
    wholeRollout(from, "INSERT INTO public.feed (id, content) VALUES (12, 'c')");
    arrives(to, 12);
    assertThat(to.rows("SELECT body FROM public.feed WHERE id > 10 ORDER BY id"))
        .containsExactly("l", "c");
    neverStopped(to);
  }

  private static Bench shadow(Bench bench) {
    return bench
        .migration("V1__s.sql", "CREATE TABLE public.news (id int PRIMARY KEY, content text);")
        .migration("U1__s.sql", "DROP TABLE public.news;")
        .shadow(
            "public.feed",
            new Shadow("public.news", Optional.empty(), LegacyName.KEEP, List.of()),
            map("content", "", "body", Map.of("body", "content")));
  }

  /** The publication stays with legacy, which follows canonical until contract. */
  @Test
  void aPublishedLegacyTableFollowsCanonical() {
    Bench from = shadow(published("FOR TABLE public.feed"));
    Bench to = subscribed(from, FEED);
    wholeRollout(from, "INSERT INTO public.news (id, content) VALUES (12, 'c')");
    arrives(to, 12);
    assertThat(to.rows("SELECT body FROM public.feed WHERE id > 10 ORDER BY id"))
        .containsExactly("l", "c");
    neverStopped(to);
  }

  /** Its subscribers need canonical's table before expand. */
  @Test
  void aPublishedSchemaTakesTheShadowToo() {
    Bench from = shadow(published("FOR TABLES IN SCHEMA public"));
    Bench to = subscribed(from, FEED);
    from.install();
    from.backfill();
    stops(to);
    to.run("CREATE TABLE public.news (id int PRIMARY KEY, content text)");
    from.run("INSERT INTO public.feed VALUES (11, 'l')");
    arrives(to, 11);
  }

  private static void wholeRollout(Bench from, String canonicalWrite) {
    from.install();
    from.run("INSERT INTO public.feed (id, body) VALUES (11, 'l')");
    from.toVerifiedAgain();
    from.cutover();
    from.run(canonicalWrite);
  }

  private static void neverStopped(Bench to) {
    assertThat(to.one("SELECT sum(apply_error_count)" + OF_THIS_DATABASE)).isEqualTo("0");
  }
}
