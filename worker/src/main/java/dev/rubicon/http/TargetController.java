package dev.rubicon.http;

import dev.rubicon.client.Json;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.RequestAttribute;
import java.util.LinkedHashMap;

/**
 * What a target's rollout is asked and told; each decision answers with the status that it led to.
 * Bodies are JSON only: a web page cannot send that here without being asked first.
 */
@Controller("/targets/{target}")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
final class TargetController {
  private final Rollouts rollouts;

  TargetController(Rollouts rollouts) {
    this.rollouts = rollouts;
  }

  @Get("/status")
  String status(String target) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("status", rollouts.status(target));
    answer.put("live", rollouts.live(target));
    return Json.line(answer);
  }

  @Post("/approve")
  String approve(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    var said = Requests.read(body, Requests.Approval.class);
    return Json.line(rollouts.approve(target, said.gate(), said.digest(), caller, said.reason()));
  }

  @Post("/sign-off")
  String signOff(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    var said = Requests.read(body, Requests.SignOff.class);
    return Json.line(rollouts.signOff(target, said.item(), caller, said.reason()));
  }

  @Post("/pause")
  String pause(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    return Json.line(rollouts.pause(target, caller, order(body)));
  }

  @Post("/resume")
  String resume(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    return Json.line(rollouts.resume(target, caller, order(body)));
  }

  @Post("/throttle")
  String throttle(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    var said = Requests.read(body, Requests.Throttle.class);
    return Json.line(rollouts.throttle(target, said.rowsPerSecond(), caller, said.reason()));
  }

  @Post("/abort")
  String abort(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    return Json.line(rollouts.abort(target, caller, order(body)));
  }

  @Post("/rollback")
  String rollback(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    return Json.line(rollouts.rollback(target, caller, order(body)));
  }

  @Post("/extend-watch")
  String extendWatch(
      String target, @Body String body, @RequestAttribute(Callers.PRINCIPAL) Principal caller) {
    var said = Requests.read(body, Requests.Extension.class);
    return Json.line(rollouts.extendWatch(target, said.by(), caller, said.reason()));
  }

  private static String order(String body) {
    return Requests.read(body, Requests.Order.class).reason();
  }
}
