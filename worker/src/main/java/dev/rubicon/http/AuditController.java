package dev.rubicon.http;

import dev.rubicon.client.AuditCheck;
import dev.rubicon.client.Json;
import dev.rubicon.client.Rollouts;
import dev.rubicon.objectstore.ObjectStore;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import java.util.Optional;

/** Who did what, when. */
@Controller("/audit")
@Produces(MediaType.APPLICATION_JSON)
final class AuditController {
  private final Rollouts rollouts;
  private final ObjectStore store;

  AuditController(Rollouts rollouts, ObjectStore store) {
    this.rollouts = rollouts;
    this.store = store;
  }

  /** The trail; of one rollout when one is named. */
  @Get
  String entries(@Nullable @QueryValue String rollout) {
    var audit = rollouts.ledger().audit();
    return Json.line(rollout == null ? audit.chain() : audit.entries(rollout));
  }

  /** Recomputes the chain and compares it with the anchors kept elsewhere. */
  @Get("/verify")
  String verify() {
    var check =
        new AuditCheck(
            rollouts.ledger(), store, Optional.of(rollouts.temporal()), rollouts.config());
    return Json.line(check.run());
  }
}
