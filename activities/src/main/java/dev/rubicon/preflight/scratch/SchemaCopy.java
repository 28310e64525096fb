package dev.rubicon.preflight.scratch;

import dev.rubicon.backup.PgTools;
import dev.rubicon.batch.StatementBatches;
import dev.rubicon.command.ClientEnvironment;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Allowance;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The structure of a database as {@code pg_dump --schema-only} writes it, and its rebuilding
 * elsewhere.
 */
public final class SchemaCopy {
  /** pg_dump sets it from 17 on, for older servers too; servers have it from 17 on. */
  private static final String NEWER_SETTING = "(?m)^SET transaction_timeout = 0;\n";

  private final Optional<Path> pgBin;

  /**
   * @param pgBin folder of pg_dump; empty: what fits the server best ({@link PgTools#forServer})
   */
  public SchemaCopy(Optional<Path> pgBin) {
    this.pgBin = pgBin;
  }

  /**
   * What could not be rebuilt, e.g. a grant to a role that the staging server does not know.
   *
   * @param statement its beginning
   * @param reason the server's message
   */
  public record Left(String statement, String reason) {}

  /** The dump, without owners; {@code rubicon}'s own schema is left out. */
  public String dump(Target source, SessionTag tag, Progress progress) {
    return dump(source, tag, progress, List.of("--exclude-schema=rubicon"));
  }

  /** The same with it. */
  public String dumpWithMemory(Target source, SessionTag tag, Progress progress) {
    return dump(source, tag, progress, List.of());
  }

  private String dump(Target source, SessionTag tag, Progress progress, List<String> without) {
    var command = new ArrayList<String>();
    command.add(pgDump(source, tag).toString());
    command.addAll(
        List.of(
            "--schema-only",
            "--no-owner",
            "--no-publications",
            "--no-subscriptions",
            "--lock-wait-timeout=5000",
            // Read as UTF-8, and run in a scratch database that is: whatever the source's is.
            "--encoding=UTF8"));
    command.addAll(without);
    Allowance.Place place = source.allowance().take(source);
    try {
      Path errors = Files.createTempFile("rubicon-pg_dump", ".err");
      try {
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().putAll(ClientEnvironment.libpq(source));
        builder.environment().put("PGAPPNAME", "rubicon/preflight/pg_dump");
        var process = builder.start();
        process.getOutputStream().close();
        String dump;
        try (InputStream output = process.getInputStream();
            var _ = progress.cancelsWith(process::destroy)) {
          dump = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
          process.destroy();
        }
        if (process.waitFor() != 0) {
          progress.checkCancelled();
          throw failed(Files.readString(errors));
        }
        return dump.replaceFirst(NEWER_SETTING, "");
      } finally {
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.PG_DUMP_MISSING,
          "pg_dump cannot be run: " + e.getMessage(),
          "install PostgreSQL's client tools, or set pg-bin in rubicon.yaml",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted while pg_dump ran");
    } finally {
      place.giveBack();
    }
  }

  /** Rebuilds the structure; says what could not be. */
  public List<Left> restore(String dump, ScratchDatabase scratch) {
    var left = new ArrayList<Left>();
    List<SqlScript.Statement> statements = SqlScript.split("dump", dump);
    try (PgSession session = scratch.open()) {
      StatementBatches.run(
          session,
          statements.stream().map(SqlScript.Statement::sql).toList(),
          (index, failure) -> {
            SqlScript.Statement statement = statements.get(index);
            if (!statement.sql().startsWith("CREATE SCHEMA public")) {
              left.add(new Left(statement.brief(), failure.getMessage()));
            }
          });
    }
    return List.copyOf(left);
  }

  private static RubiconException failed(String errors) {
    if (errors.contains("server version mismatch")) {
      return new RubiconException(
          ErrorCode.PG_DUMP_TOO_OLD,
          "pg_dump is older than the target's server",
          "install the client tools of the server's major version, then: rubicon doctor");
    }
    if (errors.contains("lock timeout")) {
      return new RubiconException(
          ErrorCode.LOCK_NOT_ACQUIRED,
          "pg_dump waited five seconds for a lock on a table of the target",
          "see who holds it in pg_stat_activity, then try again");
    }
    String first = errors.lines().findFirst().orElse("no message");
    return new RubiconException(
        errors.contains("permission denied")
            ? ErrorCode.PRIVILEGE_MISSING
            : ErrorCode.TARGET_UNREACHABLE,
        "pg_dump could not read the target's structure: " + first,
        "check the role's privileges with: rubicon doctor");
  }

  /** The same that backs the target up, so that both fail or work alike. */
  private Path pgDump(Target source, SessionTag tag) {
    try (PgSession session = PgSession.open(source, tag, SessionLimits.SHORT)) {
      int major = Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
      return PgTools.forServer(pgBin, major).pgDump();
    }
  }
}
