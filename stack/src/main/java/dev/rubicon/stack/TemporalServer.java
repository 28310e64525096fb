package dev.rubicon.stack;

import java.util.Optional;

/** A running Temporal server that this process started, with one namespace. */
public interface TemporalServer extends AutoCloseable {

  /** {@code host:port}, plaintext. */
  String address();

  default String namespace() {
    return "default";
  }

  /** Where auditors look, if it has a user interface. */
  Optional<String> uiUrl();

  /** Whether histories survive a restart of the server. */
  boolean durable();

  @Override
  void close();
}
