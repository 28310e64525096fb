package dev.rubicon.stack;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Objects;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * PostgreSQL in a container, of the image that {@code RUBICON_TEST_POSTGRES_IMAGE} names, with the
 * settings of a {@link LocalPostgres}. Needs Docker and, on the classpath, Testcontainers.
 */
final class ContainerPostgres implements PostgresServer {
  static final String IMAGE = "RUBICON_TEST_POSTGRES_IMAGE";
  private static final String LOOPBACK = "127.0.0.1";
  private static final long SHARED_MEMORY = 256L << 20;

  private final PostgreSQLContainer container;
  private final String host;

  private ContainerPostgres(PostgreSQLContainer container, String host) {
    this.container = container;
    this.host = host;
  }

  static ContainerPostgres start() {
    var image = ContainerImage.present(IMAGE, "postgres:18").asCompatibleSubstituteFor("postgres");
    var container =
        new PostgreSQLContainer(image)
            .withUsername("postgres")
            .withDatabaseName("postgres")
            // initdb takes encoding and collation from here; images differ in what they set.
            .withEnv("LANG", "C.UTF-8")
            // Parallel queries share more than the 64 MB that Docker gives.
            .withSharedMemorySize(SHARED_MEMORY)
            .withCommand(
                "postgres",
                "-c",
                "max_connections=200",
                "-c",
                "fsync=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "full_page_writes=off");
    boolean here = isThisMachine(container.getHost());
    if (here) {
      container.withCreateContainerCmdModifier(
          create -> onLoopback(Objects.requireNonNull(create.getHostConfig())));
    }
    container.start();
    return new ContainerPostgres(container, here ? LOOPBACK : container.getHost());
  }

  /** Also where Testcontainers names the bridge's address, as it does inside a container. */
  private static boolean isThisMachine(String host) {
    try {
      return NetworkInterface.getByInetAddress(InetAddress.getByName(host)) != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Docker would publish the port on every address of this machine. */
  private static void onLoopback(HostConfig host) {
    host.withPortBindings(
        new PortBinding(
            Binding.bindIp(LOOPBACK), ExposedPort.tcp(PostgreSQLContainer.POSTGRESQL_PORT)));
  }

  @Override
  public String host() {
    return host;
  }

  /** Asked anew each time: a restart may map another port. */
  @Override
  public int port() {
    return Integer.parseInt(published().getFirst().getHostPortSpec());
  }

  /** The addresses of the machine that the port is reached on. */
  List<String> publishedOn() {
    return published().stream().map(Binding::getHostIp).toList();
  }

  private List<Binding> published() {
    var ports =
        container
            .getDockerClient()
            .inspectContainerCmd(container.getContainerId())
            .exec()
            .getNetworkSettings()
            .getPorts()
            .getBindings();
    return List.of(ports.get(ExposedPort.tcp(PostgreSQLContainer.POSTGRESQL_PORT)));
  }

  @Override
  public String superuser() {
    return container.getUsername();
  }

  @Override
  public String password() {
    return container.getPassword();
  }

  @Override
  public void crashAndRestart() {
    var docker = container.getDockerClient();
    docker.killContainerCmd(container.getContainerId()).exec();
    docker.startContainerCmd(container.getContainerId()).exec();
    Wait.forSuccessfulCommand("pg_isready -h 127.0.0.1 -U postgres").waitUntilReady(container);
  }

  @Override
  public void close() {
    container.stop();
  }
}
