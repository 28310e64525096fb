package dev.rubicon.http;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.client.AlreadyDone;
import dev.rubicon.client.Json;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.config.RubiconConfig.Role;
import dev.rubicon.objectstore.ObjectStore;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.RequestAttribute;
import java.util.Optional;

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

  /**
   * Launches a rollout of a bundle that is stored already. Where that has been rolled out and
   * nothing differs since, nothing is started and the answer is 200 with {@code nothingToDo};
   * {@code anyway=true} starts it all the same, to roll it back.
   */
  @Post("/launch")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<String> launch(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "false") boolean anyway,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    var said = Requests.read(body, Requests.Launch.class);
    var requester = caller.as(Role.REQUESTER, target);
    return started(target, bundles.get(said.bundle()), anyway, requester);
  }

  /**
   * Stores a runbook folder, sent as a zip, and launches a rollout of it, as {@code launch} does.
   */
  @Post("/launch-runbook")
  @Consumes("application/zip")
  HttpResponse<String> launchRunbook(
      String target,
      @Body byte[] zip,
      @QueryValue(defaultValue = "false") boolean anyway,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    var requester = caller.as(Role.REQUESTER, target);
    return started(target, ZippedRunbook.read(zip), anyway, requester);
  }

  /** Launches the execution that removes the way back, after a completed rollout. */
  @Post("/contract")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<String> contract(String target, @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    return HttpResponse.created(
        Json.line(rollouts.contract(bundles, target, caller.as(Role.REQUESTER, target))));
  }

  private HttpResponse<String> started(
      String target, Bundle given, boolean anyway, Principal requester) {
    Bundle bundle = rollouts.longForm(given, target, store);
    Optional<AlreadyDone> done =
        anyway ? Optional.empty() : rollouts.nothingToDo(bundle, target).map(AlreadyDone::by);
    if (done.isPresent()) {
      return HttpResponse.ok(Json.line(done.get()));
    }
    return HttpResponse.created(Json.line(rollouts.launch(bundle, target, requester, store)));
  }
}
