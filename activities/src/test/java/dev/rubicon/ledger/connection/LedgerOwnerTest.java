package dev.rubicon.ledger.connection;

import static dev.rubicon.ledger.TestLedger.launch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.WorkersLedger;
import dev.rubicon.postgres.Target;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code rubicon setup --ledger-owner}: the workers' role cannot switch off what guards. */
class LedgerOwnerTest {
  private static void asSuperuser(WorkersLedger ledger, String sql) throws SQLException {
    try (var connection = WorkersLedger.open(ledger.owner());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Target owner(WorkersLedger ledger) throws SQLException {
    Target owner = WorkersLedger.role(ledger.owner(), "owner_of_" + ledger.owner().database());
    asSuperuser(
        ledger, "GRANT CREATE ON DATABASE %s TO %s".formatted(owner.database(), owner.user()));
    return owner;
  }

  private static void setUp(Ledger workers, Target owner, Target worker) {
    LedgerOwner.requireApart(owner, worker.user());
    workers.migrateAs(owner).requireCurrent();
  }

  private static void refused(ErrorCode code, String words, String next, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).contains(words);
              assertThat(e.next()).contains(next);
            });
  }

  /** As that role: what it may try, and what it still has to do. */
  private static void worksAndCannotTouchWhatGuards(Ledger ledger, Target worker)
      throws SQLException {
    assertThat(ledger.ownsAuditTrail()).isFalse();
    ledger.launch(launch("r1", "prod"));
    ledger.audit().append("k1", "r1", "alice", "did", Map.of());
    try (var connection = WorkersLedger.open(worker);
        var statement = connection.createStatement()) {
      for (String sql :
          new String[] {
            "DROP TRIGGER audit_entry_append_only ON rubicon_ledger.audit_entry",
            "ALTER TABLE rubicon_ledger.audit_entry DISABLE TRIGGER ALL",
            "ALTER TABLE rubicon_ledger.approval DISABLE TRIGGER approval_stays",
            "DROP TABLE rubicon_ledger.approval",
            "DROP SCHEMA rubicon_ledger CASCADE",
            "ALTER SCHEMA rubicon_ledger RENAME TO mine",
            "UPDATE rubicon_ledger.audit_entry SET actor = 'x'",
          }) {
        assertThatThrownBy(() -> statement.execute(sql))
            .as(sql)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      }
    }
  }

  @Test
  void aRoleOfItsOwnOwnsTheLedger() throws SQLException {
    WorkersLedger databases = WorkersLedger.create();
    Target owner = owner(databases);
    try (Ledger ledger = Ledger.open(databases.worker())) {
      setUp(ledger, owner, databases.worker());
      worksAndCannotTouchWhatGuards(ledger, databases.worker());
      setUp(ledger, owner, databases.worker());
    }
  }

  @Test
  void aLedgerThatTheWorkersRoleOwnsChangesHandsByTheStatementThatIsPrinted() throws SQLException {
    WorkersLedger databases = WorkersLedger.create();
    Target worker = databases.worker();
    Target owner = owner(databases);
    asSuperuser(
        databases,
        "GRANT CREATE ON DATABASE %s TO \"%s\"".formatted(owner.database(), worker.user()));
    try (Ledger ledger = Ledger.open(worker)) {
      ledger.migrate().requireCurrent();
      assertThat(ledger.ownsAuditTrail()).isTrue();
      String reassign = "REASSIGN OWNED BY \"%s\" TO \"%s\"".formatted(worker.user(), owner.user());
      refused(
          ErrorCode.PRIVILEGE_MISSING,
          "belongs to '" + worker.user() + "' already",
          reassign,
          () -> setUp(ledger, owner, worker));

      asSuperuser(databases, reassign);
      setUp(ledger, owner, worker);

      worksAndCannotTouchWhatGuards(ledger, worker);
    }
  }

  @Test
  void anOwnerThatTheWorkersRoleCanBecomeIsNone() throws SQLException {
    WorkersLedger databases = WorkersLedger.create();
    Target worker = databases.worker();
    Target owner = owner(databases);
    asSuperuser(databases, "GRANT \"%s\" TO \"%s\"".formatted(owner.user(), worker.user()));
    try (Ledger ledger = Ledger.open(worker)) {
      refused(
          ErrorCode.CONFIG_INVALID,
          "can act as '" + owner.user() + "'",
          "REVOKE \"%s\" FROM \"%s\"".formatted(owner.user(), worker.user()),
          () -> setUp(ledger, owner, worker));
      refused(
          ErrorCode.CONFIG_INVALID,
          "can act as",
          "name another role",
          () -> setUp(ledger, worker, worker));
      Target unknown =
          new Target("ledger", owner.url(), "nobody_there", owner.password(), Map.of());
      refused(
          ErrorCode.PRIVILEGE_MISSING,
          "no role 'nobody_there'",
          "CREATE ROLE",
          () -> setUp(ledger, owner, unknown));
    }
  }
}
