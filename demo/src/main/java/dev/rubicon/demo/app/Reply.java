package dev.rubicon.demo.app;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An answer as JSON. */
public record Reply(int status, Map<String, ?> body) {

  public void send(HttpExchange exchange) throws IOException {
    byte[] bytes = (MiniJson.write(body) + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  public static Reply error(int status, String message) {
    return new Reply(status, Map.of("error", message));
  }

  /** The request's body as a JSON object; empty where there is none. */
  public static Map<?, ?> request(HttpExchange exchange) throws IOException {
    String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    return text.isBlank() ? Map.of() : MiniJson.object(text);
  }
}
