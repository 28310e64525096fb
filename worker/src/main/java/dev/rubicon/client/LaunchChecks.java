package dev.rubicon.client;

import dev.rubicon.backup.PgTools;
import dev.rubicon.bundle.Programs;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.doctor.Bucket;
import dev.rubicon.doctor.Pooler;
import dev.rubicon.doctor.Privileges;
import dev.rubicon.doctor.ServerVersion;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.Primary;
import dev.rubicon.postgres.server.ServerEncoding;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;

/**
 * What a rollout needs, asked before anything is started or stored. Reads the target, writes a
 * probe object. A rollout that began without these would stop half an hour later.
 */
public final class LaunchChecks {
  private static final SessionTag TAG = new SessionTag("launch", Phase.PREFLIGHT);

  private final RubiconConfig config;
  private final Runbook runbook;

  public LaunchChecks(RubiconConfig config, Runbook runbook) {
    this.config = config;
    this.runbook = runbook;
  }

  /**
   * @throws RubiconException the first reason not to launch
   */
  public void require(String target, Ledger ledger, ObjectStore store) {
    Programs.require(runbook, config.commands().allowed());
    Target where = config.target(target);
    ledger.requireCurrent();
    try (PgSession session = open(where, ErrorCode.TARGET_UNREACHABLE)) {
      Primary.require(session, where.name());
      ServerEncoding.require(session);
      tools(session);
      Pooler.requireNone(where);
      Privileges.require(session, runbook);
      atOnce(where, where.allowance().least() - 1);
    }
    try (PgSession session = open(config.staging(), ErrorCode.STAGING_UNREACHABLE)) {
      Primary.require(session, config.staging().name());
      tools(session);
      Pooler.requireNone(config.staging());
      Privileges.requireCreateDatabase(session);
    }
    Bucket.requireUsable(store);
  }

  /** As many sessions as the target's {@code connections: min} says, one in the other. */
  private static void atOnce(Target where, int more) {
    if (more > 0) {
      try (PgSession _ = open(where, ErrorCode.TARGET_UNREACHABLE)) {
        atOnce(where, more - 1);
      }
    }
  }

  /** pg_dump and pg_restore of this machine serve scratch databases even without a backup. */
  private void tools(PgSession session) {
    PgTools.forServer(config.pgBin(), ServerVersion.require(session));
  }

  private static PgSession open(Target target, ErrorCode unreachable) {
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
          "start the server, or mend '" + target.name() + "' in rubicon.yaml; then: rubicon doctor",
          e);
    }
  }
}
