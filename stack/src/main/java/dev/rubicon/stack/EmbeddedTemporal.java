package dev.rubicon.stack;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.temporal.internal.testservice.GRPCServerHelper;
import io.temporal.internal.testservice.TestServicesStarter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Temporal's in-process test server in real time. It keeps nothing on disk and has no list, no
 * schedules and no user interface. The library's own port-bound variant listens on every interface,
 * so its services stand behind another server on loopback.
 */
public final class EmbeddedTemporal implements TemporalServer {
  private final TestServicesStarter services;
  private final Server server;
  private final ScheduledExecutorService deadlines;

  private EmbeddedTemporal(
      TestServicesStarter services, Server server, ScheduledExecutorService deadlines) {
    this.services = services;
    this.server = server;
    this.deadlines = deadlines;
  }

  /**
   * @param port 0: a free one
   * @param keywords names of search attributes to register, all of type Keyword
   */
  public static EmbeddedTemporal start(int port, List<String> keywords) {
    // Time skipping stays locked: time runs as on the wall.
    var services = new TestServicesStarter(true, 0);
    ScheduledExecutorService deadlines =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("temporal-polls").factory());
    try {
      var builder =
          NettyServerBuilder.forAddress(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              InsecureServerCredentials.create());
      builder.intercept(new NoStickyQueues());
      builder.intercept(new PollsEndEarly(deadlines));
      GRPCServerHelper.registerServicesAndHealthChecks(services.getServices(), builder);
      var server = builder.build().start();
      var temporal = new EmbeddedTemporal(services, server, deadlines);
      TemporalProbe.register(temporal.address(), temporal.namespace(), keywords);
      return temporal;
    } catch (IOException e) {
      deadlines.shutdownNow();
      services.close();
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String address() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public Optional<String> uiUrl() {
    return Optional.empty();
  }

  @Override
  public boolean durable() {
    return false;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      // The port is free for the next server.
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    deadlines.shutdownNow();
    services.close();
  }
}
