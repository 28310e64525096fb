package dev.rubicon.temporal;

import dev.rubicon.config.RubiconConfig;
import java.util.Optional;
import java.util.function.Supplier;

/** A connection to Temporal that is opened when it is first needed. */
public final class LazyTemporal implements Supplier<TemporalConnection>, AutoCloseable {
  private final Supplier<TemporalConnection> open;
  private Optional<TemporalConnection> connection = Optional.empty();

  private LazyTemporal(Supplier<TemporalConnection> open) {
    this.open = open;
  }

  public static LazyTemporal to(RubiconConfig.Temporal config) {
    return new LazyTemporal(() -> TemporalConnection.open(config));
  }

  public static LazyTemporal of(TemporalConnection connection) {
    return new LazyTemporal(() -> connection);
  }

  /** Connects, or fails with {@code TEMPORAL_UNREACHABLE}; the next call tries again. */
  @Override
  public synchronized TemporalConnection get() {
    if (connection.isEmpty()) {
      connection = Optional.of(open.get());
    }
    return connection.get();
  }

  @Override
  public synchronized void close() {
    connection.ifPresent(TemporalConnection::close);
  }
}
