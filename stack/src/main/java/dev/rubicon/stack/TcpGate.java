package dev.rubicon.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A door in front of a server on loopback. Closed, it resets every connection that there is and
 * every one that comes; the port stays taken, so that no other process gets it meanwhile. It can be
 * turned to another server, as an address is that moves to a promoted standby.
 */
public final class TcpGate implements AutoCloseable {
  private volatile int upstream;
  private final ServerSocket server;
  private final Set<Socket> through = ConcurrentHashMap.newKeySet();
  private volatile boolean denied;

  private TcpGate(int upstream, ServerSocket server) {
    this.upstream = upstream;
    this.server = server;
  }

  /** Listens on a free port, open. */
  public static TcpGate before(int port) {
    try {
      var gate = new TcpGate(port, new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
      Thread.ofPlatform().daemon().name("tcp-gate").start(gate::accept);
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Closes the door. */
  public void deny() {
    denied = true;
    through.forEach(TcpGate::reset);
  }

  /** Opens it again. */
  public void allow() {
    denied = false;
  }

  /** Leads to another port from now on; connections to the one before are reset. */
  public void leadTo(int port) {
    upstream = port;
    through.forEach(TcpGate::reset);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    through.forEach(TcpGate::reset);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofPlatform().daemon().start(() -> pass(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void pass(Socket client) {
    if (denied) {
      reset(client);
      return;
    }
    int port = upstream;
    try (client;
        var there = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      through.add(client);
      through.add(there);
      try {
        if (denied || port != upstream) {
          // Closed or turned after the check above, before this connection was registered.
          reset(client);
          return;
        }
        Thread answers = Thread.ofPlatform().daemon().start(() -> copy(there, client));
        copy(client, there);
        answers.join();
      } finally {
        through.remove(client);
        through.remove(there);
      }
    } catch (IOException e) {
      reset(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One side hung up: so does the other.
      reset(from);
      reset(to);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is closed already.
      return;
    }
  }
}
