package dev.rubicon.http;

import dev.rubicon.client.Json;
import dev.rubicon.client.Rollouts;
import dev.rubicon.config.RubiconConfig.Role;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.RequestAttribute;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * Status of and decisions on a target's rollout; each decision answers with the status that it led
 * to. Bodies are JSON only: a web page cannot send that here without being asked first. A reason
 * has 1 to 2,048 bytes in UTF-8; what is out of bounds is answered 400 with code USAGE, and not
 * sent. {@code wait} says how long a decision is valid and waited for (ISO 8601, PT1S to PT1H).
 */
@Controller("/targets/{target}")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
final class TargetController {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Rollouts rollouts;

  TargetController(Rollouts rollouts) {
    this.rollouts = rollouts;
  }

  /**
   * Where the rollout stands. {@code ledger} is there where the status comes from the ledger,
   * because the workflow does not answer: since when, and why.
   */
  @Get("/status")
  String status(String target) {
    return Json.line(rollouts.targetStatus(target));
  }

  /**
   * Approves a gate. Body: gate (expand, cutover or contract), digest (64 hexadecimal digits, as
   * the status shows it), reason (1 to 2,048 bytes).
   */
  @Post("/approve")
  String approve(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "PT1M") String wait,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    var said = Requests.read(body, Requests.Approval.class);
    return Json.line(
        within(wait)
            .approve(
                target,
                said.gate(),
                said.digest(),
                caller.as(Role.APPROVER, target),
                said.reason()));
  }

  /** Signs off a manual item. Body: item (1 to 100 characters), reason (1 to 2,048 bytes). */
  @Post("/sign-off")
  String signOff(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "PT1M") String wait,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    var said = Requests.read(body, Requests.SignOff.class);
    return Json.line(
        within(wait).signOff(target, said.item(), caller.as(Role.APPROVER, target), said.reason()));
  }

  /** Stops the backfill after its batch. Body: reason (1 to 2,048 bytes). */
  @Post("/pause")
  String pause(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "PT1M") String wait,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    return Json.line(within(wait).pause(target, caller.as(Role.OPERATOR, target), order(body)));
  }

  /** Ends a pause, or tries again what holds it. Body: reason (1 to 2,048 bytes). */
  @Post("/resume")
  String resume(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "PT1M") String wait,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    return Json.line(within(wait).resume(target, caller.as(Role.OPERATOR, target), order(body)));
  }

  /**
   * Limits the backfill. Body: rowsPerSecond (0 to 1,000,000,000; 0 lifts the limit), reason (1 to
   * 2,048 bytes).
   */
  @Post("/throttle")
  String throttle(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "PT1M") String wait,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    var said = Requests.read(body, Requests.Throttle.class);
    return Json.line(
        within(wait)
            .throttle(
                target, said.rowsPerSecond(), caller.as(Role.OPERATOR, target), said.reason()));
  }

  /** Before the cutover: ends the rollout. Body: reason (1 to 2,048 bytes). */
  @Post("/abort")
  String abort(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "PT1M") String wait,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    return Json.line(within(wait).abort(target, caller.as(Role.OPERATOR, target), order(body)));
  }

  /**
   * After the cutover: back to legacy. Body: reason (1 to 2,048 bytes), losing (optional: at most
   * 100 relations that may lose rows).
   */
  @Post("/rollback")
  String rollback(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "PT1M") String wait,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    var said = Requests.rollback(body);
    return Json.line(
        within(wait)
            .rollback(target, said.losing(), caller.as(Role.OPERATOR, target), said.reason()));
  }

  /**
   * Keeps the watch open for longer. Body: by (ISO 8601, more than nothing and at most 30 days),
   * reason (1 to 2,048 bytes).
   */
  @Post("/extend-watch")
  String extendWatch(
      String target,
      @Body String body,
      @QueryValue(defaultValue = "PT1M") String wait,
      @RequestAttribute(Callers.PRINCIPAL) Caller caller) {
    var said = Requests.read(body, Requests.Extension.class);
    return Json.line(
        within(wait)
            .extendWatch(target, said.by(), caller.as(Role.OPERATOR, target), said.reason()));
  }

  /**
   * @param wait ISO 8601: how long the decision is valid and waited for, a second to an hour
   */
  private Rollouts within(String wait) {
    try {
      Duration patience = Duration.parse(wait);
      if (patience.compareTo(SHORTEST) >= 0 && patience.compareTo(LONGEST) <= 0) {
        return rollouts.waiting(patience);
      }
    } catch (DateTimeParseException notOne) {
      // Said below.
    }
    throw new RubiconException(
        ErrorCode.USAGE, "wait is no duration of a second to an hour", "for example: ?wait=PT1M");
  }

  private static String order(String body) {
    return Requests.read(body, Requests.Order.class).reason();
  }
}
