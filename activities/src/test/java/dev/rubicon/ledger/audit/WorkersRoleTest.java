package dev.rubicon.ledger.audit;

import static dev.rubicon.ledger.TestLedger.by;
import static dev.rubicon.ledger.TestLedger.evidence;
import static dev.rubicon.ledger.TestLedger.input;
import static dev.rubicon.ledger.TestLedger.launch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.WorkersLedger;
import dev.rubicon.message.Decision;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker's role can do to what is entered, where another role owns the ledger: nothing. */
class WorkersRoleTest {
  private static final Runbook.Gate GATE = Runbook.Gate.CUTOVER;

  private static Target owner;
  private static Target worker;
  private static Ledger ledger;

  @BeforeAll
  static void fill() throws SQLException {
    WorkersLedger databases = WorkersLedger.create();
    owner = databases.owner();
    worker = databases.worker();
    ledger = Ledger.open(worker);
    ledger.migrateAs(owner).requireCurrent();
    ledger.launch(launch("r1", "prod"));
    var expand = input("r1", Phase.EXPAND, 1);
    ledger.phases().started(expand);
    ledger.evidence(expand).record(evidence("locks"), Map.of("stallMs", 900));
    ledger.evidence(expand).record(evidence("locks"), Map.of("stallMs", 800));
    ledger.phases().ended(expand, "done", "installed", Map.of());
    ledger.evidence(expand).record(evidence("hook"), Map.of("status", 200));
    enter(NewAuditEntry.approval("k1", expand, new Decision.Approve(GATE, "d1", by("bob", "ok"))));
    enter(NewAuditEntry.approvalsVoid("k2", expand, List.of(GATE), "moved"));
    enter(NewAuditEntry.approval("k3", expand, new Decision.Approve(GATE, "d2", by("bob", "ok"))));
    enter(NewAuditEntry.signOff("k4", expand, new Decision.SignOff("tested", by("carol", "ok"))));
    assertThat(breaks()).isEmpty();
  }

  @AfterAll
  static void close() {
    ledger.close();
  }

  private static void enter(NewAuditEntry entry) {
    ledger.decisions().enter(entry, AuditHead.NONE, "run-1");
  }

  private static List<AuditVerifier.Break> breaks() {
    AuditBooks books = ledger.audit().books();
    return Stream.concat(
            RowCheck.of(books).stream(),
            AuditVerifier.verify(books.chain(), "r1", List.of()).breaks().stream())
        .toList();
  }

  private static void refused(Target as, String sql) throws SQLException {
    try (var connection = WorkersLedger.open(as);
        var statement = connection.createStatement()) {
      assertThatThrownBy(
              () -> {
                statement.execute("SET search_path = rubicon_ledger");
                statement.execute(sql);
              })
          .as(sql)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }
    assertThat(breaks()).isEmpty();
  }

  /** What was entered stays, and nothing comes beside it that the trail does not say. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE approval SET principal = 'mallory'",
        "UPDATE approval SET digest = 'd9', granted = true",
        "UPDATE approval SET voided_at = NULL, void_reason = '' WHERE key = 'r1/k1'",
        "UPDATE approval SET voided_at = now(), void_reason = 'x' WHERE key = 'r1/k3'",
        "DELETE FROM approval",
        "TRUNCATE approval",
        "INSERT INTO approval (key, rollout, gate, round, digest, principal, reason, granted)"
            + " VALUES ('k', 'r1', 'cutover', 1, 'd', 'mallory', '', true)",
        "INSERT INTO approval (key, rollout, gate, round, digest, principal, reason, granted)"
            + " VALUES ('r1/k4', 'r1', 'cutover', 1, 'd', 'carol', '', true)",
        "UPDATE sign_off SET principal = 'mallory'",
        "DELETE FROM sign_off",
        "INSERT INTO sign_off VALUES ('r1', 'other', 'mallory', '')",
        "UPDATE evidence SET value = '{\"stallMs\": 1}' WHERE name = 'locks'",
        "UPDATE evidence SET value = '{}' WHERE name = 'hook'",
        "INSERT INTO evidence VALUES ('r1', 'expand', 1, 'more', '{}')",
        "INSERT INTO evidence VALUES ('r1', 'verify', 1, 'more', '{}')",
        "DELETE FROM evidence",
        "UPDATE rollout SET requested_by = 'mallory'",
        "UPDATE rollout SET bundle = repeat('c', 64)",
        "DELETE FROM rollout",
        "UPDATE audit_entry SET actor = 'mallory'",
        "INSERT INTO audit_entry (seq, hash) VALUES (1, 'x')",
        "ALTER TABLE approval DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION row_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN RETURN NEW; END'",
      })
  void whatIsEnteredStays(String sql) throws SQLException {
    refused(worker, sql);
  }

  /** Who owns the tables has to switch the triggers off first, and cannot do it by accident. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE approval SET principal = 'mallory'",
        "SET session_replication_role = replica; UPDATE sign_off SET principal = 'mallory'",
        "SET session_replication_role = replica; DELETE FROM approval",
        "UPDATE evidence SET value = '{}' WHERE name = 'hook'",
        "UPDATE rollout SET requested_by = 'mallory'",
        "TRUNCATE rollout CASCADE",
      })
  void theOwnersStatementsAreRefusedToo(String sql) throws SQLException {
    refused(owner, sql);
  }

  /** A flag beside the evidence does not open it. */
  @Test
  void aPhaseThatIsSaidToRunAgainDoesNotFreeItsEvidence() throws SQLException {
    try (var connection = WorkersLedger.open(worker);
        var statement = connection.createStatement()) {
      statement.execute("UPDATE rubicon_ledger.phase_run SET outcome = 'running'");
    }
    refused(worker, "UPDATE evidence SET value = '{}' WHERE name = 'locks'");
    var expand = input("r1", Phase.EXPAND, 1);
    ledger.evidence(expand).record(evidence("locks"), Map.of("stallMs", 700));
    assertThat(ledger.audit().chain().getLast().action()).isEqualTo("evidence-recorded");
    assertThat(breaks()).isEmpty();
  }
}
