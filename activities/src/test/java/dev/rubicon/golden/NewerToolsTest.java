package dev.rubicon.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rubicon.backup.PgTools;
import dev.rubicon.backup.TakeBackup;
import dev.rubicon.backup.TestRollout;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.SchemaCopy;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.SharedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Client tools of 17 or newer and a server before 17: they set {@code transaction_timeout}, which
 * it does not know. The tools here are this machine's, made to say what the newer ones say.
 */
class NewerToolsTest {
  private static final String UNKNOWN =
      "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter"
          + " \"transaction_timeout\"";

  @TempDir Path folder;
  private EmbeddedS3 s3;
  private RubiconConfig config;
  private ObjectStore store;
  private Target prod;

  @BeforeEach
  void start() throws SQLException, IOException {
    s3 = EmbeddedS3.start(folder.resolve("s3"), 0, "bucket", "key", "secret-of-the-store");
    config =
        TestRollout.config(
            SharedPostgres.server(),
            SharedPostgres.freshDatabase("newer"),
            SharedPostgres.server(),
            s3.endpoint(),
            s3);
    store = ObjectStore.open(config.objectStore());
    prod = config.target("prod");
    int major =
        Integer.parseInt(TestRollout.rows(prod, "SHOW server_version_num").getFirst()) / 10_000;
    assumeThat(major).as("a server that does not know transaction_timeout").isLessThan(17);
    Path real = PgTools.forServer(Optional.empty(), major).folder();
    write(
        "pg_dump",
        real
            + "/pg_dump \"$@\" | sed 's/^SET lock_timeout = 0;$/&\\n"
            + "SET transaction_timeout = 0;/'");
    write("real_restore", "exec " + real + "/pg_restore \"$@\"");
    TestRollout.sql(prod, "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
  }

  @AfterEach
  void stop() {
    store.close();
    s3.close();
  }

  @Test
  void theStructureOfAnOlderServerIsRebuiltWhole() {
    var copy = new SchemaCopy(Optional.of(folder));
    write("pg_restore", "exit 1");
    var tag = new SessionTag("newer", Phase.PREFLIGHT);
    String dump = copy.dump(prod, tag, Progress.NONE);
    assertThat(dump).contains("CREATE TABLE public.t").doesNotContain("transaction_timeout");
    try (var scratch = ScratchDatabase.create(config.staging(), tag)) {
      assertThat(copy.restore(dump, scratch)).isEmpty();
    }
  }

  @Test
  void aCloneOnAnOlderServerIsWhole() {
    String ofAWorker = UNKNOWN;
    restoring(UNKNOWN + "' '" + ofAWorker + "' 'pg_restore: warning: errors ignored on restore: 1");
    assertThat(cloned().relations()).isOne();
  }

  @Test
  void anyOtherErrorIsTold() {
    restoring(
        UNKNOWN
            + "' 'pg_restore: error: could not execute query: ERROR:  no such role' 'pg_restore:"
            + " warning: errors ignored on restore: 2");
    assertThatThrownBy(this::cloned)
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RESTORE_FAILED))
        .hasMessageContaining("no such role");
  }

  private Facts.Clone cloned() {
    var rollout = new TestRollout(config, "newer");
    Facts.Backup backup = new TakeBackup(store, config).run(rollout.context(Phase.BACKUP));
    var newer =
        new RubiconConfig(
            config.targets(),
            config.staging(),
            config.ledger(),
            config.objectStore(),
            config.temporal(),
            config.http(),
            config.notifications(),
            config.heartbeatTimeout(),
            Optional.of(folder));
    return new GoldenClone(store, newer).run(rollout.context(Phase.CLONE), backup);
  }

  /** A pg_restore that does its work, unless it is to stop at errors, and then complains. */
  private void restoring(String complaints) {
    write(
        "pg_restore",
        "case \"$*\" in *--exit-on-error*) echo '"
            + UNKNOWN
            + "' >&2; exit 1;; esac; "
            + folder.resolve("real_restore")
            + " \"$@\" || exit 2; printf '%s\\n' '"
            + complaints
            + "' >&2; exit 1");
  }

  private void write(String tool, String script) {
    try {
      Path file = folder.resolve(tool);
      Files.writeString(
          file,
          "#!/bin/sh\n[ \"$1\" = --version ] && echo '"
              + tool
              + " (PostgreSQL) 99.0' && exit\n"
              + script
              + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
