package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RecordingDriver;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.rows.BackfillSql;
import dev.rubicon.transition.rows.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What backfill and comparison send for a relation of each shape stands in golden files, reviewed
 * like code. Run with {@code -Drubicon.golden=write} to write them anew.
 */
class RowStatementsTest {
  private static final Path FILES = Path.of("src/test/resources/golden/rows");

  /** By the name of the relation that comes of it. */
  private final Map<String, StringBuilder> texts = new TreeMap<>();

  @Test
  void whatIsSentForRowsIsWhatTheGoldenFilesSay() throws IOException {
    Bench bench = bench();
    bench.expand();
    refuseKeys(bench);
    bench.dualWrite();
    ask(bench, Phase.BACKFILL, this::fill);
    ask(bench, Phase.VERIFY, (session, t) -> compare(session, t, "canonical is closed"));
    bench.toVerifiedAgain();
    ask(bench, Phase.VERIFY, (session, t) -> compare(session, t, "canonical takes clients"));
    for (String table : List.of("plain", "keyless", "parted")) {
      bench.run("ALTER TABLE " + table + " DISABLE TRIGGER ALL", "UPDATE " + table + " SET c = -1");
    }
    for (String table :
        List.of("simple_new", "pairs_new", "head", "tail", "joined", "red", "merged", "uuids")) {
      bench.run("ALTER TABLE " + table + " DISABLE TRIGGER ALL", "UPDATE " + table + " SET c = -1");
    }
    ask(bench, Phase.VERIFY, (session, t) -> compare(session, t, "rows disagree"));
    golden();
  }

  private void refuseKeys(Bench bench) {
    PhaseContext context = bench.context(Phase.DUAL_WRITE);
    Transitions all;
    try (PgSession session = context.open(SessionLimits.SHORT)) {
      all = new Transitions(List.of()).missing(session, bench.runbook());
    }
    for (Transition transition : all) {
      RecordingDriver.sent();
      transition.refuseRows(context.on(RecordingDriver.recording(bench.target())), all);
      keep(transition, "keys that canonical could not carry");
    }
  }

  private interface Question {
    void ask(PgSession session, Transition transition);
  }

  private static void ask(Bench bench, Phase phase, Question question) {
    try (PgSession session =
        PgSession.open(
            RecordingDriver.recording(bench.target()),
            bench.context(phase).tag(),
            SessionLimits.SHORT)) {
      Transitions.installed(session).forEach(transition -> question.ask(session, transition));
    }
  }

  private void fill(PgSession session, Transition transition) {
    BackfillSql filling = transition.filling(session);
    RecordingDriver.sent();
    filling.missing(session);
    filling.unfit(session);
    keep(transition, "rows that are still to be filled");
    filling.scansSequentially(session);
    keep(transition, "how PostgreSQL would find the rows of a batch");
    List<String> first = filling.upTo(session, Optional.empty(), Optional.empty(), 1).orElseThrow();
    keep(transition, "where the first range ends");
    filling.upTo(session, Optional.of(first), Optional.of(first), 1);
    keep(transition, "where another ends, below a bound");
    session.inTransaction(() -> filling.fill(session, Optional.empty(), first, manner(false)));
    keep(transition, "the first batch, which waits for locked rows");
    session.inTransaction(() -> filling.fill(session, Optional.of(first), first, manner(true)));
    List<String> sent = keep(transition, "another batch, which skips them");
    if (!transition.relation().name().equals("keyless")) {
      assertThat(filling.statements()).as("what a plan prints").isEqualTo(sent);
    }
  }

  private static BackfillSql.Manner manner(boolean skipLocked) {
    return new BackfillSql.Manner(skipLocked, false);
  }

  private void compare(PgSession session, Transition transition, String when) {
    Verifier comparing = transition.comparing(session);
    RecordingDriver.sent();
    comparing.all(session);
    List<String> sent = keep(transition, when + ": all rows");
    assertThat(sent).as("what a plan prints").startsWith(comparing.statement());
    if (comparing.whole().isEmpty()) {
      long horizon = Long.parseLong(Verified.horizon(session)) - 100_000;
      RecordingDriver.sent();
      comparing.since(session, new Verified.Since(horizon, Optional.empty()));
      keep(transition, when + ": rows written since", " - " + (horizon & 0xffff_ffffL) + ")");
    }
    comparing.disagreeing(session, 5);
    keep(transition, when + ": the first rows that disagree");
  }

  private List<String> keep(Transition transition, String title) {
    return keep(transition, title, "nothing that differs from run to run");
  }

  private List<String> keep(Transition transition, String title, String horizon) {
    List<String> sent =
        RecordingDriver.sent().stream()
            .filter(sql -> !sql.startsWith("BEGIN") && !sql.startsWith("COMMIT"))
            .filter(sql -> !sql.startsWith("SET ") && !sql.contains("'lock_timeout'"))
            .filter(sql -> !sql.contains("FROM pg_class"))
            .toList();
    var text = texts.computeIfAbsent(transition.canonical().name(), _ -> new StringBuilder());
    if (!sent.isEmpty()) {
      text.append("-- ").append(title).append("\n\n");
    }
    sent.forEach(
        sql -> text.append(sql.replace(horizon, " - HORIZON)").stripTrailing()).append(";\n\n"));
    return sent;
  }

  private void golden() throws IOException {
    if ("write".equals(System.getProperty("rubicon.golden"))) {
      Files.createDirectories(FILES);
      for (var text : texts.entrySet()) {
        Files.writeString(FILES.resolve(text.getKey() + ".sql"), text.getValue());
      }
    }
    try (var files = Files.list(FILES)) {
      assertThat(new TreeSet<>(files.map(f -> f.getFileName().toString()).toList()))
          .isEqualTo(new TreeSet<>(texts.keySet().stream().map(name -> name + ".sql").toList()));
    }
    for (var text : texts.entrySet()) {
      assertThat(text.getValue().toString())
          .as(text.getKey())
          .isEqualTo(Files.readString(FILES.resolve(text.getKey() + ".sql")));
    }
  }

  private static Bench bench() {
    var bench =
        new Bench(
            "CREATE TABLE plain (id int PRIMARY KEY, a text, b int)",
            "CREATE TABLE keyless (a text, b int)",
            "CREATE TABLE parted (id int, k text, b int, PRIMARY KEY (id, k)) PARTITION BY LIST"
                + " (k)",
            "CREATE TABLE parted_x PARTITION OF parted FOR VALUES IN ('x')",
            "CREATE TABLE parted_rest PARTITION OF parted DEFAULT",
            "CREATE TABLE simple (id serial PRIMARY KEY, a text, b int)",
            "CREATE TABLE pairs (\"the id\" int, k text, c int, PRIMARY KEY (\"the id\", k))",
            "CREATE TABLE whole (id int PRIMARY KEY, a text, c int)",
            "CREATE TABLE left_half (id int PRIMARY KEY, a text)",
            "CREATE TABLE right_half (id int PRIMARY KEY, c int)",
            "CREATE TABLE colours (id int PRIMARY KEY, kind text, c int)",
            "CREATE TABLE one (id text PRIMARY KEY, c int)",
            "CREATE TABLE two (id text PRIMARY KEY, c int)",
            "CREATE TABLE numbered (id serial PRIMARY KEY, c int)");
    for (String rows :
        List.of(
            "plain SELECT n, 'a', n",
            "keyless SELECT 'a', n",
            "parted SELECT n, 'x', n",
            "simple SELECT n, 'a', n",
            "pairs SELECT n, 'x', n",
            "whole SELECT n, 'a', n",
            "left_half SELECT n, 'a'",
            "right_half SELECT n, n",
            "colours SELECT n, 'red', n",
            "one SELECT 'o' || n, n",
            "two SELECT 't' || n, n",
            "numbered SELECT n, n")) {
      bench.run("INSERT INTO " + rows + " FROM generate_series(1, 3) n");
    }
    bench
        .migration(
            "V1__canonical.sql",
            """
            -- irreversible: nothing is undone here
            CREATE TABLE simple_new (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a text, c bigint);
            CREATE TABLE pairs_new ("the id" bigint, k text, c int, PRIMARY KEY ("the id", k)) PARTITION BY LIST (k);
            CREATE TABLE pairs_new_x PARTITION OF pairs_new DEFAULT;
            CREATE TABLE head (id int PRIMARY KEY, a text, c int DEFAULT 0);
            CREATE TABLE tail (id int PRIMARY KEY, c int);
            CREATE TABLE joined (id int PRIMARY KEY, a text, c int);
            CREATE TABLE red (id int PRIMARY KEY, kind text, c int);
            CREATE TABLE merged (id text PRIMARY KEY, c int, kind text NOT NULL DEFAULT 'one');
            CREATE TABLE uuids (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), c int);
            """)
        .transition(
            "public.plain",
            map("c", "int", "b", Map.of("b", "c")),
            map("d", "text", "upper(a)", Map.of()))
        .transition("public.keyless", map("c", "int", "b", Map.of("b", "c")))
        .transition("public.parted", map("c", "int", "b", Map.of("b", "c")))
        .shadow("public.simple", to("simple_new"), map("c", "", "b", Map.of("b", "c::int")))
        .shadow("public.pairs", to("pairs_new"))
        .shadow("public.whole", to("head"), map("c", "", "0", Map.of()))
        .shadow("public.whole", to("tail", Optional.of("c <> 0"), Optional.empty(), PartOf.LEGACY))
        .shadow("public.left_half", to("joined"))
        .shadow(
            "public.right_half",
            to("joined", Optional.empty(), Optional.of("c IS NOT NULL"), PartOf.CANONICAL))
        .shadow(
            "public.colours",
            to("red", Optional.of("kind = 'red'"), Optional.empty(), PartOf.NEITHER))
        .shadow(
            "public.numbered",
            to("uuids"),
            map("id", "", "mapped(id)", Map.of("id", "mapped(id)")));
    for (String kind : List.of("one", "two")) {
      bench.shadow(
          "public." + kind,
          to("merged", Optional.empty(), Optional.of("kind = '" + kind + "'"), PartOf.NEITHER),
          map("id", "", "lower(id)", Map.of("id", "id")),
          map("kind", "", "'" + kind + "'::text", Map.of()));
    }
    return bench;
  }

  private static Shadow to(String canonical) {
    return to(canonical, Optional.empty(), Optional.empty(), PartOf.NEITHER);
  }

  private static Shadow to(
      String canonical, Optional<String> rows, Optional<String> canonicalRows, PartOf partOf) {
    return new Shadow(
        "public." + canonical,
        Optional.empty(),
        LegacyName.KEEP,
        List.of(),
        rows,
        canonicalRows,
        partOf);
  }
}
