package dev.rubicon.doctor;

import static dev.rubicon.doctor.DoctorFixture.SCHEMA;
import static dev.rubicon.doctor.DoctorFixture.assertCode;
import static dev.rubicon.doctor.DoctorFixture.execute;
import static dev.rubicon.doctor.DoctorFixture.runbook;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a role lacks on the target, and the statements that give it. */
@Turn
class PrivilegesTest {
  private static final AtomicInteger SEQUENCE = new AtomicInteger();

  @TempDir static Path folder;

  /** What takes one privilege away, what is then missing, and the statement that gives it back. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "REVOKE CREATE ON DATABASE %2$s FROM %1$s| CREATE on database | GRANT CREATE ON DATABASE",
        "REVOKE owners FROM %1$s| ownership of app.\"Checks\" (membership in role | GRANT owners",
        "REVOKE TRIGGER ON app.\"Checks\" FROM owners| TRIGGER on app.\"Checks\" | GRANT TRIGGER ON"
            + " app.\"Checks\"",
        "REVOKE CREATE ON SCHEMA app FROM %1$s| CREATE on schema app | GRANT CREATE ON SCHEMA app",
        "REVOKE SELECT ON app.other FROM %1$s| SELECT on app.other | GRANT SELECT ON app.other",
        "REVOKE SELECT ON SEQUENCE app.other_id_seq FROM %1$s| SELECT on app.other_id_seq | GRANT"
            + " SELECT ON SEQUENCE app.other_id_seq",
        "REVOKE DELETE ON app.version FROM %1$s| DELETE on app.version | GRANT DELETE ON"
            + " app.version",
        "ALTER TABLE app.other ENABLE ROW LEVEL SECURITY| BYPASSRLS, for the row security of"
            + " app.other | BYPASSRLS",
        "CREATE SCHEMA hidden; CREATE TABLE hidden.t (); GRANT SELECT ON hidden.t TO %1$s| USAGE on"
            + " schema hidden | GRANT USAGE ON SCHEMA hidden",
      })
  void namesEachPrivilegeThatIsMissing(String take, String missing, String grant)
      throws IOException {
    String database = SharedPostgres.freshDatabase("doctor");
    String role = "role_" + ProcessHandle.current().pid() + "_" + SEQUENCE.incrementAndGet();
    String owners = "owners_" + role;
    execute(database, SCHEMA);
    execute(
        database,
        """
        CREATE ROLE %3$s;
        CREATE ROLE %1$s LOGIN PASSWORD 'pw' IN ROLE %3$s;
        GRANT CREATE ON DATABASE %2$s TO %1$s;
        GRANT USAGE, CREATE ON SCHEMA app TO %1$s;
        ALTER TABLE app."Checks" OWNER TO %3$s;
        GRANT SELECT ON ALL TABLES IN SCHEMA app TO %1$s;
        GRANT SELECT ON ALL SEQUENCES IN SCHEMA app TO %1$s;
        GRANT INSERT, UPDATE, DELETE ON app."Checks" TO %1$s;
        GRANT INSERT, DELETE ON app.version TO %1$s;
        """
            .formatted(role, database, owners));
    Target target =
        new Target(
            "prod", SharedPostgres.server().jdbcUrl(database), role, new Secret("pw"), Map.of());
    Runbook runbook = runbook(folder);
    try (PgSession session = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT)) {
      assertThat(Privileges.missing(session, runbook)).isEmpty();

      execute(database, take.replace("owners", owners).formatted(role, database));

      assertThatThrownBy(() -> Privileges.require(session, runbook))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.PRIVILEGE_MISSING);
                assertThat(e.getMessage()).contains(missing);
                assertThat(e.next()).contains(grant.replace("owners", owners));
              });
      // What is advised is enough.
      for (Privileges.Missing each : Privileges.missing(session, runbook)) {
        execute(database, each.grant());
      }
    }
    try (PgSession session = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT)) {
      assertThat(Privileges.missing(session, runbook)).isEmpty();
    }
  }

  /** With two tables of an owner's, seven lines each: for SELECT twice, for the others, for it. */
  @Test
  void anOwnersPrivilegesAreOneGrant() throws IOException {
    String database = SharedPostgres.freshDatabase("doctor");
    String role = "stranger_" + ProcessHandle.current().pid();
    execute(database, SCHEMA);
    execute(
        database,
        """
        CREATE ROLE %1$s_owner;
        CREATE ROLE %1$s LOGIN PASSWORD 'pw';
        GRANT CREATE ON DATABASE %2$s TO %1$s;
        GRANT USAGE, CREATE ON SCHEMA app TO %1$s, %1$s_owner;
        ALTER TABLE app."Checks" OWNER TO %1$s_owner;
        ALTER TABLE app.other OWNER TO %1$s_owner;
        GRANT SELECT, INSERT, DELETE ON app.version TO %1$s;
        """
            .formatted(role, database));
    var target =
        new Target(
            "prod", SharedPostgres.server().jdbcUrl(database), role, new Secret("pw"), Map.of());
    Runbook runbook = runbook(folder);

    try (PgSession session = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT)) {
      assertThat(Privileges.missing(session, runbook))
          .extracting(Privileges.Missing::grant)
          .containsExactly("GRANT %1$s_owner TO %1$s;".formatted(role));
    }
    execute(database, "GRANT %1$s_owner TO %1$s".formatted(role));
    try (PgSession session = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT)) {
      assertThat(Privileges.missing(session, runbook)).isEmpty();
    }
  }

  /** pg_dump ends at the first one; a superuser's are granted, not their owner. */
  @Test
  void largeObjectsThatTheRoleCannotReadAreNamedWithOneStatementForEachOwner() {
    String database = SharedPostgres.freshDatabase("doctor");
    String role = "lo_" + ProcessHandle.current().pid();
    execute(
        database,
        """
        CREATE ROLE "%1$s Owner"; CREATE ROLE %1$s LOGIN PASSWORD 'pw';
        GRANT CREATE ON DATABASE %2$s TO %1$s;
        SELECT lo_create(77001), lo_create(77002), lo_create(77003), lo_create(77004);
        ALTER LARGE OBJECT 77001 OWNER TO "%1$s Owner";
        ALTER LARGE OBJECT 77002 OWNER TO "%1$s Owner";
        GRANT SELECT ON LARGE OBJECT 77004 TO PUBLIC;
        """
            .formatted(role, database));
    var target =
        new Target(
            "prod", SharedPostgres.server().jdbcUrl(database), role, new Secret("pw"), Map.of());
    try (PgSession session = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT)) {
      String[] next = new String[1];
      assertThatThrownBy(() -> Privileges.require(session))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.PRIVILEGE_MISSING);
                assertThat(e.getMessage())
                    .contains("SELECT on 2 large objects of \"" + role + " Owner\"")
                    .contains("large objects of " + SharedPostgres.server().superuser());
                assertThat(e.next())
                    .contains("GRANT \"%1$s Owner\" TO %1$s;".formatted(role))
                    .doesNotContain("GRANT " + SharedPostgres.server().superuser());
                next[0] = e.next();
              });
      // As it is printed.
      execute(database, next[0].substring(next[0].indexOf(": ") + 2));
      Privileges.require(session);
      assertThat(session.value("SELECT length(lo_get(77001)) + length(lo_get(77003))"))
          .isEqualTo("0");
    }
  }

  @Test
  void pgReadAllDataIsEnoughToBackUp() {
    String database = SharedPostgres.freshDatabase("doctor");
    String role = "reader_" + ProcessHandle.current().pid();
    execute(database, SCHEMA);
    execute(
        database,
        "CREATE ROLE %1$s LOGIN PASSWORD 'pw' IN ROLE pg_read_all_data; GRANT CREATE ON DATABASE %2$s TO %1$s"
            .formatted(role, database));
    var target =
        new Target(
            "prod", SharedPostgres.server().jdbcUrl(database), role, new Secret("pw"), Map.of());

    try (PgSession session = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT)) {
      Privileges.require(session);
      assertThat(Privileges.seesOthers(session)).isFalse();
      assertCode(
          ErrorCode.PRIVILEGE_MISSING, () -> Privileges.requireCreateDatabase(session), "CREATEDB");
    }
  }
}
