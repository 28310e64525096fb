package dev.rubicon.demo;

import dev.rubicon.demo.grow.client.GrowClients;
import dev.rubicon.demo.grow.client.GrowProof;
import dev.rubicon.up.EmbeddedStack;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;

/** The greenhouse database of runbook grow-cycle, and both builds of its services. */
final class GrowFixture implements Fixture {
  private static final String DATABASE = "grow";
  private static final double PER_SECOND = 60;

  private final FixtureSite site;
  private GrowClients clients;

  /**
   * @param source the runbook's folder
   */
  GrowFixture(Path source) {
    this.site = new FixtureSite(source, DATABASE);
  }

  @Override
  public String runbook() {
    return "grow-cycle";
  }

  @Override
  public String database() {
    return DATABASE;
  }

  @Override
  public int usualRows() {
    return 60_000;
  }

  @Override
  public long slowRate(int rows) {
    return Math.max(200, rows / 8);
  }

  @Override
  public void create(EmbeddedStack stack) {
    site.create(stack);
  }

  @Override
  public void load(int rows) {
    site.load("grow.rows", rows);
  }

  /** Its clients are the backend: nobody is asked to switch builds. */
  @Override
  public Map<String, String> startApplication(EmbeddedStack stack) {
    return Map.of();
  }

  @Override
  public void startClients() {
    clients = GrowClients.ofBoth(site.database(), PER_SECOND);
  }

  @Override
  public void startNewVersionClients() {
    clients.close();
    clients = GrowClients.ofNew(site.database(), PER_SECOND);
  }

  @Override
  public Findings prove() {
    clients.stop();
    return findings(clients::prove);
  }

  @Override
  public Findings proveInBetween() {
    return findings(clients::proveInBetween);
  }

  private static Findings findings(Callable<GrowProof> search) {
    try {
      GrowProof proof = search.call();
      return new Findings(
          proof.acknowledged(),
          proof.lost(),
          proof.duplicated(),
          proof.refusals(),
          proof.holds(),
          proof.problems());
    } catch (Exception e) {
      throw new IllegalStateException("what was acknowledged cannot be looked up", e);
    }
  }

  @Override
  public long acknowledged(Instant from, Instant to) {
    return clients.journal().acknowledged(from, to);
  }

  @Override
  public long maxStallMillis(Instant from, Instant to) {
    return clients.journal().maxStallMillis(from, to);
  }

  @Override
  public void close() {
    if (clients != null) {
      clients.close();
    }
    site.close();
  }
}
