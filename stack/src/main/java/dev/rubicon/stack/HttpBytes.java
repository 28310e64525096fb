package dev.rubicon.stack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;

/** An HTTP exchange as bytes on two sockets: its head, and how its body moves or breaks off. */
final class HttpBytes {
  private HttpBytes() {}

  /** One exchange per connection keeps the proxy free of framing: the end is the end. */
  static String asSingleRequest(String head) {
    var lines = new ArrayList<String>();
    for (String line : head.split("\r\n")) {
      String name = line.toLowerCase(Locale.ROOT);
      if (!name.startsWith("connection:") && !name.startsWith("expect:")) {
        lines.add(line);
      }
    }
    lines.add("Connection: close");
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  static Optional<String> header(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }

  /** Up to and including the empty line. */
  static String head(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    int state = 0;
    while (state < 4) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      bytes.write(b);
      state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : b == '\r' ? 1 : 0;
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  static void copy(InputStream from, OutputStream to, long bytes) throws IOException {
    var chunk = new byte[1 << 16];
    long left = bytes;
    while (left > 0) {
      int got = from.read(chunk, 0, (int) Math.min(chunk.length, left));
      if (got < 0) {
        throw new IOException("the sender hung up");
      }
      to.write(chunk, 0, got);
      left -= got;
    }
  }

  /** Ten pieces a second, up to so many bytes or to the end. */
  static void trickle(InputStream from, OutputStream to, long bytes, long rate) throws IOException {
    var piece = new byte[Math.toIntExact(Math.max(1, rate / 10))];
    long left = bytes;
    while (left > 0) {
      int got = from.readNBytes(piece, 0, (int) Math.min(piece.length, left));
      if (got == 0) {
        return;
      }
      to.write(piece, 0, got);
      to.flush();
      left -= got;
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /** RST instead of FIN: what a cable that is pulled looks like to the other side. */
  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
