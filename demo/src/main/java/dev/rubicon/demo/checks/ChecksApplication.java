package dev.rubicon.demo.checks;

import dev.rubicon.demo.app.Arguments;
import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.Loopback;
import dev.rubicon.demo.app.Service;
import java.io.IOException;

/**
 * The service on a port of its own:
 *
 * <pre>
 * ChecksApplication --build old|new --port 8080 --jdbc-url jdbc:postgresql://… --user … [--debug]
 * </pre>
 *
 * The password stands in the environment, in {@code APP_PASSWORD}.
 */
public final class ChecksApplication implements AutoCloseable {
  private final ChecksService service;
  private final Loopback server;

  private ChecksApplication(ChecksService service, Loopback server) {
    this.service = service;
    this.server = server;
  }

  /**
   * @param build {@code old} or {@code new}
   * @param port 0: any free one
   * @param debug whether failures can be planted
   */
  public static ChecksApplication start(String build, int port, Database database, boolean debug)
      throws IOException {
    var service = new ChecksService(build, database, debug);
    return new ChecksApplication(
        service, new Loopback(port, e -> service.handle(e, e.getRequestURI().getPath())));
  }

  /**
   * What a deployer starts.
   *
   * @param debug whether failures can be planted
   */
  public static Service.Factory services(boolean debug) {
    return (build, database) -> new ChecksService(build, database, debug);
  }

  public String url() {
    return server.url();
  }

  @Override
  public void close() {
    server.close();
    service.close();
  }

  public static void main(String... words) throws IOException {
    var arguments = Arguments.of(words);
    var database =
        new Database(
            arguments.get("jdbc-url"),
            arguments.get("user"),
            Arguments.environment("APP_PASSWORD"));
    var application =
        start(
            arguments.get("build"),
            Integer.parseInt(arguments.get("port")),
            database,
            arguments.has("debug"));
    System.out.println("ready " + application.url());
  }
}
