package dev.rubicon.demo;

import dev.rubicon.demo.owner.OwnerDeployer;
import dev.rubicon.demo.owner.client.OwnerClients;
import dev.rubicon.demo.owner.client.OwnerProof;
import dev.rubicon.up.EmbeddedStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;

/** The service of runbook owner-canonical, its deployer, and clients of both versions. */
final class OwnerFixture implements Fixture {
  private static final String DATABASE = "projects";

  private final FixtureSite site;
  private OwnerClients clients;

  /**
   * @param source the runbook's folder
   */
  OwnerFixture(Path source) {
    this.site = new FixtureSite(source, DATABASE);
  }

  @Override
  public String runbook() {
    return "owner-canonical";
  }

  @Override
  public String database() {
    return DATABASE;
  }

  @Override
  public int usualRows() {
    return 50_000;
  }

  /** The first relation of the backfill has half as many rows as the largest. */
  @Override
  public long slowRate(int rows) {
    return Math.max(200, rows / 20);
  }

  @Override
  public void create(EmbeddedStack stack) {
    site.create(stack);
  }

  @Override
  public void load(int rows) {
    site.load("owner.rows", rows);
  }

  @Override
  public Map<String, String> startApplication(EmbeddedStack stack) {
    return site.start(stack, OwnerDeployer.class);
  }

  @Override
  public void startClients() {
    try {
      clients = OwnerClients.ofBoth(site.database(), site.app());
    } catch (SQLException e) {
      throw new IllegalStateException("the clients cannot start", e);
    }
  }

  @Override
  public void startNewVersionClients() {
    clients.close();
    try {
      clients = OwnerClients.ofNew(site.database(), site.app());
    } catch (SQLException e) {
      throw new IllegalStateException("the clients cannot start", e);
    }
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

  private static Findings findings(Callable<OwnerProof> search) {
    try {
      OwnerProof proof = search.call();
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
