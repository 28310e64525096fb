package dev.rubicon.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Virtual threads share a few carriers, as many as there are cores. Who reads a file or a child's
 * pipe in one holds its carrier meanwhile; the JDK makes up for that in part, and no longer once
 * nothing has happened for 30 seconds. What must go on beside a silent child needs none.
 */
@Timeout(60)
class ChildToolTest {
  /** More than there are carriers; whoever comes later waits behind them all. */
  private static final int READERS = 64;

  @TempDir static Path folder;
  private static String database;
  private static Target target;
  private RandomAccessFile gate;
  private final List<Thread> readers = new ArrayList<>();

  @BeforeAll
  static void prepare() {
    database = SharedPostgres.freshDatabase("child");
    target = TestRollout.target(SharedPostgres.server(), "prod", database);
  }

  @BeforeEach
  void takeAllCarriers() throws Exception {
    Path fifo = folder.resolve("gate-" + System.nanoTime());
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    gate = new RandomAccessFile(fifo.toFile(), "rw");
    for (int i = 0; i < READERS; i++) {
      readers.add(Thread.ofVirtual().start(() -> readOne(fifo)));
    }
  }

  private static void readOne(Path fifo) {
    try (var in = new FileInputStream(fifo.toFile())) {
      assertThat(in.read()).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void giveThemBack() throws Exception {
    assertThat(readers).allMatch(Thread::isAlive);
    gate.write(new byte[READERS]);
    for (Thread reader : readers) {
      reader.join();
    }
    gate.close();
  }

  @Test
  void theEndOfAChildIsNoticedWithoutACarrier() throws Exception {
    var code = new CompletableFuture<Integer>();
    try (ChildTool restore = start("echo 'pg_restore: error: its last words' >&2; exit 3")) {
      Thread.ofPlatform().daemon().start(() -> code.complete(restore.join()));
      assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(3);
      assertThat(restore.complaints()).containsExactly("pg_restore: error: its last words");
    }
  }

  @Test
  void theTargetLockShowsLifeWithoutACarrier() throws Exception {
    var config =
        TestRollout.config(SharedPostgres.server(), database, SharedPostgres.server(), null);
    var rollout = new TestRollout(config, "pulse");
    try (TargetLock lock = TargetLock.acquire(rollout.context(Phase.EXPAND))) {
      var pulses = new TreeSet<String>();
      while (pulses.size() < 2) {
        pulses.addAll(
            TestRollout.rows(
                target,
                """
                SELECT state_change FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%alive%'
                """));
      }
      lock.check();
    }
  }

  private static ChildTool start(String script) throws IOException {
    return ChildTool.start(
        List.of("sh", "-c", script), target, new SessionTag("child", Phase.BACKUP));
  }
}
