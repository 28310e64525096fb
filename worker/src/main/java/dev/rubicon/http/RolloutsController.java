package dev.rubicon.http;

import dev.rubicon.client.Json;
import dev.rubicon.client.Rollouts;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;

/** Rollouts of all targets, newest first. */
@Controller("/rollouts")
@Produces(MediaType.APPLICATION_JSON)
final class RolloutsController {
  private final Rollouts rollouts;

  RolloutsController(Rollouts rollouts) {
    this.rollouts = rollouts;
  }

  @Get
  String list() {
    return Json.line(rollouts.list());
  }
}
