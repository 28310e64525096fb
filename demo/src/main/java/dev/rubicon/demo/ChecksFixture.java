package dev.rubicon.demo;

import dev.rubicon.demo.checks.ChecksDeployer;
import dev.rubicon.demo.checks.client.Proof;
import dev.rubicon.demo.checks.client.TrafficClients;
import dev.rubicon.up.EmbeddedStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The service of runbook checks-canonical, its deployer, and clients of both versions. */
final class ChecksFixture implements Fixture {
  private static final String DATABASE = "heretix";

  private final FixtureSite site;
  private TrafficClients clients;

  /**
   * @param source the runbook's folder
   */
  ChecksFixture(Path source) {
    this.site = new FixtureSite(source, DATABASE);
  }

  @Override
  public String runbook() {
    return "checks-canonical";
  }

  @Override
  public String database() {
    return DATABASE;
  }

  @Override
  public int usualRows() {
    return 200_000;
  }

  @Override
  public long slowRate(int rows) {
    return Math.max(500, rows / 8);
  }

  @Override
  public void create(EmbeddedStack stack) {
    site.create(stack);
  }

  @Override
  public void load(int rows) {
    site.load("checks.rows", rows);
  }

  @Override
  public Map<String, String> startApplication(EmbeddedStack stack) {
    var variables = new HashMap<>(site.start(stack, ChecksDeployer.class));
    variables.put("smoke_session", "smoke-session");
    return variables;
  }

  @Override
  public void startClients() {
    try {
      clients = TrafficClients.start(TrafficClients.Settings.usual(site.database(), site.app()));
    } catch (SQLException e) {
      throw new IllegalStateException("the clients cannot start", e);
    }
  }

  @Override
  public void startNewVersionClients() {
    clients.close();
    try {
      clients =
          TrafficClients.start(
              new TrafficClients.Settings(
                  site.database(), Optional.of(site.app()), 0, 100, 20, 0, Optional.empty()));
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

  private static Findings findings(Callable<Proof> search) {
    try {
      Proof proof = search.call();
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
