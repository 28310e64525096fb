package dev.rubicon.http;

import dev.rubicon.client.Rollouts;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.temporal.TemporalConnection;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** The verbs, over the worker's own connection to Temporal. */
@Factory
final class HttpBeans {

  @Singleton
  @Bean(preDestroy = "close")
  Ledger ledger(RubiconConfig config) {
    return Ledger.open(config.ledger());
  }

  @Singleton
  @Bean(preDestroy = "close")
  ObjectStore store(RubiconConfig config) {
    return ObjectStore.open(config.objectStore());
  }

  /** Not closed: what it works with belongs to others. */
  @Singleton
  Rollouts rollouts(RubiconConfig config, TemporalConnection temporal, Ledger ledger) {
    return new Rollouts(config, temporal, ledger);
  }
}
