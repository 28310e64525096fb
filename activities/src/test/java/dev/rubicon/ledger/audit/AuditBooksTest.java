package dev.rubicon.ledger.audit;

import static dev.rubicon.ledger.TestLedger.by;
import static dev.rubicon.ledger.TestLedger.evidence;
import static dev.rubicon.ledger.TestLedger.input;
import static dev.rubicon.ledger.TestLedger.launch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.TestLedger;
import dev.rubicon.ledger.audit.AuditVerifier.Break;
import dev.rubicon.ledger.audit.AuditVerifier.Kind;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The trail against its tables, its anchors and Temporal's histories. */
class AuditBooksTest {
  private static final String RUN = "0199f1c2-6d2e-7a51-8000-000000000001";
  private static final PhaseInput HERE = input("r1", Phase.EXPAND, 1);
  private static final NewAuditEntry REFUSED =
      NewAuditEntry.refusal(
          RUN + "/1",
          HERE,
          "approve expand",
          "wrong",
          by("alice", "mine"),
          new Failure("APPROVER_IS_REQUESTER", "no", "ask bob"));
  private static final NewAuditEntry APPROVED =
      NewAuditEntry.approval(
          RUN + "/2", HERE, new Decision.Approve(Runbook.Gate.EXPAND, "d1", by("bob", "read it")));
  private static final NewAuditEntry AGAIN =
      NewAuditEntry.approval(
          RUN + "/4", HERE, new Decision.Approve(Runbook.Gate.EXPAND, "d2", by("bob", "again")));
  private static final NewAuditEntry SIGNED =
      NewAuditEntry.signOff(
          RUN + "/5", HERE, new Decision.SignOff("informed", by("carol", "mailed")));
  private static final NewAuditEntry GATE = NewAuditEntry.gate(RUN + "/6", HERE, "expand", "d1");

  private static TestLedger test;
  private static Ledger ledger;
  private static StoredAnchor anchor;
  private static AuditHead gate;

  @BeforeAll
  static void enter() {
    test = TestLedger.create();
    ledger = test.ledger();
    ledger.launch(launch("r1", "prod"));
    // Before the phase runs, while it runs (and replaced), and after it.
    ledger.evidence(HERE).record(evidence("dossier"), Map.of("digest", "d1"));
    ledger.phases().started(HERE);
    ledger.evidence(HERE).record(evidence("locks"), Map.of("stallMs", 1));
    ledger.evidence(HERE).record(evidence("locks"), Map.of("stallMs", 2));
    ledger.phases().ended(HERE, "done", "", Map.of());
    ledger.phases().ended(HERE, "done", "", Map.of());
    ledger.evidence(HERE).record(evidence("hook-deploy"), Map.of("status", 200));
    ledger.evidence(HERE).record(evidence("hook-deploy"), Map.of("status", 200));
    ledger.phases().started(input("r1", Phase.WATCH, 1));
    ledger.evidence(input("r1", Phase.WATCH, 1)).record(evidence("watch"), Map.of("round", 7));
    test.enter(REFUSED);
    test.enter(APPROVED);
    test.enter(
        NewAuditEntry.approvalsVoid(RUN + "/3", HERE, List.of(Runbook.Gate.EXPAND), "changed"));
    test.enter(AGAIN);
    test.enter(SIGNED);
    test.enter(
        NewAuditEntry.signOff(
            RUN + "/7", HERE, new Decision.SignOff("informed", by("dave", "me"))));
    gate = test.enter(GATE);
    var of = AnchorCheck.anchor(ledger.audit().chain().getLast());
    anchor = new StoredAnchor(of.key(), Optional.of(of.json()));
  }

  @AfterAll
  static void close() {
    test.close();
  }

  private static AuditVerifier.Result verify(List<StoredAnchor> stored, Histories histories) {
    AuditBooks books = ledger.audit().books();
    return AuditVerifier.verify(books, books, stored, histories);
  }

  private static List<Kind> kinds(List<StoredAnchor> stored, Histories histories) {
    return verify(stored, histories).breaks().stream().map(Break::kind).toList();
  }

  @Test
  void whatWasEnteredIsIntactAndEvidenceIsEnteredOncePerEnd() {
    assertThat(verify(List.of(anchor), Histories.NONE).breaks()).isEmpty();
    assertThat(ledger.audit().entries("r1"))
        .extracting(AuditEntry::action)
        .containsExactly(
            "launched",
            "evidence-recorded",
            "phase-started",
            "phase-done",
            "evidence-recorded",
            "phase-started",
            "refused",
            "approved",
            "approvals-void",
            "approved",
            "signed-off",
            "signed-off",
            "gate-expand");
  }

  static Stream<Arguments> tampered() {
    return Stream.of(
        of("UPDATE approval SET principal = 'forged' WHERE key LIKE '%/4'", Kind.ROW_DIFFERS),
        of("UPDATE approval SET digest = 'd3' WHERE key LIKE '%/4'", Kind.ROW_DIFFERS),
        of("UPDATE approval SET reason = 'x' WHERE key LIKE '%/2'", Kind.ROW_DIFFERS),
        of("UPDATE approval SET granted = true, code = '' WHERE key LIKE '%/1'", Kind.ROW_DIFFERS),
        of("UPDATE approval SET voided_at = NULL WHERE key LIKE '%/2'", Kind.ROW_DIFFERS),
        of("UPDATE approval SET voided_at = now() WHERE key LIKE '%/4'", Kind.ROW_DIFFERS),
        of("DELETE FROM approval WHERE key LIKE '%/4'", Kind.ENTRY_WITHOUT_ROW),
        of(
            "INSERT INTO approval (key, rollout, gate, round, digest, principal, reason, granted)"
                + " VALUES ('k', 'r1', 'cutover', 1, 'd', 'mallory', '', true)",
            Kind.ROW_WITHOUT_ENTRY),
        of("UPDATE sign_off SET principal = 'dave'", Kind.ROW_DIFFERS),
        of("DELETE FROM sign_off", Kind.ENTRY_WITHOUT_ROW),
        of("INSERT INTO sign_off VALUES ('r1', 'tested', 'm', '')", Kind.ROW_WITHOUT_ENTRY),
        of("UPDATE evidence SET value = '{\"stallMs\": 1}' WHERE name = 'locks'", Kind.ROW_DIFFERS),
        of("UPDATE evidence SET value = '{}' WHERE name = 'dossier'", Kind.ROW_DIFFERS),
        of("UPDATE evidence SET value = '{}' WHERE name = 'hook-deploy'", Kind.ROW_DIFFERS),
        of("DELETE FROM evidence WHERE name = 'locks'", Kind.ENTRY_WITHOUT_ROW),
        of(
            "INSERT INTO evidence VALUES ('r1', 'expand', 1, 'more', '{}')",
            Kind.ROW_WITHOUT_ENTRY));
  }

  private static Arguments of(String sql, Kind kind) {
    return Arguments.of(sql, kind);
  }

  @ParameterizedTest
  @MethodSource("tampered")
  void aChangedRowIsFound(String sql, Kind kind) throws SQLException {
    try (var connection = test.superuser();
        var statement = connection.createStatement()) {
      for (String table : List.of("approval", "sign_off", "evidence")) {
        statement.execute("CREATE TABLE kept_" + table + " AS TABLE rubicon_ledger." + table);
      }
      // Nobody else gets so far.
      TestLedger.unguard(statement);
      try {
        statement.execute("SET search_path = rubicon_ledger");
        assertThat(statement.executeUpdate(sql)).isPositive();
        assertThat(kinds(List.of(anchor), Histories.NONE)).containsExactly(kind);
      } finally {
        for (String table : List.of("approval", "sign_off", "evidence")) {
          statement.execute("TRUNCATE rubicon_ledger." + table);
          statement.execute("INSERT INTO rubicon_ledger." + table + " TABLE public.kept_" + table);
          statement.execute("DROP TABLE public.kept_" + table);
        }
        TestLedger.guard(statement);
      }
    }
    assertThat(verify(List.of(anchor), Histories.NONE).breaks()).isEmpty();
  }

  private static StoredAnchor at(String key, String content) {
    return new StoredAnchor(key, Optional.of(content.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void anAnchorThatIsNoneOrAnothersOrMissingIsFound() {
    String key = anchor.key();
    assertThat(kinds(List.of(), Histories.NONE)).containsExactly(Kind.ANCHOR_MISSING);
    for (String content : List.of("{}", "", "no JSON", "[1]", "null", "{\"seq\": \"x\"}")) {
      assertThat(kinds(List.of(at(key, content)), Histories.NONE))
          .as(content)
          .containsExactly(Kind.ANCHOR_UNREADABLE);
    }
    assertThat(kinds(List.of(new StoredAnchor(key, Optional.empty())), Histories.NONE))
        .containsExactly(Kind.ANCHOR_UNREADABLE);
    String content = new String(anchor.content().orElseThrow(), StandardCharsets.UTF_8);
    for (String other :
        List.of(
            content.replace("\"r1\"", "\"r2\""),
            content.replace("\"expand\"", "\"cutover\""),
            content.replaceFirst("\"seq\":\\d+", "\"seq\":3"))) {
      assertThat(kinds(List.of(at(key, other)), Histories.NONE))
          .as(other)
          .containsExactly(Kind.ANCHOR_MISPLACED);
    }
    assertThat(
            kinds(
                List.of(at(key, content.replaceFirst("[0-9a-f]{64}", "0".repeat(64)))),
                Histories.NONE))
        .containsExactly(Kind.REWRITTEN);
    assertThat(kinds(List.of(anchor, at("audit/notes.txt", "hello")), Histories.NONE))
        .containsExactly(Kind.ANCHOR_UNREADABLE);
  }

  private static HistoryEvent event(NewAuditEntry newEntry, boolean entered, AuditHead head) {
    return new HistoryEvent(
        new LedgerChange.Entered(newEntry),
        Instant.EPOCH,
        7,
        newEntry.key(),
        Optional.of(head),
        entered);
  }

  private static Histories histories(HistoryEvent... events) {
    return new Histories(List.of(events), Set.of(RUN), Set.of(), List.of(), List.of());
  }

  private static HistoryEvent[] whole() {
    return new HistoryEvent[] {
      event(REFUSED, true, AuditHead.NONE),
      event(APPROVED, true, AuditHead.NONE),
      event(
          NewAuditEntry.approvalsVoid(RUN + "/3", HERE, List.of(Runbook.Gate.EXPAND), "changed"),
          true,
          AuditHead.NONE),
      event(AGAIN, true, AuditHead.NONE),
      event(SIGNED, true, AuditHead.NONE),
      event(
          NewAuditEntry.signOff(
              RUN + "/7", HERE, new Decision.SignOff("informed", by("dave", "me"))),
          true,
          AuditHead.NONE),
      event(GATE, true, gate)
    };
  }

  @Test
  void theTrailAndTheHistoryMustSayTheSame() {
    assertThat(verify(List.of(anchor), histories(whole())).breaks()).isEmpty();

    HistoryEvent[] less = whole();
    less[3] = less[4];
    assertThat(kinds(List.of(anchor), histories(less))).containsExactly(Kind.NOT_IN_HISTORY);

    HistoryEvent[] other = whole();
    other[3] =
        event(
            NewAuditEntry.approval(
                RUN + "/4",
                HERE,
                new Decision.Approve(Runbook.Gate.EXPAND, "d2", by("carol", "again"))),
            true,
            AuditHead.NONE);
    assertThat(kinds(List.of(anchor), histories(other))).containsExactly(Kind.HISTORY_DIFFERS);

    HistoryEvent[] more =
        Stream.concat(
                Stream.of(whole()),
                Stream.of(
                    event(
                        NewAuditEntry.pause(RUN + "/8", HERE, by("bob", "why")),
                        true,
                        new AuditHead(14, "h", RUN)),
                    // Scheduled, and not entered so far.
                    event(
                        NewAuditEntry.resume(RUN + "/9", HERE, by("bob", "why")),
                        false,
                        AuditHead.NONE)))
            .toArray(HistoryEvent[]::new);
    AuditVerifier.Result lacks = verify(List.of(anchor), histories(more));
    assertThat(lacks.breaks()).extracting(Break::kind).containsExactly(Kind.MISSING);
    assertThat(lacks.breaks().getFirst().detail()).contains("paused of r1 by bob");
  }

  @Test
  void anApprovalOfWhichNoRunKnowsIsFoundEvenWithItsRow() throws SQLException {
    String unknown = "0199f1c2-6d2e-7a51-8000-000000000009";
    try (var own = TestLedger.create()) {
      own.ledger().launch(launch("r1", "prod"));
      for (String key : List.of("x", unknown + "/1", "contract/" + unknown + "/1")) {
        own.enter(
            NewAuditEntry.approval(
                key,
                HERE,
                new Decision.Approve(Runbook.Gate.CUTOVER, "d1", by("mallory", "forged"))));
      }
      AuditBooks books = own.ledger().audit().books();
      // Temporal has the rollout's first run, and so would have that one.
      var known = new Histories(List.of(), Set.of(RUN, unknown), Set.of(), List.of(), List.of());
      assertThat(AuditVerifier.verify(books, books, List.of(), known).breaks())
          .extracting(found -> found.seq() + " " + found.kind())
          .containsExactly("2 NOT_IN_HISTORY", "3 NOT_IN_HISTORY", "4 NOT_IN_HISTORY");
      assertThat(AuditVerifier.verify(books, books, List.of(), Histories.NONE).breaks())
          .extracting(found -> found.seq() + " " + found.kind())
          .containsExactly("2 NOT_IN_HISTORY");
    }
  }

  @Test
  void launchAndEndAreComparedAndEvidenceMayBecomeWhatItWas() {
    try (var own = TestLedger.create()) {
      own.ledger().launch(launch("r1", "prod"));
      for (String digest : List.of("a", "b", "a", "a")) {
        own.ledger().evidence(HERE).record(evidence("dossier"), Map.of("digest", digest));
      }
      AuditBooks books = own.ledger().audit().books();
      assertThat(books.chain()).hasSize(4);
      assertThat(AuditVerifier.verify(books, books, List.of(), Histories.NONE).breaks()).isEmpty();

      var launch = launch("r1", "prod");
      var again =
          new LedgerRollout.Launch(
              "r1",
              "prod",
              launch.bundle(),
              launch.runbook(),
              "",
              "alice",
              launch.workflowId(),
              "");
      assertThat(launched(books, again)).isEmpty();
      var other =
          new LedgerRollout.Launch(
              "r1", "prod", launch.bundle(), launch.runbook(), "", "bob", launch.workflowId(), "");
      assertThat(launched(books, other)).containsExactly(Kind.HISTORY_DIFFERS);
    }
  }

  private static List<Kind> launched(AuditBooks books, LedgerRollout.Launch launch) {
    var event =
        new HistoryEvent(
            new LedgerChange.Launched(launch),
            Instant.EPOCH,
            5,
            RUN + "/0",
            Optional.empty(),
            true);
    return AuditVerifier.verify(books, books, List.of(), histories(event)).breaks().stream()
        .map(Break::kind)
        .toList();
  }

  @Test
  void aGateThatOpensDuringTheVerificationNeedsNoAnchorYet() {
    AuditBooks now = ledger.audit().books();
    var before =
        new AuditBooks(
            now.chain().subList(0, now.chain().size() - 1),
            now.approvals(),
            now.signOffs(),
            now.evidence());
    assertThat(AuditVerifier.verify(before, now, List.of(), Histories.NONE).breaks()).isEmpty();
    assertThat(AuditVerifier.verify(before, now, List.of(anchor), Histories.NONE).breaks())
        .isEmpty();
  }

  @Test
  void aGateThatIsNotOpenYetNeedsNoAnchorAndOneThatTemporalSawDoes() {
    HistoryEvent[] opening = whole();
    opening[6] = event(GATE, false, AuditHead.NONE);
    assertThat(kinds(List.of(), histories(opening))).isEmpty();
    assertThat(kinds(List.of(), histories(whole()))).containsExactly(Kind.ANCHOR_MISSING);

    HistoryEvent[] rewritten = whole();
    rewritten[6] = event(GATE, true, new AuditHead(gate.sequence(), "f".repeat(64), RUN));
    assertThat(kinds(List.of(anchor), histories(rewritten))).containsExactly(Kind.REWRITTEN);
  }
}
