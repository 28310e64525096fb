package dev.rubicon.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.backup.Manifest;
import dev.rubicon.backup.PgTools;
import dev.rubicon.backup.TakeBackup;
import dev.rubicon.backup.TestRollout;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.Digests;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The clone on a staging server that is not the target's. */
@Turn
@LocalServer("it stops the staging server and fills its disk")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GoldenCloneTest {
  @TempDir static Path folder;
  private static EmbeddedS3 s3;
  private static LocalPostgres staging;
  private static RubiconConfig config;
  private static ObjectStore store;
  private static Target prod;
  private static Facts.Backup backup;

  @BeforeAll
  static void start() throws SQLException, IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    s3 = EmbeddedS3.start(folder.resolve("s3"), 0, "bucket", "key", "secret-of-the-store");
    staging = LocalPostgres.start(LocalPostgres.Options.in(folder.resolve("staging")));
    config =
        TestRollout.config(
            SharedPostgres.server(),
            SharedPostgres.freshDatabase("golden"),
            staging,
            s3.endpoint(),
            s3);
    store = ObjectStore.open(config.objectStore());
    prod = config.target("prod");
    TestRollout.sql(
        prod,
        "CREATE ROLE \"Golden Owner\"; CREATE ROLE golden_reader; CREATE ROLE golden_policy",
        """
        CREATE TABLE t (id int PRIMARY KEY, v text);
        ALTER TABLE t OWNER TO "Golden Owner";
        GRANT SELECT ON t TO golden_reader;
        ALTER TABLE t ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON t FOR SELECT TO golden_policy USING (id > 1);
        INSERT INTO t SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 20000) i;
        """);
    backup = backUp("r1");
  }

  @AfterAll
  static void stop() {
    store.close();
    staging.close();
    s3.close();
  }

  private static Facts.Backup backUp(String rollout) {
    return new TakeBackup(store, config)
        .run(new TestRollout(config, rollout).context(Phase.BACKUP));
  }

  private static Facts.Clone clone(TestRollout rollout, Facts.Backup facts) {
    return new GoldenClone(store, config).run(rollout.context(Phase.CLONE), facts);
  }

  @Order(1)
  @Test
  void rolesThatStagingLacksBecomePlaceholdersSoThatTheCatalogIsEqual() throws Exception {
    var rollout = new TestRollout(config, "r1");
    Facts.Clone clone = clone(rollout, backup);
    assertThat(rollout.evidence.get(GoldenClone.RESTORED))
        .returns(true, GoldenClone.Restored::catalogEqual);
    assertThat(
            TestRollout.rows(
                config.staging(),
                "SELECT rolname || rolcanlogin FROM pg_roles WHERE rolname ~* '^golden' ORDER BY"
                    + " 1"))
        .containsExactly("Golden Ownerfalse", "golden_policyfalse", "golden_readerfalse");

    // Sealed: nobody can write to it, and a second attempt takes it as it is.
    assertThatThrownBy(
            () -> TestRollout.rows(config.staging().database(clone.golden()), "SELECT 1"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("not currently accepting connections");
    String oid = oid(clone.golden());
    assertThat(clone(new TestRollout(config, "r1"), backup)).isEqualTo(clone);
    assertThat(oid(clone.golden())).isEqualTo(oid);

    var rehearsal = new TestRollout(config, "r1");
    Target copy =
        new GoldenClone(store, config)
            .rehearsalTarget(rehearsal.context(Phase.REHEARSE), clone, "rubicon_clone_r1");
    assertThat(TestRollout.rows(copy, "SELECT count(*) FROM t")).containsExactly("20000");
    assertThat(rehearsal.evidence.get(GoldenClone.COPIED).toString()).contains("file_copy");
    new TemplateCopy(config.staging(), new SessionTag("r1", Phase.REHEARSE), rehearsal)
        .drop("rubicon_clone_r1");
    assertThat(databases()).doesNotContain("rubicon_clone_r1").contains(clone.golden());

    Facts.Clone next = clone(new TestRollout(config, "r2"), backUp("r2"));
    assertThat(databases()).contains(next.golden()).doesNotContain(clone.golden());
  }

  /** Behind the one above: it makes the roles' placeholders anew where it comes first. */
  @Order(2)
  @Test
  void contractTakesItsOwnRolloutsDatabaseAndNoOther() throws Exception {
    var rollout = new TestRollout(config, "r1");
    Facts.Clone clone = clone(rollout, backup);
    var golden = new GoldenClone(store, config);
    String there = "SELECT count(*) FROM pg_database WHERE datname = '" + clone.golden() + "'";

    golden.dropAfterContract(new TestRollout(config, "another").context(Phase.CONTRACT));
    assertThat(TestRollout.rows(config.staging(), there)).containsExactly("1");
    golden.dropAfterContract(rollout.context(Phase.CONTRACT));
    assertThat(TestRollout.rows(config.staging(), there)).containsExactly("0");
    // Again, as an attempt that was thought dead does it.
    golden.dropAfterContract(rollout.context(Phase.CONTRACT));
    assertThat(clone(rollout, backup).golden()).isEqualTo(clone.golden());
  }

  @Test
  void aCloneThatIsNotWhatTheManifestSaysIsRefusedByName() {
    String json = new String(store.read(backup.key()));
    Manifest manifest = Manifest.parse(backup.key(), json.getBytes());
    String fingerprint = manifest.relations().getFirst().fingerprint();
    byte[] forged = json.replace(fingerprint, fingerprint + "0").getBytes();
    store.put("backups/prod/forged/manifest.json", forged, "application/json");
    var facts =
        new Facts.Backup(
            "backups/prod/forged/manifest.json",
            store.location("backups/prod/forged/manifest.json"),
            Digests.sha256(forged),
            backup.bytes(),
            backup.rows());
    assertThatThrownBy(() -> clone(new TestRollout(config, "forged"), facts))
        .satisfies(code(ErrorCode.CLONE_DIFFERS))
        .hasMessageContaining("public.t: same number of rows, other contents");
  }

  @Test
  void aStagingServerThatGoesAwayIsNamedAndTheNextAttemptStartsOver() throws Exception {
    Facts.Backup facts = backUp("gone");
    var rollout = new TestRollout(config, "gone");
    var once = new AtomicBoolean();
    rollout.onUpdate(
        () -> {
          if (rollout.updates.getLast().startsWith("compare") && once.compareAndSet(false, true)) {
            staging.crash();
          }
        });
    assertThatThrownBy(() -> clone(rollout, facts)).satisfies(code(ErrorCode.STAGING_UNREACHABLE));
    assertThatThrownBy(() -> clone(new TestRollout(config, "gone"), facts))
        .satisfies(code(ErrorCode.STAGING_UNREACHABLE));
    staging.restart();
    assertThat(databases()).contains("rubicon_golden_" + facts.digest().substring(0, 16));
    assertThat(clone(new TestRollout(config, "gone"), facts).relations()).isEqualTo(1);
  }

  @Test
  void aFullDiskOnTheClonesSideIsNamedAndLeavesNoHalfDatabase() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "not run: only root can mount a small file system");
    Path small = Files.createDirectories(folder.resolve("small"));
    int mounted =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", small.toString())
            .inheritIO()
            .start()
            .waitFor();
    assumeTrue(mounted == 0, "not run: this machine does not let root mount a tmpfs");
    try (var server = LocalPostgres.start(LocalPostgres.Options.in(folder.resolve("full")))) {
      // Only the databases lie on the small disk: a full WAL disk would end the server instead.
      server.crash();
      Path base = server.data().resolve("base");
      run("cp", "-a", base.toString(), small.resolve("base").toString());
      run("rm", "-r", base.toString());
      run("chown", "--reference=" + server.data(), small.toString());
      Files.createSymbolicLink(base, small.resolve("base"));
      server.restart();
      TestRollout.sql(
          prod,
          "CREATE TABLE big AS SELECT i, md5(i::text) || md5((-i)::text) AS v"
              + " FROM generate_series(1, 300000) i");
      try {
        var full =
            TestRollout.config(SharedPostgres.server(), prod.database(), server, s3.endpoint(), s3);
        Facts.Backup facts = backUp("full");
        assertThatThrownBy(
                () ->
                    new GoldenClone(store, full)
                        .run(new TestRollout(full, "full").context(Phase.CLONE), facts))
            .satisfies(code(ErrorCode.DISK_FULL));
        assertThat(
                TestRollout.rows(
                    full.staging(), "SELECT datname FROM pg_database WHERE datname ~ '^rubicon'"))
            .isEmpty();
      } finally {
        TestRollout.sql(prod, "DROP TABLE big");
      }
    } finally {
      run("umount", "-l", small.toString());
    }
  }

  @Test
  void restoreShNeedsNothingButStandardTools() throws Exception {
    Path download = Files.createDirectories(folder.resolve("by-hand"));
    String prefix = backup.key().substring(0, backup.key().lastIndexOf('/') + 1);
    for (String key : store.keys(prefix)) {
      Files.write(download.resolve(key.substring(prefix.length())), store.read(key));
    }
    var builder =
        new ProcessBuilder("sh", download.resolve("restore.sh").toString(), "by hand").inheritIO();
    builder.environment().put("PGHOST", "127.0.0.1");
    builder.environment().put("PGPORT", "" + SharedPostgres.server().port());
    builder.environment().put("PGUSER", SharedPostgres.server().superuser());
    builder.environment().put("PGPASSWORD", SharedPostgres.server().password());
    assertThat(builder.start().waitFor()).isZero();
    assertThat(TestRollout.rows(prod.database("by hand"), "SELECT count(*) FROM t"))
        .containsExactly("20000");

    Path dump = download.resolve(store.keys(prefix).getFirst().substring(prefix.length()));
    byte[] content = Files.readAllBytes(dump);
    content[content.length / 2] ^= 1;
    Files.write(dump, content);
    assertThat(builder.start().waitFor()).isNotZero();
  }

  @Test
  void missingAndOldToolsAreNamedWithTheWayToGetThem() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    assertThatThrownBy(() -> PgTools.forServer(Optional.of(bin), 15))
        .satisfies(code(ErrorCode.PG_DUMP_MISSING));
    for (String tool : List.of("pg_dump", "pg_restore")) {
      Path file = bin.resolve(tool);
      Files.writeString(file, "#!/bin/sh\necho \"" + tool + " (PostgreSQL) 13.4 (Debian)\"\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    assertThatThrownBy(() -> PgTools.forServer(Optional.of(bin), 15))
        .satisfies(code(ErrorCode.PG_DUMP_TOO_OLD))
        .hasMessageContaining("13.4")
        .satisfies(e -> assertThat(((RubiconException) e).next()).contains("postgresql-client-15"));
    assertThat(PgTools.forServer(Optional.of(bin), 13).version()).isEqualTo("13.4");
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
        .as(String.join(" ", command))
        .isZero();
  }

  private static List<String> databases() throws SQLException {
    return TestRollout.rows(config.staging(), "SELECT datname FROM pg_database");
  }

  private static String oid(String database) throws SQLException {
    return TestRollout.rows(
            config.staging(), "SELECT oid FROM pg_database WHERE datname = '" + database + "'")
        .getFirst();
  }

  private static Consumer<Throwable> code(ErrorCode code) {
    return e ->
        assertThat(e)
            .isInstanceOfSatisfying(
                RubiconException.class,
                r -> assertThat(r.code()).as(r.getMessage()).isEqualTo(code));
  }
}
