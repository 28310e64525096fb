package dev.rubicon.ledger.audit;

import static dev.rubicon.ledger.TestLedger.launch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.TestLedger;
import dev.rubicon.ledger.WorkersLedger;
import dev.rubicon.ledger.audit.AuditVerifier.Break;
import dev.rubicon.ledger.audit.AuditVerifier.Kind;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Turn
class AuditTrailTest {

  private static void append(Ledger ledger, int entries) {
    for (int i = 1; i <= entries; i++) {
      ledger.audit().append("k" + i, "r1", "alice", "did", Map.of("n", i, "text", "Grüße, \"x\""));
    }
  }

  private static AuditVerifier.Result verify(Ledger ledger, StoredAnchor... anchors) {
    return AuditVerifier.verify(ledger.audit().chain(), "r1", List.of(anchors));
  }

  @Test
  void theHashComputedInJavaIsTheOneThatTheDatabaseComputed() {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 5);
      assertThat(test.ledger().audit().chain())
          .hasSize(5)
          .allSatisfy(entry -> assertThat(entry.computedHash()).isEqualTo(entry.hash()));
      assertThat(verify(test.ledger()).requireIntact().headSeq()).isEqualTo(5);
    }
  }

  @Test
  void eightWritersMakeOneChainWithoutGaps() throws Exception {
    try (var test = TestLedger.create();
        var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var start = new CountDownLatch(1);
      var running = new ArrayList<Future<?>>();
      for (int w = 0; w < 8; w++) {
        int writer = w;
        running.add(
            pool.submit(
                () -> {
                  start.await();
                  for (int i = 0; i < 25; i++) {
                    // Every call twice, as a retry would.
                    for (int attempt = 0; attempt < 2; attempt++) {
                      test.ledger()
                          .audit()
                          .append(
                              writer + "/" + i, "r" + writer, "w" + writer, "did", Map.of("i", i));
                    }
                  }
                  return null;
                }));
      }
      start.countDown();
      for (var one : running) {
        one.get();
      }
      var result = verify(test.ledger()).requireIntact();
      assertThat(result.entries()).isEqualTo(200);
      assertThat(result.headSeq()).isEqualTo(200);
    }
  }

  @Test
  void aRolledBackWriterLeavesNoGap() throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 2);
      try (var connection = test.superuser()) {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
          statement.execute(
              "INSERT INTO rubicon_ledger.audit_entry (rollout, actor, action, detail,"
                  + " idempotency_key) VALUES ('r1', 'x', 'y', '{}', 'lost')");
        }
        connection.rollback();
      }
      test.ledger().audit().append("k3", "r1", "alice", "did", Map.of());
      assertThat(verify(test.ledger()).requireIntact().headSeq()).isEqualTo(3);
    }
  }

  @Test
  void whatAClientSaysOfNumberTimeAndHashDoesNotCount() throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 1);
      try (var connection = test.superuser();
          var statement = connection.createStatement()) {
        statement.execute(
            "INSERT INTO rubicon_ledger.audit_entry VALUES"
                + " (77, '1999-01-01', 'r1', 'mallory', 'did', '{}', 'forged', 'p', 'h')");
      }
      var forged = test.ledger().audit().chain().getLast();
      assertThat(forged.seq()).isEqualTo(2);
      assertThat(forged.at()).isAfter(java.time.Instant.parse("2020-01-01T00:00:00Z"));
      verify(test.ledger()).requireIntact();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE rubicon_ledger.audit_entry SET actor = 'mallory' WHERE seq = 2",
        "UPDATE rubicon_ledger.audit_entry SET actor = 'mallory' WHERE false",
        "DELETE FROM rubicon_ledger.audit_entry WHERE seq = 2",
        "TRUNCATE rubicon_ledger.audit_entry",
        "SET session_replication_role = replica; DELETE FROM rubicon_ledger.audit_entry",
        "INSERT INTO rubicon_ledger.audit_entry (rollout, actor, action, detail, idempotency_key)"
            + " VALUES ('r1', 'x', 'y', '{}', 'r1/k1')"
            + " ON CONFLICT (idempotency_key) DO UPDATE SET actor = 'mallory'",
        "MERGE INTO rubicon_ledger.audit_entry a USING (SELECT 1) s ON a.seq = 2"
            + " WHEN MATCHED THEN DELETE",
      })
  void evenTheOwnerIsRefused(String sql) throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 3);
      try (var connection = test.superuser();
          var statement = connection.createStatement()) {
        assertThatThrownBy(() -> statement.execute(sql))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("append-only");
      }
      assertThat(verify(test.ledger()).requireIntact().entries()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "actor = 'mallory'",
        "detail = '{\"n\": 3, \"text\": \"other\"}'",
        "at = at + interval '1 microsecond'",
        "action = 'didnt'",
        "rollout = 'r2'",
        "idempotency_key = 'other'"
      })
  void aChangedRowIsFoundByItsNumber(String change) throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 5);
      test.tamper("UPDATE rubicon_ledger.audit_entry SET " + change + " WHERE seq = 3");
      var result = verify(test.ledger());
      assertThat(result.breaks())
          .extracting(Break::seq, Break::kind)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(3L, Kind.CHANGED));
      assertThatThrownBy(result::requireIntact)
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.AUDIT_CHAIN_BROKEN))
          .hasMessageContaining("entry 3");
    }
  }

  @Test
  void aChangedRowWhoseOwnHashWasMendedIsFoundByTheNext() throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 5);
      test.tamper(
          """
          UPDATE rubicon_ledger.audit_entry SET actor = 'mallory',
            hash = rubicon_ledger.audit_hash(seq, at, rollout, 'mallory', action, detail, idempotency_key, prev_hash)
          WHERE seq = 3
          """);
      assertThat(verify(test.ledger()).breaks())
          .extracting(Break::seq, Break::kind)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(4L, Kind.UNCHAINED));
    }
  }

  @Test
  void aRowRemovedFromTheMiddleIsFound() throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 5);
      test.tamper("DELETE FROM rubicon_ledger.audit_entry WHERE seq IN (2, 3)");
      assertThat(verify(test.ledger()).breaks())
          .containsExactly(new Break(2, Kind.REMOVED, "entries 2 to 3 are missing"));
    }
  }

  @Test
  void theFirstRowRemovedIsFound() throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 3);
      test.tamper("DELETE FROM rubicon_ledger.audit_entry WHERE seq = 1");
      assertThat(verify(test.ledger()).breaks())
          .containsExactly(new Break(1, Kind.REMOVED, "entry 1 is missing"));
    }
  }

  @Test
  void aRemovedTailShowsOnlyAgainstAnAnchor() throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 4);
      StoredAnchor anchor = test.gate("r1", "cutover");
      test.tamper("DELETE FROM rubicon_ledger.audit_entry WHERE seq > 3");
      assertThat(verify(test.ledger()).intact()).isTrue();
      assertThat(verify(test.ledger(), anchor).breaks())
          .extracting(Break::seq, Break::kind)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(4L, Kind.TAIL_REMOVED));
      // What is appended afterwards takes the removed numbers, but not their hashes.
      test.ledger().audit().append("k6", "r1", "alice", "did", Map.of());
      test.ledger().audit().append("k7", "r1", "alice", "did", Map.of());
      assertThat(verify(test.ledger(), anchor).breaks())
          .extracting(Break::seq, Break::kind)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(5L, Kind.REWRITTEN));
    }
  }

  @Test
  void anEmptiedTrailShowsAgainstAnAnchor() throws Exception {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 1);
      StoredAnchor anchor = test.gate("r1", "expand");
      test.tamper("TRUNCATE rubicon_ledger.audit_entry");
      assertThat(verify(test.ledger(), anchor).breaks())
          .extracting(Break::seq, Break::kind)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(1L, Kind.TAIL_REMOVED));
    }
  }

  @Test
  void anAnchorSurvivesItsJson() {
    try (var test = TestLedger.create()) {
      append(test.ledger(), 1);
      StoredAnchor anchor = test.gate("r1", "expand");
      assertThat(anchor.key()).isEqualTo("audit/r1/2-expand.json");
      assertThat(anchor.read().orElseThrow().key()).isEqualTo(anchor.key());
      assertThat(verify(test.ledger(), anchor).intact()).isTrue();
    }
  }

  @Test
  void aKeyUsedForSomethingElseIsAnErrorAndNotSilence() {
    try (var test = TestLedger.create()) {
      test.ledger().audit().append("k", "r1", "alice", "did", Map.of());
      assertThatThrownBy(() -> test.ledger().audit().append("k", "r1", "alice", "other", Map.of()))
          .isInstanceOfSatisfying(
              RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
    }
  }

  @Test
  void aWorkersRoleMayAppendAndNothingElse() throws Exception {
    WorkersLedger databases = WorkersLedger.create();
    Target owner = databases.owner();
    Target worker = databases.worker();
    try (var ledger = Ledger.open(worker)) {
      ledger.migrateAs(owner).requireCurrent();
      assertThat(ledger.ownsAuditTrail()).isFalse();
      ledger.launch(launch("r1", "prod"));
      ledger
          .decisions()
          .enter(
              NewAuditEntry.pause(
                  "k", TestLedger.input("r1", Phase.EXPAND, 1), TestLedger.by("bob", "why")),
              AuditHead.NONE,
              "run-1");
      assertThat(verify(ledger).requireIntact().entries()).isEqualTo(2);
    }
    try (var connection = WorkersLedger.open(worker);
        var statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "UPDATE rubicon_ledger.audit_entry SET actor = 'x'",
              "DELETE FROM rubicon_ledger.audit_entry",
              "TRUNCATE rubicon_ledger.audit_entry",
              "ALTER TABLE rubicon_ledger.audit_entry DISABLE TRIGGER USER",
              "INSERT INTO rubicon_ledger.audit_entry (hash) VALUES ('x')",
              "DELETE FROM rubicon_ledger.rollout")) {
        assertThatThrownBy(() -> statement.execute(sql))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      }
    }
  }
}
