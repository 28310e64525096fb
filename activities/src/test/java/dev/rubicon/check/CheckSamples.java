package dev.rubicon.check;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.stack.SharedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Targets, contexts and a small HTTP server for the tests of checks. */
public final class CheckSamples {
  private CheckSamples() {}

  public static Target target(String database, Map<String, String> variables) {
    var server = SharedPostgres.server();
    return new Target(
        "prod",
        server.jdbcUrl(database),
        server.superuser(),
        new Secret(server.password()),
        variables);
  }

  public static Target freshTarget(String sql, Map<String, String> variables) {
    Target target = target(SharedPostgres.freshDatabase("check"), variables);
    try (PgSession session =
        PgSession.open(target, new SessionTag("t", Phase.SMOKE), SessionLimits.SHORT)) {
      session.execute("RESET search_path");
      session.execute(sql);
    }
    return target;
  }

  /**
   * @param yaml smoke, watch, … at the top level
   */
  public static Bundle bundle(Path folder, String canonical, String yaml) {
    write(folder.resolve("canonical/schema.sql"), canonical);
    write(folder.resolve("local/sample.sql"), "INSERT INTO item (id, name) VALUES (1, 'local')");
    write(
        folder.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: sample
        title: A sample
        description: For a test
        canonical: {sql: [canonical/schema.sql]}
        backup: {external: elsewhere}
        clone: {none: a test}
        """
            + yaml);
    return RunbookReader.read(folder);
  }

  public static PhaseContext context(Bundle bundle, Target target, Phase phase, Probe probe) {
    return new PhaseContext(
        new PhaseInput("r-1", "prod", bundle.digest(), "alice", phase, 1),
        bundle,
        target,
        probe.evidence,
        probe);
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Collects what a phase says, and cancels it on request. */
  public static final class Probe implements Progress {
    public final KeptEvidence evidence = new KeptEvidence();
    private final List<Runnable> stops = new CopyOnWriteArrayList<>();
    private volatile boolean cancelled;
    private volatile String last = "";

    public void cancel() {
      cancelled = true;
      stops.forEach(Runnable::run);
    }

    @Override
    public void update(String what, long done, long total, String note) {
      last = note;
    }

    /** The note that is shown. */
    public String last() {
      return last;
    }

    @Override
    public void checkCancelled() {
      if (cancelled) {
        throw new PhaseCancelled("test");
      }
    }

    @Override
    public Handle cancelsWith(PgSession session) {
      return cancelsWith(session::cancelRunning);
    }

    @Override
    public Handle cancelsWith(Runnable stop) {
      stops.add(stop);
      return () -> stops.remove(stop);
    }

    @Override
    public Control control() {
      return Control.NONE;
    }
  }

  /** An HTTP server on loopback that keeps what it was asked. */
  public static final class Web implements AutoCloseable {
    public final List<Request> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    public record Request(String route, Map<String, List<String>> headers, String body) {}

    public record Reply(int status, String body) {}

    public Web(Function<Request, Reply> behaviour) {
      this(0, behaviour);
    }

    public Web(int port, Function<Request, Reply> behaviour) {
      try {
        server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      server.createContext("/", exchange -> answer(exchange, behaviour));
      server.setExecutor(Runnable::run);
      server.start();
    }

    private void answer(HttpExchange exchange, Function<Request, Reply> behaviour)
        throws IOException {
      var request =
          new Request(
              exchange.getRequestMethod() + " " + exchange.getRequestURI(),
              Map.copyOf(exchange.getRequestHeaders()),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      requests.add(request);
      Reply reply = behaviour.apply(request);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }

    public int port() {
      return server.getAddress().getPort();
    }

    public String url() {
      return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
