package dev.rubicon.error;

/**
 * Every way in which Rubicon refuses or fails, for the whole product. The name is what users search
 * for, what the Temporal failure carries as its type, and what callers switch on; it never changes
 * once released.
 */
public enum ErrorCode {
  // What the user wrote.
  USAGE(Exit.USAGE, false),
  UNAUTHENTICATED(Exit.ERROR, false),
  /** The caller is known, and may not do this, or a web page of elsewhere sent it. */
  FORBIDDEN(Exit.POLICY, false),
  /** Too many logins failed from there. */
  TOO_MANY_LOGINS(Exit.ERROR, false),
  /** More than the call takes. */
  TOO_LARGE(Exit.USAGE, false),
  RUNBOOK_INVALID(Exit.ERROR, false),
  CANONICAL_DERIVED(Exit.ERROR, false),
  CONFIG_INVALID(Exit.ERROR, false),
  SECRET_IN_CONFIG(Exit.ERROR, false),
  TARGET_UNKNOWN(Exit.ERROR, false),
  VARIABLE_UNKNOWN(Exit.ERROR, false),
  RELATION_UNKNOWN(Exit.ERROR, false),
  COLUMNS_NOT_COMPARABLE(Exit.ERROR, false),
  BUNDLE_MISSING(Exit.ERROR, false),
  BUNDLE_CORRUPT(Exit.ERROR, false),
  /** A program that builds canonical, or applies migrations, failed or took too long. */
  COMMAND_FAILED(Exit.ERROR, false),

  // What the environment lacks.
  /** No worker serves the HTTP API where decisions are made. */
  API_UNREACHABLE(Exit.ERROR, false),
  /** Who says who somebody is does not show the keys that it signs with. */
  ISSUER_UNREACHABLE(Exit.ERROR, true),
  TEMPORAL_UNREACHABLE(Exit.ERROR, true),
  LEDGER_UNREACHABLE(Exit.ERROR, true),
  /** The ledger lacks what it had entered: it was restored from an older dump. */
  LEDGER_BEHIND(Exit.ERROR, false),
  /** The rollout is not entered yet; what hangs on its entry is tried again. */
  ROLLOUT_NOT_OPENED(Exit.ERROR, true),
  TARGET_UNREACHABLE(Exit.ERROR, true),
  /** The server answers, and does not let the role in. */
  LOGIN_REFUSED(Exit.ERROR, false),
  /** The server gives no more connections; others may end theirs. */
  TOO_MANY_CONNECTIONS(Exit.ERROR, true),
  /** A standby: after a failover the address may lead to the primary again. */
  TARGET_READ_ONLY(Exit.ERROR, true),
  OBJECT_STORE_UNREACHABLE(Exit.ERROR, true),
  OBJECT_STORE_DENIED(Exit.ERROR, false),
  OBJECT_STORE_REFUSED(Exit.ERROR, false),
  OBJECT_MISSING(Exit.ERROR, false),
  BUCKET_NOT_WRITABLE(Exit.ERROR, false),
  STAGING_UNREACHABLE(Exit.ERROR, true),
  /** The staging server has not what a copy of the target's database needs. */
  STAGING_LACKS(Exit.ERROR, false),
  /**
   * What the staging server's databases have in common was changed while a plan was tried there.
   */
  STAGING_CHANGED(Exit.ERROR, false),
  PG_DUMP_MISSING(Exit.ERROR, false),
  PG_DUMP_TOO_OLD(Exit.ERROR, false),
  SERVER_VERSION_UNSUPPORTED(Exit.ERROR, false),
  /** The server cannot say in UTF-8 what the database holds. */
  ENCODING_UNSUPPORTED(Exit.ERROR, false),
  /** The runbook wants an extension that the database has not. */
  EXTENSION_MISSING(Exit.ERROR, false),
  PRIVILEGE_MISSING(Exit.ERROR, false),
  POOLER_IN_THE_WAY(Exit.ERROR, false),
  SEARCH_ATTRIBUTE_MISSING(Exit.ERROR, false),
  JDK_TOO_OLD(Exit.ERROR, false),
  /** A part of Rubicon that not every installation has. */
  PART_MISSING(Exit.ERROR, false),
  DISK_FULL(Exit.ERROR, true),

  // What policy stops.
  HAZARD_NOT_ALLOWED(Exit.POLICY, false),
  /** A program would be run on this machine, and its rubicon.yaml does not allow that. */
  COMMAND_NOT_ALLOWED(Exit.POLICY, false),
  /** {@code ceremony} of rubicon.yaml demands what the runbook leaves out. */
  POLICY_DEMANDS(Exit.POLICY, false),
  FINDING_OPEN(Exit.POLICY, false),
  TARGET_CHANGED(Exit.POLICY, false),
  DIGEST_MISMATCH(Exit.POLICY, false),
  APPROVER_IS_REQUESTER(Exit.POLICY, false),
  APPROVAL_VOID(Exit.POLICY, false),
  APPROVAL_REFUSED(Exit.POLICY, false),
  /** Nobody checked who approves or who launched, and this approval needs a second person. */
  APPROVER_UNVERIFIED(Exit.POLICY, false),
  /** Not signed by a worker that is trusted, signed for something else, or used before. */
  DECISION_FORGED(Exit.POLICY, false),
  /** Given too late, or to a run that a Reset has replaced: not carried out. */
  DECISION_EXPIRED(Exit.POLICY, false),
  /** No worker took the decision up while its sender waited; it is refused from then on. */
  DECISION_NOT_TAKEN_UP(Exit.ERROR, false),
  /** The decision was taken up, but its sender did not wait for what became of it. */
  DECISION_UNDER_WAY(Exit.ERROR, false),
  /** Pause, resume, throttle, extend-watch where there is nothing for them to do. */
  ORDER_IMPOSSIBLE(Exit.POLICY, false),
  /** Back on legacy; no operator has asked to cross again. */
  ROLLED_BACK(Exit.POLICY, false),
  /** The window ended before the crossing. */
  WINDOW_CLOSED(Exit.POLICY, false),
  /** Somebody switched off, replaced or dropped what keeps both sides in step. */
  TRIGGERS_TOUCHED(Exit.POLICY, false),
  /** Going back would lose rows; the operator must name the relations. */
  ROLLBACK_WOULD_LOSE(Exit.POLICY, false),
  GATE_NOT_OPEN(Exit.POLICY, false),
  SIGN_OFF_UNKNOWN(Exit.POLICY, false),
  ROLLOUT_ALREADY_RUNNING(Exit.POLICY, false),
  ROLLOUT_UNKNOWN(Exit.ERROR, false),
  /** Ended from outside: by Terminate, by a time-out, or because its history was lost. */
  ROLLOUT_TERMINATED(Exit.ERROR, false),
  /** A failover or a restore took the target back behind what the rollout has done. */
  TARGET_STATE_LOST(Exit.POLICY, false),
  /** The target's name leads to another database than the one that was planned for. */
  TARGET_NOT_THE_SAME(Exit.POLICY, false),
  ROLLBACK_IMPOSSIBLE(Exit.POLICY, false),
  ABORT_IMPOSSIBLE(Exit.POLICY, false),
  LEGACY_STILL_WRITTEN(Exit.POLICY, false),
  LEGACY_STILL_READ(Exit.POLICY, false),
  CONTRACT_NOT_DUE(Exit.POLICY, false),

  // What went wrong on the way.
  EXPAND_FAILED(Exit.ERROR, false),
  LOCK_NOT_ACQUIRED(Exit.ERROR, true),
  TARGET_BUSY(Exit.ERROR, true),
  BACKUP_FAILED(Exit.ERROR, true),
  BACKUP_INVALID(Exit.ERROR, false),
  BACKUP_CORRUPT(Exit.ERROR, false),
  /** The backup kept the target's vacuum back for longer than rubicon.yaml allows. */
  SNAPSHOT_TOO_OLD(Exit.ERROR, false),
  RESTORE_FAILED(Exit.ERROR, false),
  RESTORE_TARGET_EXISTS(Exit.ERROR, false),
  CLONE_DIFFERS(Exit.ERROR, false),
  REHEARSAL_FAILED(Exit.ERROR, false),
  TRANSITION_UNSUPPORTED(Exit.POLICY, false),
  BACKFILL_STUCK(Exit.ERROR, false),
  VERIFY_MISMATCH(Exit.ERROR, false),
  INVARIANT_VIOLATED(Exit.ERROR, false),
  FINGERPRINT_MISMATCH(Exit.ERROR, false),
  CUTOVER_BUDGET_SPENT(Exit.ERROR, false),
  POST_CONDITION_FAILED(Exit.ERROR, false),
  HOOK_FAILED(Exit.ERROR, true),
  SMOKE_CHECK_FAILED(Exit.ERROR, false),
  WATCH_ALERT(Exit.ERROR, false),
  CONNECTION_LOST(Exit.ERROR, true),
  SQL_FAILED(Exit.ERROR, true),
  /** PostgreSQL refuses the statement or the data; the same again would be refused again. */
  SQL_REFUSED(Exit.ERROR, false),
  AUDIT_CHAIN_BROKEN(Exit.ERROR, false),
  DEMO_FAILED(Exit.ERROR, false),
  INTERNAL(Exit.ERROR, true);

  /** The CLI's exit codes (README.md, the table of exit codes). */
  public static final class Exit {
    public static final int DONE = 0;
    public static final int ERROR = 1;
    public static final int DIFFERENCES = 2;
    public static final int WAITING = 3;
    public static final int POLICY = 4;
    public static final int USAGE = 64;

    private Exit() {}
  }

  private final int exit;
  private final boolean retryable;

  ErrorCode(int exit, boolean retryable) {
    this.exit = exit;
    this.retryable = retryable;
  }

  /** The exit code of a command that ends with this error. */
  public int exit() {
    return exit;
  }

  /** Whether an activity that failed so is worth another attempt without a human. */
  public boolean retryable() {
    return retryable;
  }
}
