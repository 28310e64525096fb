package dev.rubicon.ledger;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.ledger.audit.AnchorCheck;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.audit.StoredAnchor;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.stack.SharedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A ledger in a database of its own, with a way in for its superuser. */
public record TestLedger(Ledger ledger, Target target) implements AutoCloseable {

  public static TestLedger create() {
    var server = SharedPostgres.server();
    var target =
        new Target(
            "ledger",
            server.jdbcUrl(SharedPostgres.freshDatabase("ledger")),
            server.superuser(),
            new Secret(server.password()),
            Map.of());
    return new TestLedger(Ledger.open(target).migrate(), target);
  }

  /** A ledger as this one is now, whatever becomes of it; this one has to be opened again. */
  TestLedger dump() throws SQLException {
    close();
    var server = SharedPostgres.server();
    String name = SharedPostgres.freshDatabase("restored");
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl("postgres"), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute("DROP DATABASE " + name);
      statement.execute("CREATE DATABASE " + name + " TEMPLATE " + target.database());
    }
    var copy =
        new Target("ledger", server.jdbcUrl(name), target.user(), target.password(), Map.of());
    return new TestLedger(Ledger.open(copy), copy);
  }

  TestLedger again() {
    return new TestLedger(Ledger.open(target), target);
  }

  public Connection superuser() throws SQLException {
    return DriverManager.getConnection(target.url(), target.user(), target.password().reveal());
  }

  /** What guards trail and rows, as somebody with every right can switch it. */
  private static final List<String> GUARDS =
      List.of(
          "audit_entry audit_entry_chain",
          "audit_entry audit_entry_append_only",
          "approval approval_stays",
          "approval approval_void_only",
          "approval approval_entered",
          "sign_off sign_off_stays",
          "sign_off sign_off_entered",
          "evidence evidence_stays",
          "evidence evidence_entered");

  public static void unguard(Statement statement) throws SQLException {
    for (String guard : GUARDS) {
      statement.execute("ALTER TABLE rubicon_ledger." + guard.replace(" ", " DISABLE TRIGGER "));
    }
  }

  public static void guard(Statement statement) throws SQLException {
    for (String guard : GUARDS) {
      statement.execute(
          "ALTER TABLE rubicon_ledger." + guard.replace(" ", " ENABLE ALWAYS TRIGGER "));
    }
  }

  /** What somebody with every right does: past the triggers. */
  public void tamper(String sql) throws SQLException {
    try (var connection = superuser();
        var statement = connection.createStatement()) {
      unguard(statement);
      statement.execute(sql);
      guard(statement);
    }
  }

  public static LedgerRollout.Launch launch(String id, String target) {
    return new LedgerRollout.Launch(
        id,
        target,
        "b".repeat(64),
        "checks-canonical",
        "Checks, canonical",
        "alice",
        "rollout/" + target,
        "run-" + id);
  }

  /** A name whose content is whatever the test records. */
  public static EvidenceName<Map<String, Object>> evidence(String stored) {
    return EvidenceName.ofMap(stored, Object.class);
  }

  public static PhaseInput input(String rollout, Phase phase, int round) {
    return new PhaseInput(rollout, "prod", "b".repeat(64), "alice", phase, round);
  }

  /** What a contract of that rollout says. */
  static RolloutRequest contract(String rollout) {
    return new RolloutRequest(rollout, "prod", "b".repeat(64), "checks-canonical", "bob");
  }

  /** A decision's author. */
  public static Decision.By by(String principal, String reason) {
    return new Decision.By(principal, reason, "run-1", Instant.parse("2026-11-26T12:00:00Z"));
  }

  /** As an execution that has seen nothing of the trail. */
  public AuditHead enter(NewAuditEntry newEntry) {
    return ledger.decisions().enter(newEntry, AuditHead.NONE, "run-1");
  }

  /** A gate asks: its entry's anchor, as it is stored. */
  public StoredAnchor gate(String rollout, String gate) {
    var chain = ledger.audit().chain();
    ledger
        .audit()
        .append("gate-" + chain.size(), rollout, "rubicon", "gate-" + gate, Map.of("digest", "d"));
    var anchor = AnchorCheck.anchor(ledger.audit().chain().getLast());
    return new StoredAnchor(anchor.key(), Optional.of(anchor.json()));
  }

  /** Where a rollout stands when nothing in particular is to be said of it. */
  public static RolloutStatus status(String rollout, Phase phase, RolloutStatus.State state) {
    return new RolloutStatus(
        rollout,
        "run-" + rollout,
        "prod",
        "checks-canonical",
        "alice",
        phase,
        state,
        1,
        Optional.of("d".repeat(64)),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        0,
        List.of(),
        List.of(),
        RolloutStatus.Source.TEMPORAL);
  }

  @Override
  public void close() {
    ledger.close();
  }
}
