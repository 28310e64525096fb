package dev.rubicon.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.objectstore.StoreLimits;
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
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the operator sees while the store holds a backup up, and how long it may. */
@Turn
@Tag("slow")
@Timeout(120)
class HeldUpBackupTest {
  private static final AtomicInteger ROLLOUTS = new AtomicInteger();
  private static final Predicate<FaultProxy.Request> PART =
      r -> r.method().equals("PUT") && r.path().contains("partNumber=");
  private static final StoreLimits IMPATIENT =
      new StoreLimits(Duration.ofSeconds(5), Duration.ofSeconds(3), 128L << 10);

  @TempDir static Path folder;
  private static EmbeddedS3 s3;
  private static String database;

  private FaultProxy proxy;
  private RubiconConfig config;
  private ObjectStore store;
  private TestRollout rollout;
  private Target prod;
  private String id;

  /** A dump of some MB: more than the kernel would hold for a peer that does not read. */
  @BeforeAll
  static void start() throws SQLException {
    s3 = EmbeddedS3.start(folder, 0, "bucket", "key", "secret-of-the-store");
    database = SharedPostgres.freshDatabase("held_up");
    TestRollout.sql(
        TestRollout.target(SharedPostgres.server(), "prod", database),
        """
        CREATE TABLE noise AS
        SELECT i, string_agg(sha512((i || '/' || j)::bytea), '') AS bytes
          FROM generate_series(1, 600) i, generate_series(1, 150) j GROUP BY i
        """);
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @BeforeEach
  void open() {
    proxy = FaultProxy.before(s3.endpoint());
    config =
        TestRollout.config(
            SharedPostgres.server(), database, SharedPostgres.server(), proxy.endpoint(), s3);
    store = ObjectStore.open(config.objectStore(), IMPATIENT);
    id = "held-up-" + ROLLOUTS.incrementAndGet();
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
  void aStoreThatTakesNothingIsNamedWithTheAttempt() {
    proxy.inject(2, new Fault.StallRequest(100_000), PART);
    backUp();
    assertThat(rollout.notes)
        .anyMatch(note -> note.matches("the object store has taken nothing for [1-9]\\d* s .*"))
        .anyMatch(note -> note.contains(" s (attempt 2); snapshot open for "));
  }

  @Test
  void aSlowStoreIsNamedWithItsRateInBothDirections() {
    proxy.inject(1_000, new Fault.Slow(512L << 10), PART);
    Facts.Backup facts = backUp();
    assertThat(rollout.notes)
        .anyMatch(
            note ->
                note.matches(
                    "the object store takes [\\d.]+ [KM]B/s; snapshot open for \\d+ s of at most 24"
                        + " h"));
    var held = rollout.evidence.get(SnapshotHolder.EVIDENCE);
    assertThat(Long.parseLong(held.xmin())).isPositive();
    assertThat(held.transactions()).isNotNegative();
    assertThat(held.seconds()).isPositive();
    assertThat(held.limitSeconds()).isEqualTo(86_400);

    rollout.notes.clear();
    proxy.inject(1_000, new Fault.Slow(1L << 20), r -> r.path().endsWith(".pgc"));
    new Restore(store, config)
        .run(facts.key(), prod, "restored_" + id.replace('-', '_'), tag(), rollout);
    assertThat(rollout.notes).anyMatch(note -> note.matches("the object store gives [\\d.]+ .B/s"));
  }

  @Test
  void aSnapshotThatIsTooOldEndsTheBackupAndItsSessions() throws SQLException {
    proxy.inject(1_000, new Fault.StallRequest(100_000), PART);
    config =
        new RubiconConfig(
            config.targets(),
            config.staging(),
            config.ledger(),
            config.objectStore(),
            null,
            null,
            null,
            config.heartbeatTimeout(),
            config.pgBin(),
            Duration.ofSeconds(2),
            config.worker(),
            config.commands(),
            config.signing(),
            config.ceremony());
    // Both are gone before the store has been given up, which would take a minute.
    try (var patient = ObjectStore.open(config.objectStore())) {
      assertThatThrownBy(() -> new TakeBackup(patient, config).run(rollout.context(Phase.BACKUP)))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_TOO_OLD))
          .hasMessageContaining("of at most 2 s");
    }
    assertThat(sessions()).isEmpty();
    assertThat(rollout.notes).anyMatch(note -> note.endsWith(" of at most 2 s"));
    assertThat(store.keys("backups/prod/" + id)).isEmpty();
    assertThat(store.orphans("backups/prod/" + id)).isEmpty();
  }

  private Facts.Backup backUp() {
    return new TakeBackup(store, config).run(rollout.context(Phase.BACKUP));
  }

  private SessionTag tag() {
    return new SessionTag(id, Phase.BACKUP);
  }

  private List<String> sessions() throws SQLException {
    return TestRollout.rows(
        prod,
        "SELECT query FROM pg_stat_activity WHERE application_name = '"
            + tag().applicationName()
            + "'");
  }
}
