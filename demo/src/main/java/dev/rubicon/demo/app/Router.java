package dev.rubicon.demo.app;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Leads requests on the stable port to the instance that is current. A switch loses none: new
 * requests go to the new instance from one moment on, and the old one ends when its last is
 * answered.
 */
final class Router implements AutoCloseable {
  private static final Duration DRAIN = Duration.ofSeconds(30);

  private volatile Instance current;

  Router(Service first) {
    current = new Instance(first);
  }

  private static final class Instance {
    final Service service;
    final AtomicInteger busy = new AtomicInteger();

    Instance(Service service) {
      this.service = service;
    }
  }

  Service current() {
    return current.service;
  }

  void handle(HttpExchange exchange) throws IOException {
    Instance instance = enter();
    try {
      instance.service.handle(exchange, exchange.getRequestURI().getPath());
    } finally {
      instance.busy.decrementAndGet();
    }
  }

  private Instance enter() {
    while (true) {
      Instance instance = current;
      instance.busy.incrementAndGet();
      // Only an instance that is still current after it was marked busy is waited for.
      if (instance == current) {
        return instance;
      }
      instance.busy.decrementAndGet();
    }
  }

  /** Switches, waits until the old instance has answered what it has, and ends it. */
  synchronized void switchTo(Service next) {
    Instance old = current;
    current = new Instance(next);
    long deadline = System.nanoTime() + DRAIN.toNanos();
    while (old.busy.get() > 0 && System.nanoTime() < deadline) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    old.service.close();
  }

  @Override
  public void close() {
    current.service.close();
  }
}
