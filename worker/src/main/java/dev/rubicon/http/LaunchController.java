package dev.rubicon.http;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.client.Json;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.objectstore.ObjectStore;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.RequestAttribute;

/** What starts executions. */
@Controller("/targets/{target}")
@Produces(MediaType.APPLICATION_JSON)
final class LaunchController {
  private final Rollouts rollouts;
  private final ObjectStore store;
  private final BundleStore bundles;

  LaunchController(Rollouts rollouts, ObjectStore store) {
    this.rollouts = rollouts;
    this.store = store;
    this.bundles = new BundleStore(store);
  }

  /** Launches a rollout of a bundle that is stored already. */
  @Post("/launch")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<String> launch(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    var said = Requests.read(body, Requests.Launch.class);
    return started(target, bundles.get(said.bundle()), caller);
  }

  /** Stores a runbook folder, sent as a zip, and launches a rollout of it. */
  @Post("/launch-runbook")
  @Consumes("application/zip")
  HttpResponse<String> launchRunbook(
      String target, @Body byte[] zip, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    return started(target, ZippedRunbook.read(zip), caller);
  }

  /** Launches the execution that removes the way back, after a completed rollout. */
  @Post("/contract")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<String> contract(
      String target, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    return HttpResponse.created(Json.line(rollouts.contract(bundles, target, caller)));
  }

  private HttpResponse<String> started(String target, Bundle bundle, Principal caller) {
    return HttpResponse.created(Json.line(rollouts.launch(bundle, target, caller, store)));
  }
}
