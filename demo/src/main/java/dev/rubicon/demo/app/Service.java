package dev.rubicon.demo.app;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/** One running instance of a fixture's application: a build on a database. */
public interface Service extends AutoCloseable {

  /** {@code old} or {@code new}. */
  String build();

  /** Whether it can answer. */
  boolean ready();

  /** Answers one request; the path is given because a router may have cut a prefix off. */
  void handle(HttpExchange exchange, String path) throws IOException;

  @Override
  void close();

  /** How an instance comes about. */
  @FunctionalInterface
  interface Factory {
    Service start(String build, Database database);
  }
}
