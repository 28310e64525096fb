package dev.rubicon.demo;

import dev.rubicon.demo.plant.client.PlantClients;
import dev.rubicon.demo.plant.client.PlantProof;
import dev.rubicon.up.ConfigFile;
import dev.rubicon.up.EmbeddedStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The empty database of runbook plant-schema, and the backend's writes once its tables are there.
 */
final class PlantFixture implements Fixture {
  private static final String DATABASE = "plants";
  private static final double PER_SECOND = 120;

  private final FixtureSite site;
  private PlantClients clients;

  /**
   * @param source the runbook's folder
   */
  PlantFixture(Path source) {
    this.site = new FixtureSite(source, DATABASE);
  }

  @Override
  public String runbook() {
    return "plant-schema";
  }

  @Override
  public String database() {
    return DATABASE;
  }

  @Override
  public int usualRows() {
    return 0;
  }

  @Override
  public boolean hasLegacy() {
    return false;
  }

  /** There is no backfill. */
  @Override
  public long slowRate(int rows) {
    return 0;
  }

  @Override
  public void create(EmbeddedStack stack) {
    site.create(stack);
  }

  @Override
  public void load(int rows) {
    site.load("plant.rows", rows);
  }

  /** Nobody switches builds there. */
  @Override
  public Map<String, String> startApplication(EmbeddedStack stack) {
    return Map.of();
  }

  /** As the backend's pool is set. */
  @Override
  public ConfigFile limits(ConfigFile config, String target) {
    return config.allowance(target, 2, 10, "60s");
  }

  @Override
  public void startClients() {
    try {
      clients = PlantClients.start(site.database(), PER_SECOND);
    } catch (SQLException e) {
      throw new IllegalStateException("the clients cannot start", e);
    }
  }

  /** There is no other version. */
  @Override
  public void startNewVersionClients() {
    clients.close();
    startClients();
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

  private static Findings findings(Callable<PlantProof> search) {
    try {
      PlantProof proof = search.call();
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
