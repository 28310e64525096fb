package dev.rubicon.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.golden.GoldenClone;
import dev.rubicon.golden.TemplateCopy;
import dev.rubicon.objectstore.Digests;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.restore.Restore;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.FaultProxy;
import dev.rubicon.stack.FaultProxy.Fault;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Turn
@Tag("slow")
class BackupTest {
  private static final AtomicInteger ROLLOUTS = new AtomicInteger();
  private static final Predicate<FaultProxy.Request> PART =
      r -> r.method().equals("PUT") && r.path().contains("partNumber=");

  @TempDir static Path folder;
  private static EmbeddedS3 s3;
  private static String database;

  private FaultProxy proxy;
  private RubiconConfig config;
  private ObjectStore store;
  private TestRollout rollout;
  private String id;
  private Target prod;

  @BeforeAll
  static void start() throws SQLException {
    s3 = EmbeddedS3.start(folder, 0, "bucket", "key", "secret-of-the-store");
    database = SharedPostgres.freshDatabase("backup");
    OddDatabase.create(TestRollout.target(SharedPostgres.server(), "prod", database), 30_000);
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @BeforeEach
  void open() {
    proxy = FaultProxy.before(s3.endpoint());
    use(database);
  }

  private void use(String name) {
    config =
        TestRollout.config(
            SharedPostgres.server(), name, SharedPostgres.server(), proxy.endpoint(), s3);
    store = ObjectStore.open(config.objectStore());
    id = "r" + ROLLOUTS.incrementAndGet();
    rollout = new TestRollout(config, id);
    prod = config.target("prod");
  }

  @AfterEach
  void close() {
    proxy.heal();
    store.close();
    proxy.close();
  }

  @Test
  void whatIsBackedUpIsRestoredToTheSameRowsAndPositions() throws Exception {
    Facts.Backup facts = backUp();

    assertThat(facts.key()).isEqualTo("backups/prod/" + id + "/manifest.json");
    assertThat(facts.digest()).isEqualTo(Digests.sha256(store.read(facts.key())));
    assertThat(facts.rows())
        .containsEntry("public.checks", 30_000L)
        .containsEntry("public.empty", 0L)
        .containsEntry("public.no_columns", 1L)
        .containsEntry("Odd \"Schema.Mixed \"Case'", 4L)
        .containsEntry("public.usage_2026", 70L)
        .containsEntry("public.usage_rest", 30L)
        .containsEntry("public.parent", 1L)
        .containsEntry("public.child", 1L)
        .doesNotContainKey("public.usage_ledger");

    Manifest manifest = Manifest.parse(facts.key(), store.read(facts.key()));
    assertThat(manifest.largeObjects().count()).isEqualTo(1);
    assertThat(manifest.catalogFingerprint()).hasSize(64);

    Facts.Clone clone = new GoldenClone(store, config).run(rollout.context(Phase.CLONE), facts);
    assertThat(clone.golden()).isEqualTo("rubicon_golden_" + facts.digest().substring(0, 16));
    assertThat(clone.relations()).isEqualTo(manifest.relations().size());
    assertThat(rollout.evidence.get(GoldenClone.RESTORED))
        .returns(true, GoldenClone.Restored::catalogEqual);

    var copies = new TemplateCopy(config.staging(), tag(), rollout);
    var copy = copies.create(clone.golden(), "rubicon_clone_" + id);
    for (String query :
        List.of(
            "SELECT count(*) || ' ' || max(doubled) FROM checks",
            "SELECT string_agg(x::text, '|' ORDER BY x::text) FROM \"Odd \"\"Schema\".\"Mixed"
                + " \"\"Case'\" x",
            "SELECT encode(lo_get(4711), 'escape')",
            "SELECT last_value || ' ' || is_called FROM falling",
            "SELECT string_agg(feeling::text, ',' ORDER BY id) FROM checks")) {
      assertThat(TestRollout.rows(copy.target(), query)).isEqualTo(TestRollout.rows(prod, query));
    }
    copies.drop("rubicon_clone_" + id);
  }

  @Test
  void aCompleteBackupIsReturnedAsItIs() {
    Facts.Backup first = backUp();
    List<String> objects = store.keys("backups/prod/" + id);
    assertThat(objects).hasSize(3);
    assertThat(backUp()).isEqualTo(first);
    assertThat(store.keys("backups/prod/" + id)).isEqualTo(objects);
  }

  @Test
  void aRelaunchTakesOverTheBackupFromBeforeExpandBegan() throws Exception {
    use(fresh());
    TestRollout.sql(prod, "CREATE TABLE t AS SELECT 1 AS n");
    Facts.Backup first = backUp();
    TestRollout.sql(
        prod,
        "CREATE SCHEMA rubicon",
        "CREATE TABLE rubicon.state (bundle text, rollout text)",
        "INSERT INTO rubicon.state VALUES ('" + "b".repeat(64) + "', '" + id + "')",
        "INSERT INTO t VALUES (2)");
    var relaunch = new TestRollout(config, "relaunched");
    assertThat(new TakeBackup(store, config).run(relaunch.context(Phase.BACKUP))).isEqualTo(first);

    store.keys("backups/prod/" + id).forEach(store::delete);
    assertThatThrownBy(() -> new TakeBackup(store, config).run(relaunch.context(Phase.BACKUP)))
        .satisfies(code(ErrorCode.BACKUP_INVALID))
        .hasMessageContaining(id);
  }

  @Test
  void aBackupMadeElsewhereIsNamedByItsReference() {
    var context =
        rollout.context(
            Phase.BACKUP, "backup: {external: pgbackrest 20261120-020000F}\nclone: {none: x}\n");
    Facts.Backup facts = new TakeBackup(store, config).run(context);
    assertThat(facts.key()).isEmpty();
    assertThat(facts.digest()).hasSize(64);
    var cloning = rollout.context(Phase.CLONE);
    assertThatThrownBy(() -> new GoldenClone(store, config).run(cloning, facts))
        .satisfies(code(ErrorCode.BACKUP_INVALID));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void aStoreThatStumblesInMidUploadDoesNotHurtTheBackup(int status) {
    proxy.inject(2, new Fault.Answer(status), PART);
    proxy.inject(1, new Fault.BreakRequest(100_000), PART);
    restorable(backUp());
  }

  @Test
  void aStoreThatGoesAwayLeavesNoBackupAndTheNextAttemptCleansUp() {
    proxy.inject(1_000, new Fault.Answer(503), PART.or(r -> r.method().equals("DELETE")));
    assertThatThrownBy(this::backUp).satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE));
    assertThat(store.exists("backups/prod/" + id + "/manifest.json")).isFalse();
    assertThat(store.orphans("backups/prod/" + id)).hasSize(1);

    proxy.heal();
    restorable(backUp());
    assertThat(store.orphans("backups/prod/" + id)).isEmpty();
  }

  /** Each stage's first request fails for good: the stages are what a killed worker leaves. */
  @ParameterizedTest
  @ValueSource(strings = {"uploads", "partNumber=1", "POST finish", "restore.sh", "manifest.json"})
  void aBackupCutShortIsNeverTakenForAValidOne(String stage) {
    proxy.inject(
        1_000,
        new Fault.Answer(503),
        r ->
            !r.method().equals("GET")
                && !r.method().equals("HEAD")
                && (stage.equals("POST finish")
                    ? r.method().equals("POST") && r.path().contains("uploadId=")
                    : r.path().contains(stage)));
    assertThatThrownBy(this::backUp).satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE));
    assertThat(store.exists("backups/prod/" + id + "/manifest.json")).isFalse();
    proxy.heal();

    restorable(backUp());
    assertThat(store.orphans("backups/prod/" + id)).isEmpty();
    assertThat(store.keys("backups/prod/" + id)).hasSize(3);
  }

  /** A dump of several parts; nothing of the failed attempt is cleaned up by itself. */
  @Test
  void anUploadCutShortBetweenItsPartsIsAbortedByTheNextAttempt() throws SQLException {
    use(fresh());
    TestRollout.sql(
        prod,
        """
        CREATE TABLE big AS
        SELECT i, string_agg(sha512((i || '/' || j)::bytea), '') AS noise
          FROM generate_series(1, 2000) i, generate_series(1, 150) j GROUP BY i
        """);
    proxy.inject(
        1_000,
        new Fault.Answer(503),
        r -> r.path().contains("partNumber=2") || r.method().equals("DELETE"));
    assertThatThrownBy(this::backUp).satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE));
    assertThat(proxy.seen()).anyMatch(r -> r.path().contains("partNumber=1"));
    assertThat(store.orphans("backups/prod/" + id)).hasSize(1);
    assertThat(store.keys("backups/prod/" + id)).isEmpty();
    assertThat(new Restore(store, config).manifests("prod")).noneMatch(key -> key.contains(id));
    proxy.heal();

    restorable(backUp());
    assertThat(store.orphans("backups/prod/" + id)).isEmpty();
    assertThat(store.keys("backups/prod/" + id)).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({
    "fingerprint, advisory lock",
    "pg_dump, advisory lock",
    "pg_dump, copying",
  })
  void aSnapshotThatIsLostStartsTheBackupAgainWithANewOne(String during, String whose) {
    String victims =
        whose.equals("copying")
            ? "query LIKE 'COPY %'"
            : "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')";
    once(
        during,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
            + victims);
    Facts.Backup facts = backUp();
    restorable(facts);
    assertThat(rollout.evidence.get(TakeBackup.EVIDENCE).toString()).contains("attempts=2");
    assertThat(store.keys("backups/prod/" + id)).hasSize(3);
    assertThat(store.orphans("backups/prod/" + id)).isEmpty();
  }

  @Test
  void aKilledPgDumpIsABackupThatFailed() {
    var once = new AtomicBoolean();
    rollout.onUpdate(
        () -> {
          if (once.compareAndSet(false, true)) {
            assertThat(pgDumps()).hasSize(1).allMatch(ProcessHandle::destroyForcibly);
          }
        });
    assertThatThrownBy(this::backUp).satisfies(code(ErrorCode.BACKUP_FAILED));
    assertThat(store.keys("backups/prod/" + id)).isEmpty();
    assertThat(store.orphans("backups/prod/" + id)).isEmpty();
    restorable(backUp());
  }

  @Test
  void cancellationStopsPgDumpAndLeavesNothing() {
    rollout.onUpdate(rollout::cancel);
    assertThatThrownBy(this::backUp).isInstanceOf(Progress.PhaseCancelled.class);
    assertThat(pgDumps()).isEmpty();
    assertThat(store.keys("backups/prod/" + id)).isEmpty();
    assertThat(store.orphans("backups/prod/" + id)).isEmpty();
  }

  @Test
  void noSecretStandsInArgumentsManifestsOrMetadata() throws IOException {
    var seen = new StringBuilder();
    rollout.onUpdate(
        () ->
            pgDumps()
                .forEach(
                    child -> {
                      try {
                        seen.append(Files.readString(Path.of("/proc/" + child.pid() + "/cmdline")));
                      } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                      }
                    }));
    Facts.Backup facts = backUp();
    String password = SharedPostgres.server().password();
    assertThat(seen.toString()).contains("--snapshot=").doesNotContain(password);
    for (String key : store.keys("backups/prod/" + id)) {
      assertThat(store.metadata(key).toString()).doesNotContain(password, s3.secretKey());
      if (!key.endsWith(".pgc")) {
        assertThat(new String(store.read(key))).doesNotContain(password, s3.secretKey());
      }
    }
    assertThat(facts.toString()).doesNotContain(password);
  }

  @Test
  void aFlippedByteIsRefusedAndNamed() throws IOException {
    Facts.Backup facts = backUp();
    String dump = dumpKey();
    flip(dump);
    assertThatThrownBy(
            () -> new GoldenClone(store, config).run(rollout.context(Phase.CLONE), facts))
        .satisfies(code(ErrorCode.BACKUP_CORRUPT))
        .hasMessageContaining(dump);
    assertThatThrownBy(
            () -> new Restore(store, config).run(facts.key(), prod, "x_" + id, tag(), rollout))
        .satisfies(code(ErrorCode.BACKUP_CORRUPT))
        .hasMessageContaining(dump);
    flip(dump);
    flip(facts.key());
    assertThatThrownBy(
            () -> new GoldenClone(store, config).run(rollout.context(Phase.CLONE), facts))
        .satisfies(code(ErrorCode.BACKUP_CORRUPT))
        .hasMessageContaining(facts.key());
  }

  @Test
  void aTruncatedDumpIsNotTakenForTheBackup() throws IOException {
    backUp();
    Path file = s3.folder().resolve("bucket").resolve(dumpKey());
    byte[] content = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(content, content.length - 1));
    assertThatThrownBy(this::backUp).satisfies(code(ErrorCode.BACKUP_CORRUPT));
  }

  @Test
  void aRestoreMakesANewDatabaseAndSaysWhatASwapWouldLose() throws Exception {
    use(fresh());
    TestRollout.sql(
        prod,
        "CREATE TABLE a AS SELECT generate_series(1, 10) AS n",
        "CREATE TABLE b AS SELECT 1 AS n",
        "CREATE TABLE c AS SELECT 1 AS n");
    Facts.Backup facts = backUp();
    TestRollout.sql(
        prod,
        "INSERT INTO a VALUES (11), (12)",
        "UPDATE b SET n = 2",
        "DROP TABLE c",
        "CREATE TABLE later AS SELECT 1 AS n");
    String name = "Restored \"" + id + "' \\";
    Restore.Restored restored =
        new Restore(store, config).run(facts.key(), prod, name, tag(), rollout);
    assertThat(restored.since())
        .containsExactly(
            new Restore.Since("public.a", 10, 12, true),
            new Restore.Since("public.b", 1, 1, true),
            new Restore.Since("public.c", 1, -1, true),
            new Restore.Since("public.later", 0, 1, true));
    assertThat(restored.swap()).hasSize(4);
    assertThatThrownBy(
            () -> new Restore(store, config).run(facts.key(), prod, name, tag(), rollout))
        .satisfies(code(ErrorCode.RESTORE_TARGET_EXISTS));
    assertThat(new Restore(store, config).manifests("prod")).contains(facts.key());
  }

  private void restorable(Facts.Backup facts) {
    assertThat(new GoldenClone(store, config).run(rollout.context(Phase.CLONE), facts).golden())
        .isNotEmpty();
  }

  private Facts.Backup backUp() {
    return new TakeBackup(store, config).run(rollout.context(Phase.BACKUP));
  }

  /** Runs the query at the first progress of that kind; it must find something. */
  private void once(String during, String sql) {
    var once = new AtomicBoolean();
    rollout.onUpdate(
        () -> {
          if (rollout.updates.getLast().startsWith(during) && once.compareAndSet(false, true)) {
            try {
              assertThat(TestRollout.rows(prod, sql)).isNotEmpty();
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          }
        });
  }

  private static List<ProcessHandle> pgDumps() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("pg_dump"))
        .toList();
  }

  private String dumpKey() {
    return store.keys("backups/prod/" + id).stream()
        .filter(key -> key.endsWith(".pgc"))
        .findFirst()
        .orElseThrow();
  }

  private static void flip(String key) throws IOException {
    Path file = s3.folder().resolve("bucket").resolve(key);
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
  }

  private static String fresh() {
    return SharedPostgres.freshDatabase("backup");
  }

  private static SessionTag tag() {
    return new SessionTag("test", Phase.CLONE);
  }

  private static Consumer<Throwable> code(ErrorCode code) {
    return e ->
        assertThat(e)
            .isInstanceOfSatisfying(
                RubiconException.class,
                r -> assertThat(r.code()).as(r.getMessage()).isEqualTo(code));
  }
}
