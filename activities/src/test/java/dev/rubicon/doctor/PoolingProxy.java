package dev.rubicon.doctor;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * A small transaction pooler over real connections, as PgBouncer's {@code pool_mode = transaction}:
 * each client logs in through to the server, and whenever its backend is idle, it goes back into a
 * pool from which the next statement of any client takes the one returned last.
 */
final class PoolingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int serverPort;
  private final boolean pooling;
  private final BlockingDeque<Backend> pool = new LinkedBlockingDeque<>();
  private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();

  private PoolingProxy(ServerSocket listener, int serverPort, boolean pooling) {
    this.listener = listener;
    this.serverPort = serverPort;
    this.pooling = pooling;
  }

  /**
   * @param pooling false: every client keeps its backend, as in session mode
   */
  static PoolingProxy before(int serverPort, boolean pooling) throws IOException {
    var proxy =
        new PoolingProxy(
            new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), serverPort, pooling);
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  private record Backend(DataInputStream in, OutputStream out) {}

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException closed) {
      assert listener.isClosed();
    }
  }

  private void serve(Socket client) {
    try {
      var in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
      OutputStream out = client.getOutputStream();
      Backend backend = logIn(in, out);
      while (true) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        int type;
        do {
          type = message(in, request);
          if (type < 0 || type == 'X') {
            return;
          }
        } while (type != 'Q' && type != 'S');
        if (backend == null) {
          backend = pool.takeFirst();
        }
        backend.out().write(request.toByteArray());
        backend.out().flush();
        if (relayUntilReady(backend, out) == 'I' && pooling) {
          pool.putFirst(backend);
          backend = null;
        }
      }
    } catch (IOException gone) {
      // The client or the server ended the connection; so does this side.
      close(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Backend logIn(DataInputStream in, OutputStream out)
      throws IOException, InterruptedException {
    var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
    sockets.add(server);
    var backend =
        new Backend(
            new DataInputStream(new BufferedInputStream(server.getInputStream())),
            server.getOutputStream());
    while (true) {
      int length = in.readInt();
      byte[] body = in.readNBytes(length - 4);
      int code = java.nio.ByteBuffer.wrap(body).getInt();
      if (code == 80877103 || code == 80877104) {
        out.write('N'); // neither TLS nor GSS
        out.flush();
        continue;
      }
      backend.out().write(java.nio.ByteBuffer.allocate(4).putInt(length).array());
      backend.out().write(body);
      backend.out().flush();
      break;
    }
    // The client answers each request for a password before the server says that it is ready.
    while (true) {
      var answer = new ByteArrayOutputStream();
      int type = message(backend.in(), answer);
      out.write(answer.toByteArray());
      out.flush();
      byte[] bytes = answer.toByteArray();
      if (type == 'Z') {
        break;
      }
      int kind = type == 'R' ? java.nio.ByteBuffer.wrap(bytes, 5, 4).getInt() : 0;
      if (kind != 0 && kind != 12) {
        var reply = new ByteArrayOutputStream();
        message(in, reply);
        backend.out().write(reply.toByteArray());
        backend.out().flush();
      }
    }
    if (pooling) {
      pool.putFirst(backend);
      return null;
    }
    return backend;
  }

  private static int relayUntilReady(Backend backend, OutputStream out) throws IOException {
    while (true) {
      var answer = new ByteArrayOutputStream();
      int type = message(backend.in(), answer);
      byte[] bytes = answer.toByteArray();
      out.write(bytes);
      if (type == 'Z') {
        out.flush();
        return bytes[5];
      }
      if (type < 0) {
        throw new IOException("the server is gone");
      }
    }
  }

  /** Copies one message; its type, or -1 at the end. */
  private static int message(DataInputStream in, ByteArrayOutputStream to) throws IOException {
    int type = in.read();
    if (type < 0) {
      return -1;
    }
    int length = in.readInt();
    to.write(type);
    to.write(java.nio.ByteBuffer.allocate(4).putInt(length).array());
    to.write(in.readNBytes(length - 4));
    return type;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    sockets.forEach(PoolingProxy::close);
  }
}
