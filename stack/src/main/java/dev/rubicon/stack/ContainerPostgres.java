package dev.rubicon.stack;

import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * PostgreSQL in a container, of the image that {@code RUBICON_TEST_POSTGRES_IMAGE} names. Needs
 * Docker and, on the classpath, Testcontainers.
 */
final class ContainerPostgres implements PostgresServer {
  private final PostgreSQLContainer container;

  private ContainerPostgres(PostgreSQLContainer container) {
    this.container = container;
  }

  static ContainerPostgres start() {
    String image = System.getenv().getOrDefault("RUBICON_TEST_POSTGRES_IMAGE", "postgres:18");
    var container =
        new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
            .withUsername("postgres")
            .withDatabaseName("postgres");
    container.start();
    return new ContainerPostgres(container);
  }

  @Override
  public String host() {
    return container.getHost();
  }

  /** Asked anew each time: a restart may map another port. */
  @Override
  public int port() {
    var bindings =
        container
            .getDockerClient()
            .inspectContainerCmd(container.getContainerId())
            .exec()
            .getNetworkSettings()
            .getPorts()
            .getBindings();
    return bindings.entrySet().stream()
        .filter(entry -> entry.getKey().getPort() == PostgreSQLContainer.POSTGRESQL_PORT)
        .map(entry -> Integer.parseInt(entry.getValue()[0].getHostPortSpec()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the container maps no port"));
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
