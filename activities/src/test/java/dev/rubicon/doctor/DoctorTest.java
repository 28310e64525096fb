package dev.rubicon.doctor;

import static dev.rubicon.doctor.DoctorFixture.SCHEMA;
import static dev.rubicon.doctor.DoctorFixture.assertCode;
import static dev.rubicon.doctor.DoctorFixture.at;
import static dev.rubicon.doctor.DoctorFixture.config;
import static dev.rubicon.doctor.DoctorFixture.execute;
import static dev.rubicon.doctor.DoctorFixture.objectStore;
import static dev.rubicon.doctor.DoctorFixture.runbook;
import static dev.rubicon.doctor.DoctorFixture.superuser;
import static dev.rubicon.doctor.DoctorFixture.temporal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.EmbeddedTemporal;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.workflow.Attributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Turn
class DoctorTest {
  @TempDir static Path folder;
  private static EmbeddedS3 s3;
  private static EmbeddedTemporal temporal;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.start(folder.resolve("s3"), 0, "bucket", "key", "secret");
    temporal = EmbeddedTemporal.start(0, Attributes.NAMES);
  }

  @AfterAll
  static void stop() {
    temporal.close();
    s3.close();
  }

  @Test
  void findsNothingWrongWhereNothingIs() throws IOException {
    String database = SharedPostgres.freshDatabase("doctor");
    execute(database, SCHEMA);

    List<Diagnosis> found =
        Doctor.examine(
            config(superuser(database), s3, temporal.address()), Optional.of(runbook(folder)));

    assertThat(found).noneMatch(d -> d.verdict() == Diagnosis.Verdict.FAILED);
    assertThat(found)
        .filteredOn(d -> d.verdict() == Diagnosis.Verdict.OK)
        .extracting(Diagnosis::name)
        .containsExactly(
            "jdk",
            "target prod: reachable",
            "target prod: client tools",
            "target prod: encoding",
            "target prod: connection",
            "target prod: privileges",
            "target prod: migrations",
            "staging: reachable",
            "staging: client tools",
            "staging: connection",
            "staging: privileges",
            "staging: extensions of prod",
            "staging: roles of prod",
            "staging: encoding of prod",
            "ledger: reachable",
            "ledger: connection",
            "ledger: privileges",
            "object store",
            "temporal: reachable",
            "temporal: namespace");
    // The in-process server keeps no history to be audited, and cannot list its attributes.
    assertThat(found)
        .filteredOn(d -> d.verdict() == Diagnosis.Verdict.WARNING)
        .extracting(Diagnosis::name)
        .containsExactly(
            "staging: boundary",
            "staging: server",
            "decisions",
            "temporal: retention",
            "temporal: search attributes");
    assertThat(found.getLast().what()).contains("in-process");
  }

  @Test
  void anAuditTrailThatBelongsToItsWriterIsAWarning() {
    Target owner = superuser(SharedPostgres.freshDatabase("doctor"));
    try (Ledger ledger = Ledger.open(owner)) {
      ledger.migrate().requireCurrent();
    }

    assertThat(Doctor.examine(config(owner, s3, temporal.address())))
        .filteredOn(d -> d.name().equals("ledger: audit trail"))
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.verdict()).isEqualTo(Diagnosis.Verdict.WARNING);
              assertThat(d.what()).contains("owns it");
              assertThat(d.next()).contains("docs/ledger.md");
            });
  }

  @Test
  void namesEachThingThatIsNotThereWithoutStopping() {
    var gone =
        new Target(
            "prod", "jdbc:postgresql://127.0.0.1:1/x", "nobody", new Secret("pw-x"), Map.of());
    var config =
        new RubiconConfig(
            Map.of("prod", gone),
            gone,
            gone,
            objectStore("http://127.0.0.1:1", "bucket", "secret"),
            temporal("127.0.0.1:1"),
            new RubiconConfig.Http("127.0.0.1", 0, Map.of()),
            new RubiconConfig.Notifications(Optional.empty()),
            Duration.ofSeconds(30),
            Optional.empty());

    List<Diagnosis> found = Doctor.examine(config);

    assertThat(found)
        .filteredOn(d -> d.verdict() == Diagnosis.Verdict.FAILED)
        .extracting(Diagnosis::name, d -> d.what().split(":")[0])
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("target prod: reachable", "TARGET_UNREACHABLE"),
            org.assertj.core.groups.Tuple.tuple("staging: reachable", "STAGING_UNREACHABLE"),
            org.assertj.core.groups.Tuple.tuple("ledger: reachable", "LEDGER_UNREACHABLE"),
            org.assertj.core.groups.Tuple.tuple("object store", "OBJECT_STORE_UNREACHABLE"),
            org.assertj.core.groups.Tuple.tuple("temporal: reachable", "TEMPORAL_UNREACHABLE"));
    assertThat(found)
        .filteredOn(d -> d.verdict() == Diagnosis.Verdict.FAILED)
        .allSatisfy(d -> assertThat(d.next()).isNotBlank());
    assertThat(found.toString()).doesNotContain("pw-x");
  }

  @Test
  void aTransactionPoolerInTheWayIsRefused() throws IOException {
    String database = SharedPostgres.freshDatabase("doctor");
    try (var proxy = PoolingProxy.before(SharedPostgres.server().port(), true)) {
      assertCode(
          ErrorCode.POOLER_IN_THE_WAY,
          () -> Pooler.requireNone(at(proxy.port(), database)),
          "pools transactions");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerOrAProxyThatKeepsSessionsIsNotTakenForAPooler(boolean proxied) throws IOException {
    String database = SharedPostgres.freshDatabase("doctor");
    try (var proxy = PoolingProxy.before(SharedPostgres.server().port(), false)) {
      Pooler.requireNone(at(proxied ? proxy.port() : SharedPostgres.server().port(), database));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 13, 19})
  void serversOfOtherMajorsAreRefused(int major) {
    assertCode(
        ErrorCode.SERVER_VERSION_UNSUPPORTED, () -> ServerVersion.require(major), "14 to 18");
    assertThat(ServerVersion.require(14)).isEqualTo(14);
    assertThat(ServerVersion.require(18)).isEqualTo(18);
  }

  @Test
  void clientToolsOlderThanTheServerAreRefused() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("old-bin"));
    for (String tool : List.of("pg_dump", "pg_restore")) {
      Path file = bin.resolve(tool);
      Files.writeString(file, "#!/bin/sh\necho \"" + tool + " (PostgreSQL) 12.4\"\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    String database = SharedPostgres.freshDatabase("doctor");
    RubiconConfig config = config(superuser(database), s3, temporal.address());
    config =
        new RubiconConfig(
            config.targets(),
            config.staging(),
            config.ledger(),
            config.objectStore(),
            config.temporal(),
            config.http(),
            config.notifications(),
            config.heartbeatTimeout(),
            Optional.of(bin));

    assertThat(Doctor.examine(config))
        .filteredOn(d -> d.name().equals("target prod: client tools"))
        .singleElement()
        .satisfies(d -> assertThat(d.what()).startsWith("PG_DUMP_TOO_OLD").contains("12.4"));
  }

  @Test
  void aBucketThatIsNotThereOrNotOursIsRefused() {
    for (var config :
        List.of(
            objectStore(s3.endpoint().toString(), "no-such-bucket", "secret"),
            objectStore(s3.endpoint().toString(), "bucket", "wrong"))) {
      try (ObjectStore store = ObjectStore.open(config)) {
        assertCode(ErrorCode.BUCKET_NOT_WRITABLE, () -> Bucket.requireUsable(store), "bucket");
      }
    }
  }

  @Test
  void anOldJavaIsRefused() {
    assertCode(ErrorCode.JDK_TOO_OLD, () -> Doctor.jdk(17), "Java 17");
  }
}
