package dev.rubicon.preflight.scratch;

import dev.rubicon.batch.StatementBatches;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.OwnDatabase;
import dev.rubicon.rollout.Digest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A temporary database on the staging server, empty at first, dropped on close. What a killed
 * worker left behind is dropped by the next attempt of the same phase, or by the next one that is
 * created, a day later.
 */
public final class ScratchDatabase implements AutoCloseable {
  private static final String PREFIX = "rubicon_scratch_";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
  private static final Duration KEPT = Duration.ofDays(1);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Target staging;
  private final SessionTag tag;
  private final Target target;
  private final Progress.Handle cancellation;

  private ScratchDatabase(Target staging, SessionTag tag, Target target, Progress progress) {
    this.staging = staging;
    this.tag = tag;
    this.target = target;
    this.cancellation = progress.cancelsWith(this::drop);
  }

  /**
   * Creates it from {@code template0}, so that nothing of the server's own template is mistaken for
   * canonical.
   *
   * @param staging any database of the staging server; the role needs CREATEDB
   * @param tag whose it is: no two users at a time have the same; who needs two at a time has the
   *     other with {@link #createBeside}
   * @param progress a cancellation drops it, whatever is going on in it
   */
  public static ScratchDatabase create(Target staging, SessionTag tag, Progress progress) {
    return create(staging, tag, progress, Digest.of(tag.applicationName()));
  }

  /** The same for whoever needs a second one at the same time. */
  public static ScratchDatabase createBeside(Target staging, SessionTag tag, Progress progress) {
    return create(staging, tag, progress, Digest.of(tag.applicationName(), "beside"));
  }

  private static ScratchDatabase create(
      Target staging, SessionTag tag, Progress progress, String whose) {
    byte[] random = new byte[4];
    RANDOM.nextBytes(random);
    String owner = "_" + whose.substring(0, 12) + "_";
    String name = PREFIX + STAMP.format(Instant.now()) + owner + HexFormat.of().formatHex(random);
    var scratch = new ScratchDatabase(staging, tag, staging.database(name), progress);
    try (PgSession session = openStaging(staging, tag)) {
      sweep(session, Instant.now(), owner);
      session.execute(
          "CREATE DATABASE " + Identifiers.quote(name) + " TEMPLATE template0 ENCODING 'UTF8'");
      session.execute(
          "COMMENT ON DATABASE "
              + Identifiers.quote(name)
              + " IS 'Rubicon: built for one comparison; safe to drop'");
      // A cancellation meanwhile found nothing to drop.
      progress.checkCancelled();
      return scratch;
    } catch (RuntimeException e) {
      scratch.closeAfter(e);
      throw e;
    }
  }

  /** The same where nobody cancels. */
  public static ScratchDatabase create(Target staging, SessionTag tag) {
    return create(staging, tag, Progress.NONE);
  }

  /** Where it is. */
  public Target target() {
    return target;
  }

  /** Commits wait for no disk: nobody needs this database after a crash. */
  public PgSession open() {
    PgSession session = PgSession.openForDefinitions(target, tag, SessionLimits.OWN_DATABASE);
    session.execute("SET synchronous_commit = off");
    return session;
  }

  /**
   * Runs SQL files of the bundle, with the server's default search path, as their author would.
   *
   * @throws RubiconException RUNBOOK_INVALID with file and line of the statement that fails
   */
  public void apply(Bundle bundle, List<String> paths) {
    var files = new LinkedHashMap<String, String>();
    paths.forEach(path -> files.put(path, bundle.text(path)));
    apply(files);
  }

  /** The same, with the search path that the session has. */
  public static void apply(PgSession session, Bundle bundle, List<String> paths) {
    paths.forEach(path -> apply(session, path, bundle.text(path)));
  }

  /**
   * The same with files at hand.
   *
   * @param files path, for error messages, to text; applied in this order
   */
  public void apply(Map<String, String> files) {
    apply(files, Optional.empty());
  }

  /**
   * The same with a setting of the runbook's.
   *
   * @param setting as {@code SET} takes it
   */
  public void apply(Map<String, String> files, Optional<String> setting) {
    try (PgSession session = open()) {
      session.execute("RESET search_path");
      setting.ifPresent(text -> session.execute("SET " + text));
      files.forEach((path, text) -> apply(session, path, text));
    }
  }

  private static void apply(PgSession session, String path, String text) {
    List<SqlScript.Statement> statements = SqlScript.split(path, text);
    StatementBatches.run(
        session,
        statements.stream().map(SqlScript.Statement::sql).toList(),
        Optional.of(ScratchGuard.STATEMENT),
        (index, failure) -> {
          throw new RubiconException(
              ErrorCode.RUNBOOK_INVALID,
              statements.get(index).position() + ": " + failure.getMessage(),
              "mend the file, then: rubicon plan",
              failure.getCause());
        });
  }

  /**
   * Drops what an earlier attempt of this owner left behind, and every scratch database older than
   * a day.
   */
  public static void sweep(PgSession session, Instant now, String owner) {
    List<String> leftovers =
        session.query(
            "SELECT datname FROM pg_database WHERE starts_with(datname, ?) AND NOT datistemplate"
                + " AND pg_has_role(datdba, 'USAGE')",
            row -> row.getString(1),
            PREFIX);
    for (String name : leftovers) {
      if (name.contains(owner) || isOlderThanKept(name, now)) {
        OwnDatabase.drop(session, name);
      }
    }
  }

  private static boolean isOlderThanKept(String name, Instant now) {
    String rest = name.substring(PREFIX.length());
    int end = rest.indexOf('_');
    try {
      return end > 0
          && STAMP.parse(rest.substring(0, end), Instant::from).isBefore(now.minus(KEPT));
    } catch (DateTimeParseException e) {
      // Not a name that Rubicon gives: not dropped.
      return false;
    }
  }

  static PgSession openStaging(Target staging, SessionTag tag) {
    try {
      return PgSession.open(staging, tag, SessionLimits.OWN_DATABASE);
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.TARGET_UNREACHABLE) {
        throw e;
      }
      throw new RubiconException(
          ErrorCode.STAGING_UNREACHABLE,
          "the staging server cannot be reached: SQLSTATE " + SqlFailure.state(e),
          "check staging: in rubicon.yaml with: rubicon doctor",
          e.getCause());
    }
  }

  private void drop() {
    try (PgSession session = openStaging(staging, tag)) {
      OwnDatabase.drop(session, target.database());
    }
  }

  public void closeAfter(RuntimeException failure) {
    try {
      close();
    } catch (RubiconException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    try (cancellation) {
      drop();
    }
  }
}
