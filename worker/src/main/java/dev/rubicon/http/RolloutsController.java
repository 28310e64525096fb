package dev.rubicon.http;

import dev.rubicon.client.Json;
import dev.rubicon.client.Rollouts;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.objectstore.ObjectStore;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import java.nio.charset.StandardCharsets;

/** Rollouts of all targets, as the ledger knows them. */
@Controller("/rollouts")
@Produces(MediaType.APPLICATION_JSON)
final class RolloutsController {
  private final Rollouts rollouts;
  private final ObjectStore store;

  RolloutsController(Rollouts rollouts, ObjectStore store) {
    this.rollouts = rollouts;
    this.store = store;
  }

  /** Newest first. */
  @Get
  String list() {
    return Json.line(rollouts.list().rollouts());
  }

  @Get("/{id}")
  String rollout(String id) {
    return Json.line(rollouts.rollout(id));
  }

  /** The report that it wrote when it ended, as one page. */
  @Get("/{id}/report")
  @Produces(MediaType.TEXT_HTML)
  String report(String id) {
    return text(reportKey(id));
  }

  /** The same as JSON. */
  @Get("/{id}/report.json")
  String reportJson(String id) {
    return text(reportKey(id).replaceFirst("\\.html$", ".json"));
  }

  private String reportKey(String id) {
    LedgerRollout rollout = rollouts.ledger().rollout(id);
    if (rollout.report().isEmpty()) {
      throw new RubiconException(
          ErrorCode.ROLLOUT_UNKNOWN,
          id + " has no report yet: it is " + rollout.state(),
          rollout.live() ? "wait until it has ended" : "write it now: rubicon report " + id);
    }
    return rollout.report();
  }

  private String text(String key) {
    return new String(store.read(key), StandardCharsets.UTF_8);
  }
}
