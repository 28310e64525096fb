package dev.rubicon.doctor;

import dev.rubicon.backup.PgTools;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.Primary;
import dev.rubicon.postgres.server.ServerEncoding;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.CloneSource;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stamp.VersionTable;
import dev.rubicon.stamp.VersionTables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Examines everything that Rubicon depends on. Changes nothing but a probe object in the bucket.
 */
public final class Doctor {
  private static final int JDK = 25;
  static final SessionTag TAG = new SessionTag("doctor", Phase.PREFLIGHT);

  private final RubiconConfig config;
  private final Optional<Runbook> runbook;
  private final Examination examination = new Examination();
  private final Map<String, String> servers = new TreeMap<>();
  private final Map<String, StagingNeeds> needs = new TreeMap<>();

  private Doctor(RubiconConfig config, Optional<Runbook> runbook) {
    this.config = config;
    this.runbook = runbook;
  }

  /** Every target of the configuration. */
  public static List<Diagnosis> examine(RubiconConfig config) {
    return examine(config, Optional.empty());
  }

  /**
   * @param runbook when given, the privileges that its rollout needs are examined too
   */
  public static List<Diagnosis> examine(RubiconConfig config, Optional<Runbook> runbook) {
    var doctor = new Doctor(config, runbook);
    doctor.examination.check("jdk", () -> jdk(Runtime.version().feature()));
    new TreeMap<>(config.targets()).forEach(doctor::target);
    doctor.staging();
    doctor.ledger();
    doctor.bucket();
    doctor
        .examination
        .value("decisions", () -> Deciding.of(config))
        .ifPresent(doctor.examination::add);
    Deciding.issuers(config, doctor.examination);
    TemporalChecks.examine(config.temporal(), doctor.examination);
    return doctor.examination.found();
  }

  static String jdk(int feature) {
    if (feature < JDK) {
      throw new RubiconException(
          ErrorCode.JDK_TOO_OLD,
          "this is Java " + feature + "; Rubicon needs " + JDK,
          "install a JDK " + JDK + " or newer; bin/rubicon finds it by itself");
    }
    return "Java " + feature;
  }

  private void target(String key, Target target) {
    String name = "target " + key;
    try (Server server = Server.open(name, target, ErrorCode.TARGET_UNREACHABLE, examination)) {
      if (!server.reached()) {
        return;
      }
      tools(name, server);
      examination.check(
          name + ": encoding",
          () -> {
            ServerEncoding.require(server.session());
            return server.session().value("SHOW server_encoding");
          });
      servers.put(key, StagingBoundary.server(server.session()));
      examination
          .value(name + ": what staging needs", () -> StagingNeeds.of(server.session()))
          .ifPresent(needed -> needs.put(key, needed));
      examination.check(name + ": connection", () -> Pooler.describe(target));
      examination.value(name + ": load", () -> sight(name, target, server.session()));
      runbook.ifPresentOrElse(
          r ->
              examination.check(
                  name + ": privileges",
                  () -> {
                    Privileges.require(server.session(), r);
                    return "'" + target.user() + "' may do what the runbook needs";
                  }),
          () ->
              examination.check(
                  name + ": privileges",
                  () -> {
                    Privileges.require(server.session());
                    return "'"
                        + target.user()
                        + "' may install and back up (name a runbook to examine its relations)";
                  }));
      examination
          .value(name + ": migrations", () -> VersionTables.find(server.session()))
          .ifPresent(
              tables ->
                  tables.forEach(
                      table -> examination.add(migrations(name + ": migrations", table))));
    }
  }

  /** What the owner's migration tool says; a migration that it left half-way needs somebody. */
  private static Diagnosis migrations(String name, VersionTable table) {
    List<String> remedies = table.remedies();
    return remedies.isEmpty()
        ? Diagnosis.ok(name, table.line())
        : Diagnosis.warning(name, table.line(), String.join("; ", remedies));
  }

  /** To a role without it, lag and other sessions' states are NULL, which is never too much. */
  private boolean sight(String name, Target target, PgSession session) {
    boolean sees = Privileges.seesOthers(session);
    if (!sees) {
      examination.add(
          Diagnosis.warning(
              name + ": load",
              "'"
                  + target.user()
                  + "' cannot see how far replicas lag nor what other sessions do: a runbook's"
                  + " max-replication-lag and max-active-sessions never hold a backfill back",
              "GRANT pg_read_all_stats TO " + Identifiers.quote(target.user())));
    }
    return sees;
  }

  private void staging() {
    try (Server server =
        Server.open("staging", config.staging(), ErrorCode.STAGING_UNREACHABLE, examination)) {
      if (!server.reached()) {
        return;
      }
      tools("staging", server);
      examination.check("staging: connection", () -> Pooler.describe(config.staging()));
      examination.check(
          "staging: privileges",
          () -> {
            Privileges.requireCreateDatabase(server.session());
            return "'" + config.staging().user() + "' may create databases";
          });
      StagingBoundary.examine(server.session(), config.staging().user(), servers, examination);
      boolean clones =
          runbook.map(r -> r.cloneSource() instanceof CloneSource.FromBackup).orElse(true);
      needs.forEach((key, needed) -> needed.examine(key, server.session(), clones, examination));
    }
  }

  private void ledger() {
    try (Server server =
        Server.open("ledger", config.ledger(), ErrorCode.LEDGER_UNREACHABLE, examination)) {
      if (!server.reached()) {
        return;
      }
      examination.check("ledger: connection", () -> Pooler.describe(config.ledger()));
      examination.check("ledger: privileges", () -> ledgerSchema(server.session()));
    }
  }

  /** Where an owner has made the schema, the workers' role need not be able to: better so. */
  private String ledgerSchema(PgSession session) {
    boolean there =
        session
            .value("SELECT (pg_catalog.to_regnamespace('rubicon_ledger') IS NOT NULL)::text")
            .equals("true");
    if (!there) {
      Privileges.requireCreate(session);
      return "'" + config.ledger().user() + "' may create the schema: rubicon setup does";
    }
    try (Ledger ledger = Ledger.open(config.ledger())) {
      ledger.requireCurrent();
      examination.add(auditTrail(ledger));
      return "the schema is current";
    }
  }

  /** The owner of the audit trail can drop its trigger; the anchors would still show a change. */
  private Diagnosis auditTrail(Ledger ledger) {
    String name = "ledger: audit trail";
    String user = "'" + config.ledger().user() + "'";
    return ledger.ownsAuditTrail()
        ? Diagnosis.warning(
            name,
            user + " writes the trail and owns it, so only a trigger keeps it from changing it",
            "let a role of its own own it: rubicon setup --ledger-owner ROLE (docs/ledger.md)")
        : Diagnosis.ok(name, user + " can add to the trail and not change it");
  }

  private void tools(String name, Server server) {
    examination.check(
        name + ": client tools",
        () -> {
          PgTools tools = PgTools.forServer(config.pgBin(), server.major());
          return "pg_dump and pg_restore " + tools.version() + " in " + tools.folder();
        });
  }

  private void bucket() {
    examination.check(
        "object store",
        () -> {
          try (ObjectStore store = ObjectStore.open(config.objectStore())) {
            Bucket.requireUsable(store);
          }
          return "the bucket '" + config.objectStore().bucket() + "' can be written and read";
        });
  }

  /** A server that was reached and has a supported version, or a report of why not. */
  private record Server(Optional<PgSession> open, int major) implements AutoCloseable {

    static Server open(String name, Target target, ErrorCode unreachable, Examination report) {
      Optional<PgSession> session =
          report.value(name + ": reachable", () -> connect(target, unreachable));
      Optional<Integer> major =
          session.flatMap(s -> report.value(name + ": version", () -> ServerVersion.require(s)));
      if (session.isPresent() && major.isEmpty()) {
        session.get().close();
        return new Server(Optional.empty(), 0);
      }
      major.ifPresent(m -> report.add(Diagnosis.ok(name + ": reachable", "PostgreSQL " + m)));
      // What else is asked of a standby would only hide why nothing can be done there.
      boolean primary =
          session.isPresent()
              && report
                  .value(
                      name + ": writable",
                      () -> {
                        Primary.require(session.get(), target.name());
                        return true;
                      })
                  .isPresent();
      if (session.isPresent() && !primary) {
        session.get().close();
        return new Server(Optional.empty(), 0);
      }
      return new Server(session, major.orElse(0));
    }

    private static PgSession connect(Target target, ErrorCode unreachable) {
      try {
        return PgSession.open(target, TAG, SessionLimits.SHORT);
      } catch (RubiconException e) {
        if (e.code() == ErrorCode.SERVER_VERSION_UNSUPPORTED
            || e.code() == ErrorCode.LOGIN_REFUSED
            || e.code() == ErrorCode.ENCODING_UNSUPPORTED
            || e.code() == ErrorCode.TOO_MANY_CONNECTIONS) {
          throw e;
        }
        throw new RubiconException(
            unreachable,
            e.getMessage(),
            "start the server, or mend '"
                + target.name()
                + "' in rubicon.yaml (url, user,"
                + " password), then: rubicon doctor",
            e);
      }
    }

    boolean reached() {
      return open.isPresent();
    }

    PgSession session() {
      return open.orElseThrow();
    }

    @Override
    public void close() {
      open.ifPresent(PgSession::close);
    }
  }
}
