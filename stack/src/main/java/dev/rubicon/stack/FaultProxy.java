package dev.rubicon.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * An HTTP proxy on loopback that fails on demand: it answers with an error, breaks the connection
 * in the middle of a request or of an answer, loses the answer to a request that has arrived, stops
 * moving bytes without an error, or moves them slowly.
 */
public final class FaultProxy implements AutoCloseable {
  private final URI upstream;
  private final ServerSocket server;
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Request> seen = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch healed = new CountDownLatch(1);

  private FaultProxy(URI upstream, ServerSocket server) {
    this.upstream = upstream;
    this.server = server;
  }

  /**
   * @param path with its query
   */
  public record Request(String method, String path) {}

  /** What goes wrong. */
  public sealed interface Fault {
    /** The request never reaches the server. */
    record Answer(int status) implements Fault {}

    /** The connection breaks after so many bytes of the request's body; the server sees nothing. */
    record BreakRequest(long afterBytes) implements Fault {}

    /** The server does its work; the client gets the answer up to so many bytes of its body. */
    record BreakAnswer(long afterBytes) implements Fault {}

    /** The server does its work; the client gets no answer. */
    record LoseAnswer() implements Fault {}

    /**
     * After so many bytes of the request's body nothing is read any more; the connection stays
     * open.
     */
    record StallRequest(long afterBytes) implements Fault {}

    /** The server does its work; after so many bytes of the answer's body nothing comes. */
    record StallAnswer(long afterBytes) implements Fault {}

    /** Both directions move, at this rate. */
    record Slow(long bytesPerSecond) implements Fault {}
  }

  private record Rule(Predicate<Request> match, Fault fault, AtomicInteger left) {}

  /** Listens on a free port. */
  public static FaultProxy before(URI upstream) {
    try {
      var proxy =
          new FaultProxy(upstream, new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
      Thread.ofPlatform().daemon().name("fault-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** The next so many matching requests fail. */
  public void inject(int times, Fault fault, Predicate<Request> match) {
    rules.add(new Rule(match, fault, new AtomicInteger(times)));
  }

  /** No more faults; connections that stand still are closed. */
  public void heal() {
    rules.clear();
    CountDownLatch before = healed;
    healed = new CountDownLatch(1);
    before.countDown();
  }

  /** All requests so far, in order of arrival. */
  public List<Request> seen() {
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    heal();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofPlatform().daemon().name("fault-proxy").start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      exchange(client);
    } catch (IOException e) {
      // One side hung up: the other learns it by the end of its connection.
      return;
    }
  }

  private void exchange(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    String head = HttpBytes.head(in);
    if (head.isEmpty()) {
      return;
    }
    String[] first = head.substring(0, head.indexOf("\r\n")).split(" ");
    var request = new Request(first[0], first[1]);
    seen.add(request);
    Optional<Fault> fault = fault(request);
    long length = HttpBytes.header(head, "content-length").map(Long::parseLong).orElse(0L);
    OutputStream out = client.getOutputStream();
    if (HttpBytes.header(head, "expect").isPresent()) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
    if (fault.orElse(null) instanceof Fault.BreakRequest(long after)) {
      in.readNBytes((int) Math.min(after, length));
      HttpBytes.reset(client);
      return;
    }
    if (fault.orElse(null) instanceof Fault.StallRequest(long after)) {
      in.skipNBytes(Math.min(after, length));
      standStill();
      return;
    }
    if (fault.orElse(null) instanceof Fault.Answer(int status)) {
      in.skipNBytes(length);
      String body =
          "<?xml version=\"1.0\"?><Error><Code>Injected</Code><Message>injected</Message></Error>";
      out.write(
          ("HTTP/1.1 "
                  + status
                  + " Injected\r\nContent-Type: application/xml\r\nContent-Length: "
                  + body.length()
                  + "\r\nConnection: close\r\n\r\n"
                  + body)
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return;
    }
    forward(head, in, length, client, fault);
  }

  private void forward(
      String head, InputStream in, long length, Socket client, Optional<Fault> fault)
      throws IOException {
    try (var server = new Socket(upstream.getHost(), upstream.getPort())) {
      OutputStream toServer = server.getOutputStream();
      toServer.write(HttpBytes.asSingleRequest(head).getBytes(StandardCharsets.ISO_8859_1));
      if (fault.orElse(null) instanceof Fault.Slow(long rate)) {
        HttpBytes.trickle(in, toServer, length, rate);
      } else {
        HttpBytes.copy(in, toServer, length);
      }
      toServer.flush();
      InputStream fromServer = server.getInputStream();
      String answer = HttpBytes.head(fromServer);
      switch (fault.orElse(null)) {
        case Fault.LoseAnswer() -> {
          fromServer.transferTo(OutputStream.nullOutputStream());
          HttpBytes.reset(client);
        }
        case Fault.BreakAnswer(long after) -> {
          client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
          HttpBytes.copy(fromServer, client.getOutputStream(), after);
          client.getOutputStream().flush();
          HttpBytes.reset(client);
        }
        case Fault.StallAnswer(long after) -> {
          client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
          HttpBytes.copy(fromServer, client.getOutputStream(), after);
          client.getOutputStream().flush();
          standStill();
        }
        case Fault.Slow(long rate) -> {
          client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
          HttpBytes.trickle(fromServer, client.getOutputStream(), Long.MAX_VALUE, rate);
        }
        case null, default -> {
          client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
          fromServer.transferTo(client.getOutputStream());
          client.getOutputStream().flush();
        }
      }
    }
  }

  private void standStill() throws IOException {
    try {
      healed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Optional<Fault> fault(Request request) {
    for (Rule rule : rules) {
      if (rule.match().test(request) && rule.left().getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        return Optional.of(rule.fault());
      }
    }
    return Optional.empty();
  }
}
