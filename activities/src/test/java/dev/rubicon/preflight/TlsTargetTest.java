package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.suite.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A target that takes no plaintext and has a certificate of a private authority: the driver and
 * pg_dump are told of it by one URL, and neither trusts another.
 */
@LocalServer("it gives its server a certificate")
class TlsTargetTest {
  @TempDir private static Path folder;
  private static LocalPostgres server;

  @BeforeAll
  static void start() throws IOException {
    server = LocalPostgres.start(folder.resolve("server"), Map.of());
    authority("ca");
    authority("other");
    Files.writeString(folder.resolve("names"), "subjectAltName=IP:127.0.0.1\n");
    openssl("req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1");
    openssl(
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names"
            + " -out server.crt");
    try (PgSession session = CatalogSamples.open(target(""))) {
      session.execute("CREATE TABLE public.t (id int PRIMARY KEY)");
      Path rules = Path.of(session.value("SHOW hba_file"));
      for (String file : List.of("server.key", "server.crt")) {
        Path there = rules.resolveSibling(file);
        Files.copy(folder.resolve(file), there);
        Files.setOwner(there, Files.getOwner(rules));
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rw-------"));
      }
      Files.writeString(rules, "hostssl all all 127.0.0.1/32 md5\n");
      session.execute("ALTER SYSTEM SET ssl = on");
      session.query("SELECT pg_reload_conf()", row -> row.getBoolean(1));
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void authority(String name) throws IOException {
    openssl(
        "req -x509 -newkey rsa:2048 -nodes -keyout %1$s.key -out %1$s.crt -subj /CN=%1$s -days 2"
            .formatted(name));
  }

  private static void openssl(String arguments) throws IOException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ")));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    try {
      assertThat(process.waitFor()).as(arguments).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Target target(String parameters) {
    return new Target(
        "prod",
        server.jdbcUrl("postgres") + parameters,
        server.superuser(),
        new Secret(server.password()),
        Map.of());
  }

  private static Target verified(String authority) {
    return target(
        "?sslmode=verify-full&sslrootcert=" + folder.resolve(authority + ".crt").toAbsolutePath());
  }

  @Test
  void theWholePlanIsMadeByCertificate() {
    var bundle =
        PreflightSamples.bundle(
            folder.resolve("runbook"),
            "CREATE TABLE public.t (id int PRIMARY KEY, a int);",
            "ALTER TABLE public.t ADD a int;",
            "ALTER TABLE public.t DROP a;",
            "");
    var facts =
        new Preflight(PreflightSamples.staging(), Optional.empty())
            .run(PreflightSamples.context(bundle, verified("ca"), new KeptEvidence()));
    assertThat(facts.open()).isEmpty();
  }

  @Test
  void plaintextIsRefusedForGood() {
    refused(target("?sslmode=disable"), ErrorCode.LOGIN_REFUSED);
  }

  @Test
  void anotherAuthorityIsNotTrusted() {
    refused(verified("other"), ErrorCode.TARGET_UNREACHABLE);
  }

  private static void refused(Target target, ErrorCode code) {
    assertThatThrownBy(() -> CatalogSamples.open(target))
        .isInstanceOfSatisfying(RubiconException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageNotContaining(server.password());
  }
}
