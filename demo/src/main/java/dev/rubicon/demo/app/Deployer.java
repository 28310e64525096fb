package dev.rubicon.demo.app;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What deploys the service, as the owner's pipeline would: production on a stable port, and
 * instances on clones below {@code /instances/<database>/}.
 *
 * <pre>
 * POST /switch   {"build": "new"}                          traffic to that build, no request lost
 * POST /deploy   {"build": "new", "database": "clone_1"}   an instance on a clone
 * POST /undeploy {"database": "clone_1"}
 * GET  /state
 *
 * --port 8081 --app-port 8080 --jdbc-url … --user … [--staging-url … --staging-user …]
 *          [--debug] [--end-with-stdin]
 * </pre>
 *
 * Passwords stand in the environment: {@code APP_PASSWORD}, {@code APP_STAGING_PASSWORD}. Every
 * verb may be called twice.
 */
public final class Deployer implements AutoCloseable {
  private static final String INSTANCES = "/instances/";

  private final Database production;
  private final Database staging;
  private final Service.Factory services;
  private final Router router;
  private final Map<String, Service> instances = new ConcurrentHashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Loopback front;
  private final Loopback control;

  /**
   * Starts with the old build in production.
   *
   * @param staging any database of the server on which clones live
   * @param services starts an instance of a build on a database
   */
  public Deployer(
      int port, int appPort, Database production, Database staging, Service.Factory services)
      throws IOException {
    this.production = production;
    this.staging = staging;
    this.services = services;
    this.router = new Router(services.start("old", production));
    this.front = new Loopback(appPort, router::handle);
    this.control = new Loopback(port, this::handle);
  }

  /** Where the service is reached, whichever build runs. */
  public String appUrl() {
    return front.url();
  }

  public String url() {
    return control.url();
  }

  /** The build that has production's traffic. */
  public String build() {
    return router.current().build();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.startsWith(INSTANCES)) {
      toInstance(exchange, path.substring(INSTANCES.length()));
      return;
    }
    String call = exchange.getRequestHeaders().getFirst("X-Rubicon-Call");
    if (call != null) {
      calls.add(call);
    }
    Reply reply;
    try {
      reply = answer(exchange.getRequestMethod() + " " + path, Reply.request(exchange));
    } catch (IllegalArgumentException e) {
      reply = Reply.error(400, String.valueOf(e.getMessage()));
    }
    reply.send(exchange);
  }

  private void toInstance(HttpExchange exchange, String rest) throws IOException {
    int slash = rest.indexOf('/');
    Service service = slash < 0 ? null : instances.get(rest.substring(0, slash));
    if (service == null) {
      Reply.error(404, "no instance on that database").send(exchange);
    } else {
      service.handle(exchange, rest.substring(slash));
    }
  }

  private Reply answer(String route, Map<?, ?> request) {
    return switch (route) {
      case "POST /switch" -> switchTo(text(request, "build"));
      case "POST /deploy" -> deploy(text(request, "build"), text(request, "database"));
      case "POST /undeploy" -> undeploy(text(request, "database"));
      case "GET /state" -> state();
      default -> Reply.error(404, "no such verb");
    };
  }

  private static String text(Map<?, ?> request, String key) {
    if (request.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(key + " is missing");
  }

  private synchronized Reply switchTo(String build) {
    if (router.current().build().equals(build)) {
      return new Reply(200, Map.of("build", build, "changed", false));
    }
    var next = services.start(build, production);
    if (!next.ready()) {
      next.close();
      return Reply.error(503, "the new instance is not healthy; traffic stays where it is");
    }
    router.switchTo(next);
    return new Reply(200, Map.of("build", build, "changed", true));
  }

  private synchronized Reply deploy(String build, String database) {
    var next = services.start(build, staging.named(database));
    if (!next.ready()) {
      next.close();
      return Reply.error(503, "the instance is not healthy");
    }
    Service before = instances.put(database, next);
    if (before != null) {
      before.close();
    }
    return new Reply(200, Map.of("build", build, "url", url() + INSTANCES + database));
  }

  private synchronized Reply undeploy(String database) {
    Service service = instances.remove(database);
    if (service != null) {
      service.close();
    }
    return new Reply(200, Map.of("changed", service != null));
  }

  private Reply state() {
    var running = new TreeMap<String, String>();
    instances.forEach((database, service) -> running.put(database, service.build()));
    return new Reply(
        200, Map.of("build", build(), "instances", running, "calls", new ArrayList<>(calls)));
  }

  @Override
  public void close() {
    front.close();
    control.close();
    router.close();
    instances.values().forEach(Service::close);
  }

  /** What the program of one service does. */
  public static void run(Arguments arguments, Service.Factory services) throws IOException {
    var production =
        new Database(
            arguments.get("jdbc-url"),
            arguments.get("user"),
            Arguments.environment("APP_PASSWORD"));
    Database staging =
        arguments.find("staging-url").isEmpty()
            ? production
            : new Database(
                arguments.get("staging-url"),
                arguments.get("staging-user"),
                Arguments.environment("APP_STAGING_PASSWORD"));
    var deployer =
        new Deployer(
            Integer.parseInt(arguments.get("port")),
            Integer.parseInt(arguments.get("app-port")),
            production,
            staging,
            services);
    System.out.println("ready deployer=" + deployer.url() + " app=" + deployer.appUrl());
    if (arguments.has("end-with-stdin")) {
      // Ends with the process that started it, even if that one is killed.
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
      deployer.close();
      System.exit(0);
    }
  }
}
