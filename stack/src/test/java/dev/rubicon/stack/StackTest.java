package dev.rubicon.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.stack.process.Ports;
import dev.rubicon.stack.process.Programs;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackTest {
  @TempDir Path folder;

  @BeforeEach
  void reachable() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void everythingListensOnLoopbackOnly() throws Exception {
    List<Integer> ports;
    try (var stack = Stack.start(folder, Stack.Kind.EMBEDDED, List.of("RubiconTarget"))) {
      ports =
          List.of(
              stack.postgres().port(),
              stack.s3().port(),
              Integer.parseInt(stack.temporal().address().split(":")[1]));
      var listeners = ListeningSockets.of(ProcessHandle.current());
      assertThat(listeners).extracting(ListeningSockets.Listener::port).containsAll(ports);
      assertThat(listeners).allMatch(ListeningSockets.Listener::loopback);
      assertThat(TemporalProbe.answers(stack.temporal().address(), "default")).isTrue();
    }
    assertThat(ListeningSockets.of(ProcessHandle.current()))
        .extracting(ListeningSockets.Listener::port)
        .doesNotContainAnyElementsOf(ports);
  }

  @Test
  void theInProcessTemporalTakesRegisteredSearchAttributesOnly() {
    try (var temporal = EmbeddedTemporal.start(0, List.of("RubiconTarget"))) {
      var stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.address()).build());
      try {
        var client = WorkflowClient.newInstance(stubs);
        assertThatCode(() -> startWith(client, "RubiconTarget")).doesNotThrowAnyException();
        assertThatThrownBy(() -> startWith(client, "NobodyRegisteredThis"))
            .hasStackTraceContaining("NobodyRegisteredThis");
      } finally {
        stubs.shutdownNow();
      }
    }
  }

  private static void startWith(WorkflowClient client, String attribute) {
    client
        .newUntypedWorkflowStub(
            "Any",
            WorkflowOptions.newBuilder()
                .setTaskQueue("any")
                .setWorkflowId(attribute)
                .setTypedSearchAttributes(
                    SearchAttributes.newBuilder()
                        .set(SearchAttributeKey.forKeyword(attribute), "prod")
                        .build())
                .build())
        .start();
  }

  @Test
  void theDevelopmentServerOfTemporalListensOnLoopbackAndKeepsItsFile() throws Exception {
    assumeTrue(DevTemporal.program().isPresent(), "not run: no temporal program on the PATH");
    Path file = folder.resolve("temporal.db");
    try (var temporal = DevTemporal.start(file, 0, 0, List.of("RubiconTarget"))) {
      var listeners = ListeningSockets.of(ProcessHandle.of(temporal.pid()).orElseThrow());
      assertThat(listeners).isNotEmpty().allMatch(ListeningSockets.Listener::loopback);
      assertThat(TemporalProbe.keywords(temporal.address(), "default")).contains("RubiconTarget");
      String address = temporal.address();
      temporal.kill();
      assertThat(TemporalProbe.answers(address, "default")).isFalse();
      temporal.restart();
      assertThat(temporal.address()).isEqualTo(address);
      assertThat(TemporalProbe.keywords(address, "default")).contains("RubiconTarget");
      assertThat(file).exists();
    }
  }

  @Test
  void aClusterKeepsItsDataAndItsPasswordAcrossOwners() throws Exception {
    var options = LocalPostgres.Options.in(folder).password("stable").durable(true);
    try (var first = LocalPostgres.start(options)) {
      try (var connection = connect(first, "stable");
          var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE kept AS SELECT 7 AS n");
      }
      first.crashAndRestart();
    }
    int port = Ports.free();
    try (var second =
            LocalPostgres.start(
                options.port(port).settings(Map.of("application_name", "it's ours")));
        var connection = connect(second, "stable");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT n, current_setting('fsync') FROM kept")) {
      assertThat(second.port()).isEqualTo(port);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(7);
      assertThat(rows.getString(2)).isEqualTo("on");
    }
    assertThatThrownBy(() -> LocalPostgres.start(options.password("another")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("created with another password");
  }

  @Test
  void rootCanKeepAClusterBelowAFolderThatOnlyRootMayEnter() throws Exception {
    assumeTrue(ServerUser.isRoot(), "not run: only root has the server run as another user");
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    var options = LocalPostgres.Options.in(closed.resolve("cluster")).password("stable");
    Path data;
    try (var first = LocalPostgres.start(options)) {
      data = first.data();
    }
    try (var second = LocalPostgres.start(options)) {
      assertThat(second.data()).isEqualTo(data);
    } finally {
      Programs.run(List.of("rm", "-r", data.getParent().toString()));
    }
  }

  @Test
  void zonkysBinariesAreUnpackedAndRun() throws Exception {
    Path bin = PostgresBinaries.ofMajor(14, folder.resolve("binaries")).orElseThrow();
    assertThat(PostgresBinaries.major(bin)).isEqualTo(14);
    try (var server =
            LocalPostgres.start(LocalPostgres.Options.in(folder.resolve("cluster")).binaries(bin));
        var connection = connect(server, server.password())) {
      assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(14);
    }
  }

  @Test
  void aServerEndsWithItsOwnerEvenWhenTheOwnerIsKilled() throws Exception {
    Path told = folder.resolve("told");
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var owner =
        new ProcessBuilder(
                java,
                "-cp",
                classpath(
                    Owner.class,
                    LocalPostgres.class,
                    org.postgresql.Driver.class,
                    org.tukaani.xz.XZInputStream.class,
                    org.apache.commons.compress.archivers.tar.TarArchiveInputStream.class),
                Owner.class.getName(),
                folder.resolve("orphan").toString(),
                told.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("owner.log").toFile())
            .start();
    until(Duration.ofSeconds(60), () -> Files.exists(told) || !owner.isAlive());
    assertThat(told).as(Files.readString(folder.resolve("owner.log"))).exists();
    long pid = Long.parseLong(Files.readString(told));
    assertThat(ProcessHandle.of(pid)).isPresent();

    owner.destroyForcibly().waitFor();

    until(Duration.ofSeconds(20), () -> ProcessHandle.of(pid).isEmpty());
    assertThat(ProcessHandle.of(pid)).isEmpty();
  }

  /** Starts a server, tells its pid, and waits to be killed. */
  static final class Owner {
    public static void main(String[] arguments) throws Exception {
      var server = LocalPostgres.start(Path.of(arguments[0]), Map.of());
      Path told = Path.of(arguments[1]);
      Path partial = Files.writeString(told.resolveSibling("partial"), "" + server.pid());
      Files.move(partial, told);
      Thread.currentThread().join();
    }
  }

  private static String classpath(Class<?>... classes) {
    return Stream.of(classes)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
        .map(location -> Path.of(URI.create(location.toString())).toString())
        .collect(Collectors.joining(java.io.File.pathSeparator));
  }

  private static Connection connect(PostgresServer server, String password) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl("postgres"), server.superuser(), password);
  }

  private static void until(Duration limit, BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(limit);
    while (!condition.getAsBoolean() && Instant.now().isBefore(deadline)) {
      Programs.pause();
    }
  }
}
